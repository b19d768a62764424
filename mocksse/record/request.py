"""One HTTP/1.1 request as it goes on the wire: what the user typed, byte for byte, and nothing else.

Header fields keep their order, case and duplicates. Only what a request can't do without is added: Host, and the
length of the body. There is no default User-Agent, Accept or Accept-Encoding, and no escaping of the target beyond
what a request line can't carry. Nothing here opens a socket, and no error repeats a URL or a header's value: there
may be a key in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yarl import URL

from mocksse.cassette.asked import escape
from mocksse.errors import UsageError

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9110, 8.6: "a user agent SHOULD send Content-Length in a request when the method defines a meaning for
# enclosed content", also when there is none.
_METHODS_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send once. `url` is absolute; `headers` go out in this order and spelling; `body` None is no body.

    Raises UsageError where no HTTP/1.1 request could be made of it.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.method):
            raise UsageError(f"{self.method!r} is not an HTTP method")
        _split_url(self.url)
        for name, value in self.headers:
            if not _TOKEN.fullmatch(name):
                raise UsageError(f"{name!r} is not a header name")
            if re.search(r"[\r\n\0]", value):
                raise UsageError(f"the value of header {name} has a line break or NUL in it")

    @property
    def origin(self) -> URL:
        """Scheme, host and port to connect to."""
        return _split_url(self.url)[0]

    @property
    def target(self) -> str:
        """Path and query as they go on the request line; the fragment stays at home."""
        return _split_url(self.url)[1]


def encode_request(request: Request, *, absolute: bool = False, proxy_authorization: str | None = None) -> bytes:
    """The whole request as bytes; `absolute` is the form for a plain HTTP proxy (RFC 9112, 3.2.2)."""
    origin, target = _split_url(request.url)
    given = {name.lower(): value for name, value in request.headers}
    fields = list(request.headers)
    if "host" not in given:
        # RFC 9110, 7.2: "A user agent that sends Host SHOULD send it as the first field".
        fields.insert(0, ("Host", str(origin.host_port_subcomponent)))
    if proxy_authorization is not None and "proxy-authorization" not in given:
        fields.append(("Proxy-Authorization", proxy_authorization))
    body = request.body or b""
    if "chunked" in given.get("transfer-encoding", "").lower():
        body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    elif "content-length" not in given and (request.body is not None or request.method in _METHODS_WITH_CONTENT):
        fields.append(("Content-Length", str(len(body))))
    where = f"{origin.scheme}://{origin.host_port_subcomponent}" if absolute else ""
    lines = [f"{request.method} {where}{target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
    # Words of the command line that are no UTF-8 arrive as surrogates, and leave as the bytes they were.
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def _split_url(url: str) -> tuple[URL, str]:
    """Origin and target of an absolute URL. Cut by hand: a parser would tidy up the target."""
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        raise UsageError("the URL must begin with http:// or https://")
    if scheme.lower() not in {"http", "https"}:
        raise UsageError(f"can't speak {scheme}://", "http:// and https:// only")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise UsageError("the URL has a user or password in it", "send them as a header: Authorization: Basic ...")
    if re.search(r"[\x00-\x20\x7f]", authority):
        raise UsageError("the URL has white space in its host")
    try:
        origin = URL(f"{scheme}://{authority}")
    except ValueError as exc:
        raise UsageError(f"not a URL: {exc}") from exc
    if not origin.host:
        raise UsageError("the URL names no host")
    target = rest[len(authority) :].partition("#")[0]
    if not target.startswith("/"):
        target = "/" + target
    return origin, escape(target)
