"""`curl -i` output: one or more heads, then the body as curl decoded it.

Interim answers, a proxy's answer to CONNECT and redirects come first: the last head is the answer's, and everything
behind it is its body. With --compressed curl shows the server's Content-Encoding over a body that it has decoded: a
body that is UTF-8 text is no compressed one, and the header goes, with the length it belonged to.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from mocksse import limits
from mocksse.cassette.importers.tape import STATUS_LINE, Captured, Ended, Read, from_body, read_head
from mocksse.cassette.redact import Secrets, redact_head
from mocksse.errors import MocksseError
from mocksse.wire.http1_fields import header, without

_BLANK_LINE = re.compile(rb"\n\r?\n")


def is_answer(data: bytes) -> bool:
    """Whether the input begins with a response head."""
    return STATUS_LINE.match(data) is not None


def read_answer(data: bytes, source: str) -> Captured:
    """The last head and its body. Raises MocksseError for a head that is broken or not whole."""
    start, end = 0, _head_end(data, 0, source)
    while STATUS_LINE.match(data, end):
        start, end = end, _head_end(data, end, source)
    body = data[end:]
    head = read_head(data[start:end], "GET", source)
    parsed = head.parsed
    # The request is not known, so of its secrets nothing; a cookie that the server has set is one of its own.
    parsed = replace(parsed, headers=redact_head(parsed.headers, Secrets()))
    notes: tuple[str, ...] = ()
    if body and header(parsed.headers, b"content-encoding") and _is_text(body):
        kept = without(parsed.headers, b"content-encoding", b"content-length")
        framing = "chunked" if parsed.framing == "length" else parsed.framing
        parsed = replace(parsed, headers=kept, framing=framing, length=None)
        notes = ("curl has decoded the body (--compressed): Content-Encoding is left out",)
    response, more = from_body(replace(head, parsed=parsed), (Read(0, body),), Ended())
    return Captured(response, notes=notes + more)


def _head_end(data: bytes, start: int, source: str) -> int:
    found = _BLANK_LINE.search(data, start, start + limits.MAX_HEAD_BYTES)
    if not found:
        raise MocksseError(f"{source}: a response's head without the blank line at its end", "save it whole: curl -i")
    return found.end()


def _is_text(body: bytes) -> bool:
    try:
        # Not at its end: a stream may have been cut inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return True
