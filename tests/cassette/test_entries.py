"""Bytes as entries and back: canonical events as their fields, everything else in the first form that is exact."""

from __future__ import annotations

from typing import Any

import pytest
from cassette_strategies import BODIES
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.document import Entry, SseFields, SseStyle
from mocksse.cassette.entries import decode_base64, piece_bytes, spell, style_of

PLAIN = SseStyle()
STYLES = [SseStyle(eol, space) for eol in ("lf", "crlf", "cr") for space in (True, False)]


def entry(keys: dict[str, Any]) -> Entry:
    events = keys.get("events")
    return Entry(**keys | ({"events": [SseFields(**event) for event in events]} if events is not None else {}))


@settings(max_examples=300, deadline=None)
@given(BODIES, st.sampled_from(STYLES))
def test_any_bytes_come_back_in_any_style(data: bytes, style: SseStyle) -> None:
    assert piece_bytes(entry(spell(data, style)), style) == data


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"", {}),
        (b"data: Hello\n\n", {"data": "Hello"}),
        (b"data: \n\n", {"data": ""}),
        (b"data:  two\n\n", {"data": " two"}),
        (b"data: a\ndata: \ndata: b\n\n", {"data": "a\n\nb"}),
        (b"event: e\nid: 1\nretry: 5\ndata: d\n\n", {"event": "e", "id": "1", "retry": 5, "data": "d"}),
        (b"event: e\ndata: d\n\n", {"event": "e", "data": "d"}),
        (b": ping\n\n", {"comment": " ping"}),
        (b":a\n:b\ndata: d\n\n", {"comment": "a\nb", "data": "d"}),
        (b":\n\n", {"comment": ""}),
        (b"data: a\n\ndata: b\n\n", {"events": [{"data": "a"}, {"data": "b"}]}),
        (b"retry: 999999999999999\n\n", {"retry": 10**15 - 1}),
        ("data: é😀\u2028\x85\n\n".encode(), {"data": "é😀\u2028\x85"}),
        (b'{"a":1}\n', {"line": '{"a":1}'}),
        # What is not canonical is text:
        (b"data:Hello\n\n", {"text": "data:Hello\n\n"}),
        (b"data: Hello\r\n\r\n", {"text": "data: Hello\r\n\r\n"}),
        (b"data: Hello\n", {"text": "data: Hello\n"}),
        (b"data: Hello", {"text": "data: Hello"}),
        (b"data\n\n", {"text": "data\n\n"}),
        (b"data: a\rb\n\n", {"text": "data: a\rb\n\n"}),
        (b"data: d\nevent: e\n\n", {"text": "data: d\nevent: e\n\n"}),
        (b"event: a\nevent: b\n\n", {"text": "event: a\nevent: b\n\n"}),
        (b"data: a\n\n\n", {"text": "data: a\n\n\n"}),
        (b"id: a\0b\n\n", {"text": "id: a\0b\n\n"}),
        (b"\n", {"text": "\n"}),
        (b"\n\n", {"text": "\n\n"}),
        (b"foo: a\n\n", {"text": "foo: a\n\n"}),
        (b"retry: 05\n\n", {"text": "retry: 05\n\n"}),
        (b"retry: +5\n\n", {"text": "retry: +5\n\n"}),
        (b"retry: \n\n", {"text": "retry: \n\n"}),
        (b"retry: 1000000000000000\n\n", {"text": "retry: 1000000000000000\n\n"}),
        ("retry: ٣\n\n".encode(), {"text": "retry: ٣\n\n"}),
        (b'\xef\xbb\xbf{"a":1}\n', {"text": '\ufeff{"a":1}\n'}),
        (b'{"a":1}\r\n', {"text": '{"a":1}\r\n'}),
        (b'{"a":1}\n{"a":2}\n', {"text": '{"a":1}\n{"a":2}\n'}),
        (b'{"a":1}', {"text": '{"a":1}'}),
        (b"[1]\n", {"text": "[1]\n"}),
        # and what is not UTF-8, base64.
        (b"\xf0\x9f\x98", {"base64": "8J+Y"}),
        (b"data: \xff\n\n", {"base64": "ZGF0YTog/woK"}),
        (b"data: \xed\xa0\x80\n\n", {"base64": "ZGF0YTog7aCACgo="}),
    ],
)
def test_forms(data: bytes, keys: dict[str, Any]) -> None:
    assert spell(data, PLAIN) == keys
    assert piece_bytes(entry(keys), PLAIN) == data


@pytest.mark.parametrize(
    ("style", "data"),
    [
        (SseStyle("lf", True), b"event: e\ndata: a\ndata: b\n\n"),
        (SseStyle("lf", False), b"event:e\ndata:a\ndata:b\n\n"),
        (SseStyle("crlf", True), b"event: e\r\ndata: a\r\ndata: b\r\n\r\n"),
        (SseStyle("crlf", False), b"event:e\r\ndata:a\r\ndata:b\r\n\r\n"),
        (SseStyle("cr", True), b"event: e\rdata: a\rdata: b\r\r"),
        (SseStyle("cr", False), b"event:e\rdata:a\rdata:b\r\r"),
    ],
    ids=str,
)
def test_styles(style: SseStyle, data: bytes) -> None:
    assert style_of(data) == style
    assert spell(data, style) == {"event": "e", "data": "a\nb"}
    assert piece_bytes(entry({"event": "e", "data": "a\nb"}), style) == data


@pytest.mark.parametrize(
    ("body", "style"),
    [
        (b"", PLAIN),
        (b"no stream at all\r\n", PLAIN),
        (b"data: a\n\ndata:b\n\ndata: c\n\n", PLAIN),
        (b"data:a\n\ndata:b\n\ndata: c\n\n", SseStyle("lf", False)),
        (b"data: a\r\n\r\ndata: b\r\n\r\ndata: c\n\n", SseStyle("crlf")),
        (b"data: a\n\ndata: b\n\ndata: c\r\n\r\n", PLAIN),
        (b'data:{"a":"data: x"}\n\n', SseStyle("lf", False)),
    ],
)
def test_the_style_of_a_body_is_that_of_most_of_it(body: bytes, style: SseStyle) -> None:
    assert style_of(body) == style


def test_a_space_that_a_client_would_drop_is_text() -> None:
    style = SseStyle(space=False)
    keys = {"text": "data: a\n\n"}
    assert spell(b"data: a\n\n", style) == keys
    assert piece_bytes(entry(keys), style) == b"data: a\n\n"
    with pytest.raises(ValueError, match="lost behind a bare colon: write the bytes as text"):
        piece_bytes(entry({"data": " a"}), style)


BREAK = "has a line break in it: write the bytes as text"
ONE_FORM = "an entry is the fields of one event, or events, or line, or text, or base64"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"event": "a\nb", "data": "x"}, f"event {BREAK}"),
        ({"event": "a\rb", "data": "x"}, f"event {BREAK}"),
        ({"event": "a\rb"}, f"event {BREAK}"),
        ({"id": "a\nb"}, f"id {BREAK}"),
        ({"data": "a\rb"}, f"data {BREAK}"),
        ({"data": "a\r\nb"}, f"data {BREAK}"),
        ({"comment": "a\rb"}, f"comment {BREAK}"),
        ({"id": "a\0b"}, "an id with a NUL is ignored by every client: write the bytes as text"),
        ({"events": [{"data": "a\rb"}]}, f"data {BREAK}"),
        ({"line": "{}\n{}"}, f"line {BREAK}"),
        ({"base64": "*"}, "not base64"),
        ({"base64": "YQ"}, "not base64"),
        ({"base64": "é"}, "not base64"),
        ({"data": "a", "text": "b"}, ONE_FORM),
        ({"retry": 1, "line": "b"}, ONE_FORM),
        ({"text": "a", "base64": "YQ=="}, ONE_FORM),
        ({"events": [], "line": "x"}, ONE_FORM),
    ],
)
def test_an_entry_says_its_bytes_in_one_way(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        piece_bytes(entry(keys), PLAIN)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("keys", "data"),
    [
        ({"data": "a\nb"}, b"data: a\ndata: b\n\n"),
        ({"comment": "a\nb"}, b":a\n:b\n\n"),
        ({"event": "ping"}, b"event: ping\n\n"),
        ({"retry": 0}, b"retry: 0\n\n"),
        ({"events": []}, b""),
        ({"events": [{}]}, b""),
        ({"text": ""}, b""),
        ({"text": "a\r\n\0"}, b"a\r\n\0"),
        ({"base64": " YW\nI= "}, b"ab"),
        ({"base64": ""}, b""),
        ({"line": ""}, b"\n"),
    ],
)
def test_what_people_may_write(keys: dict[str, Any], data: bytes) -> None:
    assert piece_bytes(entry(keys), PLAIN) == data


@given(st.binary())
def test_base64_with_any_white_space(data: bytes) -> None:
    from base64 import encodebytes

    assert decode_base64(encodebytes(data).decode()) == data
