"""The media type of a body that nobody labelled: by its file's ending where that is telling, else by its first bytes.

`.txt` and `.json` are what people call any file they saved, so for them the content has the first word.
"""

from __future__ import annotations

import json
import re

from mocksse.errors import LimitError
from mocksse.providers.framing import framing_of
from mocksse.wire import eventstream, jsonl

SSE = "text/event-stream"
NDJSON = "application/x-ndjson"
JSON = "application/json"
AWS = "application/vnd.amazon.eventstream"
HTML = "text/html"
TEXT = "text/plain"
BYTES = "application/octet-stream"

STREAMS = frozenset({SSE, NDJSON, AWS})
"""Types that are a stream by their name."""

_ENDINGS = {
    ".sse": SSE,
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".eventstream": AWS,
    ".html": HTML,
    ".htm": HTML,
}
_HTML = re.compile(rb"(?>\s*<!--.*?-->)*+\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_OPENING = 4096
_PRELUDE = 12


def media_type(body: bytes, ending: str = "") -> str:
    """The type, without parameters. `ending` with its dot, in any case."""
    return _ENDINGS.get(ending.lower()) or _by_content(body)


def _by_content(body: bytes) -> str:
    match framing_of("", body):
        case "sse":
            return SSE
        case "array":
            return JSON
        case "lines":
            return NDJSON if _has_lines(body) else JSON
    if _is_frame(body):
        return AWS
    if _HTML.match(body, 0, _OPENING):
        return HTML
    try:
        body.decode()
    except UnicodeDecodeError:
        return BYTES
    return BYTES if b"\0" in body else TEXT


def _is_frame(body: bytes) -> bool:
    """Whether it begins with a frame's lengths under a checksum that holds."""
    try:
        return len(body) >= _PRELUDE and not eventstream.Parser().feed(body[:_PRELUDE])
    except LimitError:
        return False


def _has_lines(body: bytes) -> bool:
    """Whether there are several JSON values, one a line; one object over many lines is JSON."""
    lines = [item.data for item in jsonl.LineParser().feed(body[: 1 << 20])[:2]]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False
