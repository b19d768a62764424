"""providers/partial_args: arguments from values with a path each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.providers.fragment import Fragment
from mocksse.providers.partial_args import assemble


def said(path: str, text: str, *, quoted: bool = True) -> Fragment:
    return Fragment("tool", text, path=path, quoted=quoted)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([], {}),
        ([said("", "")], {}),
        ([said("$.a", "x"), said("$.a", "y"), said("$.a", "")], {"a": "xy"}),
        ([said("$.a", "1", quoted=False), said("$.a", "2", quoted=False)], {"a": 2}),
        ([said("$.a", "null", quoted=False), said("$.b", "false", quoted=False)], {"a": None, "b": False}),
        ([said("$.a[0].b", "x"), said("$.a[1].b", "y")], {"a": [{"b": "x"}, {"b": "y"}]}),
        ([said("$.a[1]", "x")], {"a": [None, "x"]}),
        ([said("$['a b'].c", "x"), said('$["d\\"e"]', "y")], {"a b": {"c": "x"}, 'd"e': "y"}),
        ([said("$.a", "x"), said("$.a.b", "y")], {"a": "x"}),
        ([said("$.a[0]", "x"), said("$.a.b", "y")], {"a": ["x"]}),
        ([said("$.a[999999]", "x")], {"a": []}),
        ([said("$..a", "x"), said("$.*", "x"), said("a", "x"), said("$", "x"), said("$.a[-1]", "x")], {"*": "x"}),
    ],
)
def test_values(pieces: list[Fragment], expected: Any) -> None:
    assert json.loads(assemble(pieces)) == expected


@given(st.lists(st.builds(said, st.text("$.[]'\"ab01*\\"), st.text(), quoted=st.booleans())))
def test_any_path_and_any_text(pieces: list[Fragment]) -> None:
    assert isinstance(json.loads(assemble(pieces)), dict)
