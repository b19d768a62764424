"""Cross-origin answers, as part of a plan's head: any page may read any replayed answer, errors and headers too.

The origin `*` stands for a page that did not say where it is from. No browser takes it together with credentials.

Only a request with an Origin gets them, so that every other client sees the recorded head as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.wire import http1_encode as http1

if TYPE_CHECKING:
    from mocksse.cassette.model import Headers


def answer(headers: Headers, origin: str) -> Headers:
    """The headers with this origin let in; recorded Access-Control headers were another origin's and go."""
    kept = tuple((name, value) for name, value in headers if not name.lower().startswith(b"access-control-"))
    # Each by its name: `*` means nothing to a request with credentials.
    names = dict.fromkeys(name.lower() for name, _ in kept)
    allowed = (
        *_let_in(origin),
        (b"Access-Control-Expose-Headers", b", ".join(names)),
        (b"Vary", b"Origin"),
    )
    return kept + allowed


def preflight(origin: str, method: str, headers: str, *, private: bool) -> bytes:
    """The whole answer to an OPTIONS preflight: whatever it asks for is allowed, for ten minutes."""
    said: list[tuple[bytes, bytes]] = [
        *_let_in(origin or "*"),
        (b"Access-Control-Allow-Methods", (method or "GET, POST").encode("latin-1", "replace")),
        (b"Access-Control-Max-Age", b"600"),
        (b"Vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    if headers:
        said.append((b"Access-Control-Allow-Headers", headers.encode("latin-1", "replace")))
    if private:
        said.append((b"Access-Control-Allow-Private-Network", b"true"))
    return http1.encode_head(204, None, tuple(said))


def _let_in(origin: str) -> Headers:
    named = ((b"Access-Control-Allow-Origin", origin.encode("latin-1", "replace")),)
    return named if origin == "*" else (*named, (b"Access-Control-Allow-Credentials", b"true"))
