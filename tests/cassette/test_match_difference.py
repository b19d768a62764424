"""How a difference is shown: as JSON, short, from where two texts part, and without credentials."""

from __future__ import annotations

from typing import Any

import pytest

from mocksse.cassette.match.difference import ABSENT, Difference, differing, json_path

KEY = "sk-proj-0123456789abcdefABCDEF"
LONG = "word " * 400


@pytest.mark.parametrize(
    ("asked", "recorded", "shown"),
    [
        ("a", "b", ("a", "b")),
        (1, True, (1, True)),
        (None, ABSENT, ("null", None)),
        (1.5, float("inf"), (1.5, "inf")),
        ({"a": [1]}, [None], ('{"a":[1]}', "[null]")),
        (10**100, 1, (f"1{'0' * 78}…", 1)),
        ("x" * 81, "y", ("x" * 79 + "…", "y")),
        (f"{LONG}rivers", f"{LONG}seas", ("…word word word word rivers"[-80:], None)),
    ],
)
def test_values(asked: object, recorded: object, shown: tuple[object, object]) -> None:
    found = differing("$.a", asked, recorded)
    if shown[1] is None and recorded is not ABSENT:
        # Both begin a little before they part, and fill the room there is.
        assert str(found.asked).endswith("rivers")
        assert str(found.recorded).endswith("seas")
        assert str(found.asked).startswith("…")
        assert max(len(str(found.asked)), len(str(found.recorded))) <= 80
    else:
        assert (found.asked, found.recorded) == shown


def test_long_texts_are_shown_where_they_part() -> None:
    found = differing("$.a", f"{LONG}rivers {LONG}", f"{LONG}seas {LONG}")
    assert str(found.asked).startswith("…")
    assert "rivers" in str(found.asked)
    assert "seas" in str(found.recorded)
    assert len(str(found.asked)) == len(str(found.recorded)) == 80


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (f"my key is {KEY}", "content"),
        ({"note": KEY}, ""),
        ({"api_key": "hunter22-hunter22"}, ""),
        ([{"password": "hunter22-hunter22"}], ""),
        ("hunter22-hunter22", "password"),
        ("a=b&api_key=hunter22-hunter22", ""),
    ],
)
def test_credentials_are_blotted(value: Any, key: str) -> None:
    found = differing("$", value, "b", key)
    assert KEY not in str(found)
    assert "hunter22" not in str(found)
    assert "xxxxxxxx" in str(found)


def test_a_key_at_the_edge_of_what_is_shown_is_blotted_whole() -> None:
    for size in range(30, 90):
        text = "a " * size + KEY + " b" * 100
        found = differing("$.a", f"{text}1", f"{text}2")
        assert KEY[:12] not in str(differing("$.a", text, "b"))
        assert KEY[-12:] not in str(found)


@pytest.mark.parametrize(
    ("difference", "line"),
    [
        (Difference("path", "/chat", "/x"), "path: asked /chat, recorded /x"),
        (
            Difference("path", "/chat", "/v1/chat"),
            "path: asked /chat, recorded /v1/chat (with and without /v1 are different paths)",
        ),
        (Difference("method", "GET", "POST"), "method: asked GET, recorded POST"),
        (Difference("query.a", None, "1"), 'query.a: asked nothing, recorded "1"'),
        (Difference("stream", asked=True, recorded=False), "stream: asked true, recorded false"),
        (Difference("$.a", "b\n", 1), '$.a: asked "b\\n", recorded 1'),
    ],
)
def test_a_line_for_people(difference: Difference, line: str) -> None:
    assert str(difference) == line


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ((), "$"),
        (("messages", 1, "content"), "$.messages[1].content"),
        (("a b", "it's", 'q"', "é", "", "a\nb"), "$['a b']['it\\'s']['q\"']['é']['']['a\\nb']"),
        (("k" * 200,), f"$.{'k' * 200}"),
    ],
)
def test_paths(keys: tuple[str | int, ...], path: str) -> None:
    assert json_path(keys) == path


def test_half_a_surrogate_pair_is_shown_as_any_other_text() -> None:
    found = differing("$.a", "half a pair: \ud800", "b")
    assert (found.asked, found.recorded) == ("half a pair: \ud800", "b")
