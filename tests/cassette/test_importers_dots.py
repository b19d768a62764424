from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.importers.dots import AmbiguousError, restore
from mocksse.cassette.importers.media import media_type

if TYPE_CHECKING:
    from pathlib import Path

SSE, NDJSON, JSON = "text/event-stream", "application/x-ndjson", "application/json"


def dotted(body: bytes) -> bytes:
    """The body as an ASCII dump gives it back."""
    return re.sub(rb"\r\n|[^ -~]", lambda found: found[0] if found[0] == b"\r\n" else b".", body)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (SSE, b'data: {"a": "b.c", "n": 0.5}\n\ndata: [DONE]\n\n'),
        (SSE, b'data:{"a": "b.c"}\n\n'),
        (SSE, b"event: response.output_text.delta\ndata: {}\n\n"),
        (SSE, b'event: a.b\nid: 1.2\nretry: 3000\ndata: "x."\ndata: []\n\n'),
        (SSE, b": PROCESSING 10:00:00.123\n\ndata: {}\n\n"),
        (SSE, b"data: {}\n\n\n\ndata: {}\n\n"),
        (SSE, b"data: {}\r\n\r\ndata: plain text\r\n\r\n: x.y\r\n\r\n"),
        (SSE, b'data: {"a": "."}\r\n\ndata: {}\n\r\n'),
        (SSE, b'data: {"a": 1}'),
        (SSE, b"data: {}\n\nevent: done"),
        (SSE, b"data: {}\n\ndata:"),
        (NDJSON, b'{"a": "b.c"}\n{"n": 1.5}\n'),
        (NDJSON, b'{"a": "b.c"}\n{"n": 1.5}'),
        (NDJSON, b'{"a": "b.c"}\r\n{"n": 1.5}\r\n'),
        (JSON, b'[{\n  "a": [\n    1.25,\n    "\\"."\n  ]\n}\n,\r\n{\n  "b": 2\n}\n]\n\n'),
        (JSON, b'{"a": "b."}'),
        ("text/html", b"<html><body>no dot</body>"),
        ("", b'{"untold": "b."}\n'),
    ],
)
def test_what_leaves_one_reading(content_type: str, body: bytes) -> None:
    assert restore(dotted(body), content_type) == body


@pytest.mark.parametrize(
    ("content_type", "body", "at"),
    [
        (SSE, b'data: {"a": "..."}\n\n', 13),
        (SSE, 'data: {"a": "é"}\n\n'.encode(), 13),
        (SSE, b"\xef\xbb\xbfdata: {}\n\n", 0),
        (SSE, b"\n\ndata: {}\n\n", 0),
        (SSE, b"data: some text\n\n", 15),
        (SSE, b"data: 1. first\n\n", 7),
        (SSE, b"data: 1\n\n", 7),
        (SSE, b'data: {"a": 1}. more\n\n', 14),
        (SSE, b'data: {"a":\t1}\n\n', 11),
        (SSE, b'data: {"a": "cut.', 16),
        (SSE, b": the end.\n\ndata: {}\n\n", 9),
        (NDJSON, b'{"a": 1}\n\n{"a": 2}\n', 8),
        (NDJSON, b'{"a": ".."}\n', 7),
        (JSON, b'{\n\t"a": 1\n}', 1),
        (JSON, b'{"a": "unfinished. ', 0),
        (JSON, b"{ broken.", 0),
        ("text/plain", b"line\n", 4),
        ("application/vnd.amazon.eventstream", b"\0\0\0\x10", 0),
    ],
)
def test_what_could_be_several_things_is_refused(content_type: str, body: bytes, at: int) -> None:
    with pytest.raises(AmbiguousError) as caught:
        restore(dotted(body), content_type)
    assert caught.value.at == at


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text('ab. é\n"\\…', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a.", max_size=3), inner, max_size=3),
    max_leaves=6,
)
documents = st.lists(values, max_size=3) | st.dictionaries(st.text("a.", max_size=3), values, max_size=3)


@given(
    documents=st.lists(documents, min_size=1, max_size=5),
    shape=st.sampled_from(["sse", "named", "crlf", "lines", "pretty"]),
    ascii_only=st.booleans(),
)
def test_it_is_exact_or_refused(documents: list[Any], shape: str, ascii_only: bool) -> None:
    texts = [json.dumps(d, ensure_ascii=ascii_only, indent=1 if shape == "pretty" else None) for d in documents]
    match shape:
        case "sse":
            kind, body = SSE, "".join(f"data: {text}\n\n" for text in texts)
        case "named":
            kind, body = SSE, "".join(f"event: a.b\nid: 1.5\ndata: {text}\n\n" for text in texts)
        case "crlf":
            kind, body = SSE, "".join(f"data: {text}\r\n\r\n" for text in texts)
        case "lines":
            kind, body = NDJSON, "".join(f"{text}\n" for text in texts)
        case _:
            kind, body = JSON, texts[0]
    shown = dotted(body.encode())
    try:
        restored = restore(shown, kind)
    except AmbiguousError:
        # A character, two dots or a line feed beside a dot: nothing else is ever in doubt.
        restored = body.encode() if b".." in shown else b""
    assert restored == body.encode()


def test_recorded_streams_are_exact_or_refused(streams: Path) -> None:
    exact = 0
    for path in sorted(streams.rglob("*.*")):
        if path.suffix in {".sse", ".ndjson", ".json", ".eventstream"} and not path.name.endswith(".meta.json"):
            body = path.read_bytes()
            try:
                assert restore(dotted(body), media_type(body, path.suffix)) == body, path
                exact += 1
            except AmbiguousError:
                pass
    assert exact > 100
