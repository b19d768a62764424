"""JSONPaths: what they select and where, and one line for what is none."""

from __future__ import annotations

import pytest

from mocksse.providers.jsonpath import NotAPathError, compile_path, locate, select

VALUE = {"a": [{"b": 1}, {"b": {"c": "x"}}], "ü": None}


@pytest.mark.parametrize(
    ("path", "places", "values"),
    [
        ("$", [()], [VALUE]),
        ("$.a[*].b", [("a", 0, "b"), ("a", 1, "b")], [1, {"c": "x"}]),
        ("$..c", [("a", 1, "b", "c")], ["x"]),
        ("$['ü']", [("ü",)], [None]),
        ("$.a[-1].b.c", [("a", 1, "b", "c")], ["x"]),
        ("$.none", [], []),
        ("$.a.b", [], []),
    ],
)
def test_what_a_path_selects(path: str, places: list[tuple[str | int, ...]], values: list[object]) -> None:
    assert locate(path, VALUE) == places
    assert select(path, VALUE) == values


@pytest.mark.parametrize("value", [None, 1, "text", [], {}])
def test_of_any_value(value: object) -> None:
    assert select("$.a[0]..b", value) == []


@pytest.mark.parametrize("path", ["", "a", "a.b", "$.", "$[", "$..[", "$.a[?", "$.a]", "[" * 5000, "$" + "[0" * 5000])
def test_what_is_none_is_one_line(path: str) -> None:
    with pytest.raises(NotAPathError) as caught:
        compile_path(path)
    assert 0 < len(str(caught.value)) <= 200
    assert "\n" not in str(caught.value)


def test_a_value_too_deep_to_follow_has_nothing() -> None:
    value: object = "x"
    for _ in range(5000):
        value = [value]
    assert locate("$..a", value) == []
