"""providers/fragment: pieces, and no pieces of nothing."""

from __future__ import annotations

from typing import Any

import pytest

from mocksse.providers.fragment import Fragment, arguments, call, error, piece, usage


def test_a_piece_has_text() -> None:
    assert piece("text", "a", 1, 2) == (Fragment("text", "a", 1, 2),)
    assert piece("text", "") == ()


def test_a_call_is_known_by_any_of_its_parts() -> None:
    assert call("{") == (Fragment("tool", "{"),)
    assert call("", call_id="c") == (Fragment("tool", "", id="c"),)
    assert call("", name="f") == (Fragment("tool", "", name="f"),)
    assert call("") == ()


@pytest.mark.parametrize(
    ("value", "text"), [('{"a"', '{"a"'), ("", ""), (None, ""), ({}, "{}"), ({"a": 1}, '{"a":1}'), (False, "false")]
)
def test_arguments(value: Any, text: str) -> None:
    assert arguments(value) == text


@pytest.mark.parametrize("value", [None, {}, {"a": None, "b": None}, [], [1], 3, "x"])
def test_no_usage(value: Any) -> None:
    assert usage(value) == ()


def test_usage_keeps_nulls_beside_counters() -> None:
    assert usage({"a": 0, "b": None}) == (Fragment("usage", '{"a":0,"b":null}'),)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"error": {"message": "Boom"}}, "Boom"),
        ({"error": "Boom"}, "Boom"),
        ({"error": {"code": 1}}, '{"code":1}'),
        ({"error": ["a"]}, '["a"]'),
    ],
)
def test_error(payload: Any, text: str) -> None:
    assert error(payload) == (Fragment("error", text),)


@pytest.mark.parametrize("payload", [None, [], {}, {"error": None}, {"error": {}}, {"error": ""}, {"error": False}])
def test_no_error(payload: Any) -> None:
    assert error(payload) == ()
