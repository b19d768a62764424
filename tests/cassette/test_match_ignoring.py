"""Taking out of a body what is ignored: names at any depth, JSONPaths, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mocksse.cassette.match.ignoring import counts_stream, without

VALUE: dict[str, Any] = {"a": 1, "b": [{"a": 2, "c": 3}, {"c": 4}], "d": {"a": {"e": 5}, "b c": 6}}


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ((), VALUE),
        (("x", "$.x", "$.b[7]", "ids", "dates"), VALUE),
        (("a",), {"b": [{"c": 3}, {"c": 4}], "d": {"b c": 6}}),
        (("a", "c"), {"b": [{}, {}], "d": {"b c": 6}}),
        (("$.a",), {"b": VALUE["b"], "d": VALUE["d"]}),
        (("$.b[0]",), {"a": 1, "b": [{"c": 4}], "d": VALUE["d"]}),
        (("$.b[*].c",), {"a": 1, "b": [{"a": 2}, {}], "d": VALUE["d"]}),
        (("$..a",), {"b": [{"c": 3}, {"c": 4}], "d": {"b c": 6}}),
        (("$.d['b c']", "$.d.a.e"), {"a": 1, "b": VALUE["b"], "d": {"a": {}}}),
        (("$.d.a", "$.d.a.e"), {"a": 1, "b": VALUE["b"], "d": {"b c": 6}}),
        (("$.d.a.e", "$.d.a"), {"a": 1, "b": VALUE["b"], "d": {"b c": 6}}),
        (("$.b[?@.c > 3]", "a"), {"b": [{"c": 3}], "d": {"b c": 6}}),
        (("$.*",), {}),
    ],
)
def test_what_is_left(ignore: tuple[str, ...], left: object) -> None:
    before = copy.deepcopy(VALUE)
    assert without(VALUE, ignore) == left
    assert before == VALUE


@pytest.mark.parametrize("value", [None, 1, "a", [], {}, [[1]]])
def test_anything_may_be_a_body(value: object) -> None:
    assert without(value, ("a", "$.a")) == value


def test_what_is_too_deep_stays() -> None:
    deep: Any = {"a": 1}
    for _ in range(300):
        deep = {"b": deep}
    assert without(deep, ("a",)) == deep
    assert without(deep, ("$..a",)) == deep


@pytest.mark.parametrize(
    ("ignore", "counts"), [((), True), (("stream_options",), True), (("stream",), False), (("$['stream']",), False)]
)
def test_the_stream_flag(ignore: tuple[str, ...], counts: bool) -> None:
    assert counts_stream(ignore) is counts
