"""providers/lenient: whatever the JSON is, reading it never raises."""

from __future__ import annotations

from typing import Any

import pytest

from mocksse.providers.lenient import array, compact, decode, get, integer, string

VALUE = {"a": {"b": "x", "n": 3, "t": True, "l": [1]}, "null": None}


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a":1}', {"a": 1}),
        ('{"a":1}', {"a": 1}),
        (b'{"a":1}     ', {"a": 1}),
        (b"[DONE]", None),
        (b"", None),
        (b'{"a":', None),
        (b"null", None),
        (b'"\xff"', "\ufffd"),
        (b'"\\ud83d"', "\ud83d"),
        (b"[" * 100_000 + b"]" * 100_000, None),
        (b"1" * 5000, None),
    ],
    ids=["bytes", "str", "padded", "done", "empty", "cut", "null", "no UTF-8", "half a pair", "deep", "huge number"],
)
def test_decode(data: bytes | str, value: Any) -> None:
    assert decode(data) == value


def test_compact() -> None:
    assert compact({"b": "é", "a": [1, None]}) == '{"b":"é","a":[1,null]}'


def test_reading() -> None:
    assert get(VALUE, "a", "b") == "x"
    assert get(VALUE) == VALUE
    assert string(VALUE, "a", "b") == "x"
    assert integer(VALUE, "a", "n") == 3
    assert array(VALUE, "a", "l") == [1]


@pytest.mark.parametrize("keys", [("x",), ("null",), ("null", "x"), ("a", "b", "c"), ("a", "l", "0"), ("a", "t")])
def test_what_is_not_there_reads_as_empty(keys: tuple[str, ...]) -> None:
    assert get(VALUE, *keys) in (None, True)
    assert string(VALUE, *keys) == ""
    assert integer(VALUE, *keys) == 0
    assert integer(VALUE, *keys, default=7) == 7
    assert array(VALUE, *keys) == []
