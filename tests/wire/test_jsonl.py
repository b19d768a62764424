"""wire/jsonl: exact spans of lines and elements, however cut; broken arrays; limits; what is written comes back."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from cuttings import assert_cut_independent, cuttings
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.errors import LimitError
from mocksse.wire.jsonl import (
    ArrayParser,
    Closing,
    Element,
    Line,
    LineParser,
    Pending,
    Stray,
    encode_array,
    encode_line,
    parse_array,
    parse_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.wire.incremental import Incremental
    from mocksse.wire.jsonl import ArrayItem

LINES: list[tuple[str, bytes, list[Line]]] = [
    ("two", b'{"a":1}\n{"b":2}\n', [Line(0, 8, b'{"a":1}'), Line(8, 16, b'{"b":2}')]),
    ("crlf", b"{}\r\n[]\r\n", [Line(0, 4, b"{}"), Line(4, 8, b"[]")]),
    ("blank", b"\n \t\r\n\r\n{}\n\n", [Line(7, 10, b"{}")]),
    ("unterminated", b'{}\n{"a', [Line(0, 3, b"{}"), Line(3, 6, b'{"a', complete=False)]),
    ("unterminated-cr", b"{}\r", [Line(0, 3, b"{}\r", complete=False)]),
    ("unterminated-blank", b"{}\n  ", [Line(0, 3, b"{}")]),
    ("cr-is-no-line-end", b"{}\r{}\n", [Line(0, 6, b"{}\r{}")]),
    ("one-cr-only", b"{}\r\r\n", [Line(0, 5, b"{}\r")]),
    ("unicode", '"\u2028🌍\x85"\n'.encode(), [Line(0, 12, '"\u2028🌍\x85"'.encode())]),
    ("not-json", b"oops\n", [Line(0, 5, b"oops")]),
]


@pytest.mark.parametrize(("body", "items"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_lines(body: bytes, items: list[Line]) -> None:
    assert assert_cut_independent(LineParser, body) == items
    assert parse_lines(body) == items


ARRAYS: list[tuple[str, bytes, list[ArrayItem]]] = [
    ("two", b"[{},{}]", [Element(1, 3, b"{}"), Element(4, 6, b"{}"), Closing(6, 7)]),
    ("gemini", b'[{"a":1}\n,\r\n{"b":2}\n]', [
        Element(1, 8, b'{"a":1}'), Element(12, 19, b'{"b":2}'), Closing(20, 21)
    ]),
    ("empty", b" [ ]\n", [Closing(3, 4)]),
    ("nested", b'[[[{"a":[]}]],[]]', [Element(1, 13, b'[[{"a":[]}]]'), Element(14, 16, b"[]"), Closing(16, 17)]),
    ("brackets-in-strings", b'[{"]}":"[{"}]', [Element(1, 12, b'{"]}":"[{"}'), Closing(12, 13)]),
    ("escapes", rb'[{"a":"\"}\\"},"\\\"]"]', [
        Element(1, 14, rb'{"a":"\"}\\"}'), Element(15, 22, rb'"\\\"]"'), Closing(22, 23)
    ]),
    ("scalars", b'[1, -2.5e3 ,true\n,null,"a",false]', [
        Element(1, 2, b"1"), Element(4, 10, b"-2.5e3"), Element(12, 16, b"true"), Element(18, 22, b"null"),
        Element(23, 26, b'"a"'), Element(27, 32, b"false"), Closing(32, 33),
    ]),
    ("commas-are-space", b"[,{}{},,1]", [
        Element(2, 4, b"{}"), Element(4, 6, b"{}"), Element(8, 9, b"1"), Closing(9, 10)
    ]),
    ("utf8", '["🌍\u2028"]'.encode(), [Element(1, 10, '"🌍\u2028"'.encode()), Closing(10, 11)]),
    ("cut-before-anything", b"  ", []),
    ("cut-after-bracket", b"[", []),
    ("cut-after-element", b"[{}\n,\r\n", [Element(1, 3, b"{}")]),
    ("cut-in-object", b'[{},{"a', [Element(1, 3, b"{}"), Pending(4, 7, b'{"a')]),
    ("cut-behind-backslash", b'["a\\', [Pending(1, 4, b'"a\\')]),
    ("cut-in-number", b"[12", [Pending(1, 3, b"12")]),
    ("no-array", b' {"error": {}}', [Stray(1, 14)]),
    ("html", b"<html>[{}]", [Stray(0, 10)]),
    ("behind-the-array", b"[{}]\n[{}]", [Element(1, 3, b"{}"), Closing(3, 4), Stray(5, 9)]),
    ("stray-in-the-array", b"[{},}{}]", [Element(1, 3, b"{}"), Stray(4, 8)]),
    ("byte-order-mark", b"\xef\xbb\xbf[]", [Stray(0, 5)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "items"), [case[1:] for case in ARRAYS], ids=[case[0] for case in ARRAYS])
def test_arrays(body: bytes, items: list[ArrayItem]) -> None:
    assert assert_cut_independent(ArrayParser, body) == items
    assert parse_array(body) == items
    for item in items:
        if isinstance(item, Element | Pending):
            assert body[item.start : item.end] == item.data


def test_an_element_comes_with_its_last_byte() -> None:
    parser = ArrayParser()
    assert parser.feed(b'[{"a":1') == []
    assert parser.feed(b"}") == [Element(1, 8, b'{"a":1}')]
    assert parser.feed(b',"b"') == [Element(9, 12, b'"b"')]
    assert parser.feed(b",1") == []
    assert parser.feed(b"]") == [Element(13, 14, b"1"), Closing(14, 15)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(json_values, max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_elements_of_any_array(values: list[Any], indent: int | None, ascii_only: bool) -> None:
    body = json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    *elements, closing = assert_cut_independent(ArrayParser, body, rounds=20)
    assert closing == Closing(len(body) - 1, len(body))
    assert [json.loads(element.data.decode("utf-8", "surrogatepass")) for element in elements] == values


@settings(max_examples=150, deadline=None)
@given(st.lists(json_values, max_size=5), st.sampled_from([b"\n", b"\r\n"]))
def test_lines_written_come_back(values: list[Any], eol: bytes) -> None:
    texts = [json.dumps(value).encode() for value in values]
    lines = assert_cut_independent(LineParser, b"".join(encode_line(text, eol=eol) for text in texts), rounds=20)
    assert [line.data for line in lines] == texts
    assert all(line.complete for line in lines)


@settings(max_examples=150, deadline=None)
@given(st.lists(json_values, max_size=5))
def test_arrays_written_come_back(values: list[Any]) -> None:
    texts = [json.dumps(value).encode() for value in values]
    pieces = encode_array(texts)
    assert len(pieces) == len(texts) + 1
    body = b"".join(pieces)
    assert json.loads(body) == values
    assert [item.data for item in parse_array(body) if isinstance(item, Element)] == texts


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b" ", b"1", b"\xff"]), max_size=30))
def test_any_bytes_are_cut_independent_and_in_order(parts: list[bytes]) -> None:
    body = b"[" + b"".join(parts)
    items = assert_cut_independent(ArrayParser, body, rounds=20)
    assert all(item.start < item.end <= len(body) for item in items)
    assert all(a.end <= b.start for a, b in pairwise(items))


@pytest.mark.parametrize("line", [b"", b"  ", b"{\n}", b"{}\r"])
def test_what_is_not_one_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        encode_line(line)


def test_a_line_ends_in_lf_or_crlf() -> None:
    with pytest.raises(ValueError):
        encode_line(b"{}", eol=b"\r")


@pytest.mark.parametrize(
    ("make", "body", "items"),
    [
        (LineParser, b"12345678\n123456789\n1\n", 1),
        (LineParser, b"1\n123456789", 1),
        (ArrayParser, b'["345678","3456789"]', 1),
        (ArrayParser, b'[1,"34567890', 1),
        (ArrayParser, b"[1,123456789,1]", 1),
    ],
)
def test_limit(make: Any, body: bytes, items: int) -> None:
    """Eight bytes a line or element; what came before is handed out, however the body is cut."""
    for pieces in cuttings(body, 200):
        parser: Incremental[object] = make(8)
        found: list[object] = []
        with pytest.raises(LimitError):  # noqa: PT012
            for piece in pieces:
                found += parser.feed(piece)
            parser.close()
        assert len(found) == items


def test_the_limit_itself_is_allowed() -> None:
    assert len(assert_cut_independent(lambda: LineParser(8), b"12345678\n12345678")) == 2
    assert len(assert_cut_independent(lambda: ArrayParser(8), b'["345678",{"45":8},12345678]')) == 4


@pytest.mark.parametrize(("make", "opening"), [(LineParser, b""), (ArrayParser, b'["')], ids=["lines", "array"])
def test_time_is_linear_however_a_value_is_cut(make: Any, opening: bytes) -> None:
    def seconds(size: int) -> float:
        parser = make()
        parser.feed(opening)
        begin = time.process_time()
        for _ in range(size):
            parser.feed(b"x")
        return time.process_time() - begin

    assert_linear(seconds, 1 << 16)


def test_recorded_lines(streams: Path) -> None:
    paths = sorted(streams.rglob("*.ndjson"))
    assert paths
    for path in paths:
        body = path.read_bytes()
        lines = assert_cut_independent(LineParser, body, rounds=20)
        assert [json.loads(line.data) for line in lines] == [json.loads(line) for line in body.splitlines() if line]


def test_recorded_arrays(streams: Path) -> None:
    paths = [path for path in sorted(streams.rglob("*jsonarray*.json")) if not path.name.endswith(".meta.json")]
    assert paths
    for path in paths:
        body = path.read_bytes()
        *elements, closing = assert_cut_independent(ArrayParser, body, rounds=20)
        assert isinstance(closing, Closing)
        assert [json.loads(element.data) for element in elements] == json.loads(body)
        assert b"".join(encode_array(element.data for element in elements)) == body
