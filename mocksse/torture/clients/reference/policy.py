"""When a client asks again, how long it waits, and what a redirect makes of its request. Pure: no clock, no chance.

RFC 9110, 10.2.3: Retry-After says "how long the user agent ought to wait before making a follow-up request", so asking
earlier is wrong, and where the wait is longer than any caller has patience for, it is not asked again at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from mocksse.torture.clients.contract import Failure
from mocksse.wire.http1_fields import header

if TYPE_CHECKING:
    from mocksse.record.request import Request
    from mocksse.wire.http1_fields import Headers

RETRIES = 2
"""How often it tries again, unless it is told."""
REDIRECTS = 10
"""How many it follows for one request."""
MAX_WAIT_S = 60.0
"""It is not asked again where a longer wait is demanded."""
_NONSENSE_S = 86_400.0
"""A Retry-After beyond a day is no advice on overload, and counts for none."""
_FIRST_S = 0.5
_LONGEST_S = 8.0
_ONCE_MORE = frozenset({408, 409, 425, 429})
_NEVER = frozenset({501, 505})
_SECRETS = frozenset({"authorization", "cookie", "x-api-key", "x-goog-api-key", "api-key", "proxy-authorization"})


def is_passing(status: int) -> bool:
    """Whether the same request may fare better later."""
    return status in _ONCE_MORE or (500 <= status <= 599 and status not in _NEVER)


def told_s(headers: Headers, now_s: float) -> float | None:
    """The wait that an answer asks for, in seconds; None where it asks for none, or for none that makes sense."""
    said = _milliseconds(headers)
    if said is None:
        said = _retry_after(headers, now_s)
    return said if said is not None and 0 <= said <= _NONSENSE_S else None


def _milliseconds(headers: Headers) -> float | None:
    value = header(headers, b"retry-after-ms") or b""
    return float(value) / 1000 if re.fullmatch(rb"[0-9]{1,12}(?:\.[0-9]{1,6})?", value) else None


def _retry_after(headers: Headers, now_s: float) -> float | None:
    """RFC 9110, 10.2.3: "an HTTP-date or a number of seconds to delay", the second a "non-negative decimal integer"."""
    value = header(headers, b"retry-after") or b""
    if re.fullmatch(rb"[0-9]{1,12}", value):
        return float(value)
    try:
        when: datetime = parsedate_to_datetime(value.decode("latin-1"))
    except (ValueError, OverflowError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now_s


def wait_s(tried: int, told: float | None, draw: float) -> float | None:
    """Seconds before the next try, after `tried` retries; None: not again. `draw` is in [0, 1)."""
    if told is not None and told > MAX_WAIT_S:
        return None
    own = min(_FIRST_S * 2.0**tried, _LONGEST_S)
    # Chance spreads clients that failed together; never below what was asked for.
    return max(told or 0.0, own) + own * draw / 4


def reconnect_s(failures: int, told: float, draw: float) -> float | None:
    """Seconds before an EventSource comes back, after `failures` vain tries in a row; None: it does not.

    WHATWG HTML, 9.2.3: "Wait a delay equal to the reconnection time of the event source. Optionally, wait some more. In
    particular, if the previous attempt failed, then user agents might introduce an exponential backoff delay".
    """
    if told > MAX_WAIT_S:
        return None
    more = min(_FIRST_S * 2.0 ** (failures - 1), _LONGEST_S) if failures else 0.0
    return told + more + (told + more) * draw / 10


def redirected(request: Request, status: int, location: bytes | None) -> Request | None:
    """The request that a redirect makes of this one; None where the status is none. Failure: it leads nowhere.

    RFC 9110, 15.4: 303 is answered with a GET. 301 and 302 leave the method to the client ("a user agent MAY change
    the request method from POST to GET"); an answer to a prompt comes only of a POST, so it stays one.
    """
    if status not in {301, 302, 303, 307, 308}:
        return None
    if not location:
        raise Failure("reference.Redirect", f"{status} without a Location")
    try:
        url = urljoin(request.url, location.decode("utf-8", "surrogateescape")).partition("#")[0]
        one, other = urlsplit(request.url), urlsplit(url)
        if other.scheme not in {"http", "https"} or not other.hostname:
            raise ValueError
    except ValueError:
        raise Failure("reference.Redirect", f"{status} to what is no http URL") from None
    headers = request.headers
    if (one.scheme, one.netloc) != (other.scheme, other.netloc):
        headers = tuple(field for field in headers if field[0].lower() not in _SECRETS)
    if status == 303 and request.method not in {"GET", "HEAD"}:
        headers = tuple(field for field in headers if not field[0].lower().startswith("content-"))
        return replace(request, method="GET", url=url, headers=headers, body=None)
    return replace(request, url=url, headers=headers)
