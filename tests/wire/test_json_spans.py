"""wire/json_spans: one value is changed or cut out, every other byte stays, and the decoder sees just that change."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from mocksse.wire.json_spans import Span, encode_string, inside, inside_string, locate, middle

CASES: list[tuple[str, bytes, tuple[str | int, ...], Span]] = [
    ("whole", b' {"a":1} ', (), Span(1, 8, 1, 8)),
    ("only member", b'{"a":1}', ("a",), Span(5, 6, 1, 6, 1, 4)),
    ("first member", b'{"a":1 , "b":2}', ("a",), Span(5, 6, 1, 8, 1, 4)),
    ("last member", b'{"a":1 , "b" : 2}', ("b",), Span(15, 16, 7, 16, 9, 12)),
    ("middle member", b'{"a":1,"b":2,"c":3}', ("b",), Span(11, 12, 6, 12, 7, 10)),
    ("element", b"[1, [2,3] ,4]", (1,), Span(4, 9, 2, 9)),
    ("first element", b"[[],4]", (0,), Span(1, 3, 1, 4)),
    ("only element", b"[ null ]", (0,), Span(2, 6, 2, 6)),
    ("deeper", b'{"a":[{"b":"x"}]}', ("a", 0, "b"), Span(11, 14, 7, 14, 7, 10)),
    ("last duplicate", b'{"a":1,"a":2}', ("a",), Span(11, 12, 6, 12, 7, 10)),
    ("escaped key", b'{"\\u0061\\n":1}', ("a\n",), Span(12, 13, 1, 13, 1, 11)),
    ("brackets in strings", b'{"}]\\"":"{[","b":0}', ("b",), Span(17, 18, 12, 18, 13, 16)),
    ("invalid utf-8", b'{"a":"\xff\xc3","b":0}', ("b",), Span(14, 15, 9, 15, 10, 13)),
    ("invalid utf-8 in a key", b'{"\xff":0}', ("\ufffd",), Span(5, 6, 1, 6, 1, 4)),
    ("constants", b"[NaN,-Infinity,true]", (1,), Span(5, 14, 4, 14)),
]


@pytest.mark.parametrize(("data", "path", "span"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_locate(data: bytes, path: tuple[str | int, ...], span: Span) -> None:
    assert locate(data, path) == span


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"", ()),
        (b"oops", ()),
        (b'{"a":1', ("a",)),
        (b'{"a":1} x', ("a",)),
        (b'{"a":01}', ("a",)),
        (b'{"a":"\n"}', ("a",)),
        (b'{"a":1\xff}', ("a",)),
        (b'\xef\xbb\xbf{"a":1}', ("a",)),
        (b"[" * 200_000, (0,)),
        (b"[" * 200_000 + b"]" * 200_000, (0,)),
        (b'{"a":1}', ("b",)),
        (b'{"a":1}', (0,)),
        (b'{"a":1}', ("a", "b")),
        (b'{"a":"[0]"}', ("a", 0)),
        (b"[1]", ("0",)),
        (b"[1]", (1,)),
        (b"[1]", (-1,)),
        (b"[]", (0,)),
        (b"{}", ("",)),
        (b'{"a":{"b":1},"a":{}}', ("a", "b")),  # the last `a` has none
    ],
)
def test_paths_that_lead_nowhere(data: bytes, path: tuple[str | int, ...]) -> None:
    assert locate(data, path) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, member in members for found in paths(member, (*path, key)))]


@st.composite
def texts(draw: st.DrawFn) -> tuple[Any, tuple[str | int, ...], bytes]:
    """A value, a path in it, and its text in one of many spellings."""
    value = draw(JSON)
    text = json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 3, "\t"])),
        separators=draw(st.sampled_from([None, (",", ":"), (" ,\r\n", " :\t")])),
    )
    around = draw(st.sampled_from(["", " ", "\r\n\t "]))
    return value, draw(st.sampled_from(paths(value))), (around + text + around).encode("utf-8", "backslashreplace")


@given(texts())
def test_a_value_is_where_its_span_says(drawn: tuple[Any, tuple[str | int, ...], bytes]) -> None:
    value, path, data = drawn
    for step in path:
        value = value[step]
    span = locate(data, path)
    assert span
    assert json.loads(data[span.start : span.end]) == value
    if path and isinstance(path[-1], str):
        assert json.loads(data[span.key_start : span.key_end]) == path[-1]
    else:
        assert (span.key_start, span.key_end) == (0, 0)


@given(texts(), JSON)
def test_a_value_that_is_replaced(drawn: tuple[Any, tuple[str | int, ...], bytes], other: Any) -> None:
    value, path, data = drawn
    span = locate(data, path)
    assert span
    changed = json.loads(data[: span.start] + json.dumps(other).encode() + data[span.end :])
    assert changed == replaced(value, path, other)


def replaced(value: Any, path: tuple[str | int, ...], other: Any) -> Any:
    if not path:
        return other
    changed = copy.deepcopy(value)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = other
    return changed


@given(texts())
def test_a_member_that_is_cut_out(drawn: tuple[Any, tuple[str | int, ...], bytes]) -> None:
    value, path, data = drawn
    span = locate(data, path)
    assert span
    rest = data[: span.cut_start] + data[span.cut_end :]
    if not path:
        assert not rest.strip()
        return
    changed = copy.deepcopy(value)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    assert json.loads(rest) == changed


@given(st.binary(max_size=30) | st.text(alphabet='[]{}",:\\u0a1 ', max_size=30).map(str.encode))
def test_it_knows_just_what_the_decoder_takes(data: bytes) -> None:
    try:
        json.loads(data.decode("utf-8", "replace"))
    except ValueError:
        assert locate(data, ()) is None
    else:
        assert locate(data, ())
    locate(data, ("a",))
    locate(data, (0, 0))


@given(st.text(), st.booleans())
def test_encode_string(text: str, escaped: bool) -> None:
    data = encode_string(text, ascii=escaped)
    assert json.loads(data) == text
    assert data.isascii() or not escaped


@pytest.mark.parametrize(("text", "data"), [("é\ud83d", b'"\xc3\xa9\\ud83d"'), ("🌍", '"🌍"'.encode())])
def test_encode_string_as_it_is(text: str, data: bytes) -> None:
    assert encode_string(text, ascii=False) == data


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans(), st.integers(0, 9))
def test_a_cut_leaves_no_character_in_pieces(text: str, escaped: bool, n: int) -> None:
    data = b'{"a": ' + encode_string(text, ascii=escaped) + b"}"
    span = locate(data, ("a",))
    assert span
    at = inside_string(data, span, n)
    assert json.loads(data[span.start : at] + b'"') == text[:n]
    assert json.loads(b'"' + data[at : span.end]) == text[n:]


@pytest.mark.parametrize(
    ("content", "offsets"),
    [
        (rb"a\n\\\u00e9b", [0, 1, 3, 5, 11, 12, 12]),
        (rb"\ud83c\udf0d!", [0, 12, 13, 13]),
        (rb"\ud83cx\udf0d", [0, 6, 7, 13]),
        ("é🌍".encode(), [0, 2, 6, 6]),
        (b"\xff\xc3\xa9\x80", [0, 1, 3, 4, 4]),
        (b"", [0, 0]),
    ],
)
def test_characters(content: bytes, offsets: list[int]) -> None:
    data = b'"' + content + b'"'
    whole = Span(0, len(data), 0, len(data))
    assert [inside_string(data, whole, n) - 1 for n in range(len(offsets))] == offsets
    assert inside(data, 1, len(data) - 1, 99) == len(data) - 1


def test_only_a_string_is_cut_as_one() -> None:
    with pytest.raises(ValueError, match="no JSON string at byte 0"):
        inside_string(b"12", Span(0, 2, 0, 2), 1)


@pytest.mark.parametrize(("text", "at"), [(b"", 0), (b"a", 0), (b"ab", 1), ("aé".encode(), 1), (b'{"a":"\\u00e9"}', 4)])
def test_middle(text: bytes, at: int) -> None:
    assert middle(text, 0, len(text)) == at


@pytest.mark.parametrize("unit", [b'{"a":[1]},', b'"\\n",', b"0,", b"    "])
def test_linear(unit: bytes) -> None:
    def cpu_seconds(size: int) -> float:
        data = b"[[" + unit * size + b"1]]"
        started = time.process_time()
        assert locate(data, (0,))
        middle(data, 0, len(data))
        return time.process_time() - started

    assert_linear(cpu_seconds, 20_000)
