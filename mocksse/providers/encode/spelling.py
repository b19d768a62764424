"""A payload as bytes: compact JSON (`spell`), and that as an event: data-only or named SSE, or a line of NDJSON."""

from __future__ import annotations

import json
from typing import Any

from mocksse.wire import sse

DONE = sse.encode(data=b"[DONE]")


def spell(payload: Any, colon: str = ":") -> bytes:
    """Compact JSON. Half a surrogate pair, which JSON can hold and UTF-8 can't, is written as an escape."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", colon)).encode("utf-8", "backslashreplace")


def data(payload: Any) -> bytes:
    """An event without a name."""
    return b"data: %b\n\n" % spell(payload)


def named(payload: dict[str, Any]) -> bytes:
    """An event that is called what its payload's `type` says."""
    return b"event: %b\ndata: %b\n\n" % (payload["type"].encode(), spell(payload))


def line(payload: Any) -> bytes:
    """One line."""
    return spell(payload) + b"\n"


def crlf(payload: Any) -> bytes:
    """An event without a name as Google spells it: CRLF, and a space behind JSON's colons."""
    return b"data: %b\r\n\r\n" % spell(payload, ": ")
