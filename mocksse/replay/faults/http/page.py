"""HTTP: pages of HTML where an API's answer belongs: of proxies, of load balancers, of a network that wants a login.

The pages are ours, in the manner of those who write them: markup, headers, the names of their errors.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from mocksse.replay.draft import Head
from mocksse.replay.faults.fault import Fault, Param
from mocksse.replay.faults.http.status import CODE, status_code
from mocksse.replay.reshape import answer_with
from mocksse.wire.http1_encode import standard_reason

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers
    from mocksse.replay.draft import Draft
    from mocksse.replay.faults.fault import Args, Moment, Spot

_SERVERS = {408: "Request Time-out", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
"""What nginx and load balancers call what others call otherwise."""
_CLOUDFLARE = {
    502: "Bad gateway",
    504: "Gateway time-out",
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
}
_NGINX_PAGE = """\
<html>
<head><title>{title}</title></head>
<body>
<center><h1>{title}</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""
_ALB_PAGE = """\
<html>
<head><title>{title}</title></head>
<body>
<center><h1>{title}</h1></center>
</body>
</html>
"""
_CLOUDFLARE_PAGE = """\
<!DOCTYPE html>
<html lang="en-US">
<head>
<title>api.example.com | {title}</title>
<meta charset="UTF-8" />
<meta name="robots" content="noindex, nofollow" />
<meta name="viewport" content="width=device-width,initial-scale=1" />
</head>
<body>
<div id="cf-wrapper">
<h1><span>{phrase}</span> <span>Error code {code}</span></h1>
<p>Visit cloudflare.com for more information.</p>
<ul><li>You: Browser, Working</li><li>Cloudflare: Working</li><li>api.example.com: Host, Error</li></ul>
<p>Cloudflare Ray ID: <strong>0000000000000000</strong></p>
</div>
</body>
</html>
"""
_LOGIN_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body>
<h1>Sign in to this network</h1>
<form method="post" action="/login"><input name="user"><input name="password" type="password"></form>
</body>
</html>
"""
_PAGES: dict[str, tuple[str, Headers]] = {
    "nginx": (_NGINX_PAGE, ((b"Server", b"nginx"), (b"Content-Type", b"text/html"))),
    "cloudflare": (
        _CLOUDFLARE_PAGE,
        (
            (b"Content-Type", b"text/html; charset=UTF-8"),
            (b"Cache-Control", b"private, no-store"),
            (b"Server", b"cloudflare"),
            (b"CF-RAY", b"0000000000000000-FRA"),
        ),
    ),
    "alb": (_ALB_PAGE, ((b"Server", b"awselb/2.0"), (b"Content-Type", b"text/html"))),
    "login": (_LOGIN_PAGE, ((b"Content-Type", b"text/html; charset=utf-8"), (b"Cache-Control", b"no-store"))),
}


def _html_error(draft: Draft, _spot: Spot, args: Args, _moment: Moment) -> Draft:
    code = status_code(args)
    flavour = args.text("flavour") or ("login" if code < 400 else "cloudflare" if 520 <= code <= 526 else "nginx")
    page, headers = _PAGES[flavour]
    known = _CLOUDFLARE if flavour == "cloudflare" else _SERVERS
    phrase = known.get(code) or standard_reason(code).decode()
    title = f"{code}: {phrase}" if flavour == "cloudflare" else f"{code} {phrase}".rstrip()
    body = page.format(title=escape(title), phrase=escape(phrase), code=code).encode()
    reason = phrase.encode() if flavour in {"nginx", "alb"} else None
    return answer_with(draft, Head(code, headers, reason, draft.layout.head.http), body)


FAULTS = (
    Fault(
        name="html-error",
        law="GATING",
        family="http",
        summary="a page of HTML, as proxies and networks write them",
        cases=(91,),
        example="html-error 520",
        sources=("anthropics/claude-code#3197", "ollama/ollama#3694", "letta-ai/letta-code#1179"),
        params=(
            replace(CODE, default="502"),
            Param("flavour", "word", None, "In whose manner; else the usual one of the status.", tuple(_PAGES)),
        ),
        inject=_html_error,
        check=status_code,
        details="With 200 it is what a network asks to sign in with.",
    ),
)
