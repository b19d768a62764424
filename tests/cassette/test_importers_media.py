from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.importers.media import media_type
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from pathlib import Path

FRAME = eventstream.encode([(":event-type", "chunk")], b"{}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: x\n\n", "text/event-stream"),
        (b"\xef\xbb\xbfdata: x\n\n", "text/event-stream"),
        (b": ping\n\n", "text/event-stream"),
        (b"\n\nevent: x\ndata\n\n", "text/event-stream"),
        (b'{"a": 1}\n{"b": 2}\n', "application/x-ndjson"),
        (b'{"a": 1}\n', "application/json"),
        (b'{\n"a": 1}\n', "application/json"),
        (b'{"a": 1}', "application/json"),
        (b'{"a": 1} x\n{"b": 2}\n', "application/json"),
        (b'[{"a": 1}\n,\r\n{"b": 2}]', "application/json"),
        (FRAME, "application/vnd.amazon.eventstream"),
        (FRAME[:12], "application/vnd.amazon.eventstream"),
        (FRAME[:11], "application/octet-stream"),
        (b"<!DOCTYPE html><title>502</title>", "text/html"),
        (b"<!-- a --> <!-- b -->\n<HTML>", "text/html"),
        (b"<?xml version='1.0'?>", "text/plain"),
        (b"upstream error\n", "text/plain"),
        ("prêt".encode(), "text/plain"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
        (b"text\0", "application/octet-stream"),
    ],
)
def test_by_content(body: bytes, expected: str) -> None:
    assert media_type(body) == expected


@pytest.mark.parametrize(
    ("ending", "body", "expected"),
    [
        (".sse", b"{}", "text/event-stream"),
        (".SSE", b"{}", "text/event-stream"),
        (".ndjson", b"{}", "application/x-ndjson"),
        (".jsonl", b"{}", "application/x-ndjson"),
        (".eventstream", b"x", "application/vnd.amazon.eventstream"),
        (".html", b"x", "text/html"),
        (".json", b'{"a": 1}', "application/json"),
        (".json", b"data: {}\n\n", "text/event-stream"),
        (".txt", b"data: {}\n\n", "text/event-stream"),
        (".txt", b"plain", "text/plain"),
        (".log", b"plain", "text/plain"),
    ],
)
def test_by_ending_where_that_is_telling(ending: str, body: bytes, expected: str) -> None:
    assert media_type(body, ending) == expected


def test_many_comments_before_html_take_no_time() -> None:
    assert media_type(b"<!---->" * 5000) == "text/plain"


def test_recorded_streams_are_known_by_their_content(streams: Path) -> None:
    types = {".sse": "text/event-stream", ".ndjson": "application/x-ndjson"}
    types |= {".eventstream": "application/vnd.amazon.eventstream"}
    # Two of them are JSON errors that were labelled as event streams.
    paths = [p for p in sorted(streams.rglob("*.*")) if p.suffix in types and "badline_http" not in p.name]
    assert paths
    for path in paths:
        assert media_type(path.read_bytes()) == types[path.suffix], path
