"""One session of a parsed JSON value, as the control API takes it, and its complaints with the path of the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, LogNormal, Pacing
from mocksse.errors import MocksseError, UsageError
from mocksse.settings.model import SESSION_NAME, SessionSettings
from mocksse.settings.session import session_settings_of


def test_nothing_is_a_session() -> None:
    assert session_settings_of({}) == SessionSettings()


def test_all_of_it() -> None:
    session = session_settings_of(
        {
            "name": "cut-1",
            "cassettes": ["a.yaml", "/b"],
            "pacing": {"speed": "instant", "ttft": "lognormal:p50=350,p95=1200", "gap": 0.5, "max_gap": 9},
            "faults": ["reset at=event:5; crlf", "ids"],
            "seed": 7,
            "match": {"query": "subset", "headers": ["X-A"], "strict": True, "ignore": ["user"], "pick": "random"},
            "routes": {"/s": "rivers"},
        },
        base=Path("folder"),
    )
    assert session.name == "cut-1"
    assert session.cassettes == (Path("folder/a.yaml"), Path("/b"))
    assert session.pacing == Pacing(speed=INSTANT, ttft=LogNormal(350, 1200), gap=Fixed(0.5), max_gap=9, seed=7)
    assert [spec.text for spec in session.faults] == ["reset at=event:5", "crlf", "ids"]
    assert session.match == {
        "query": "subset",
        "headers": ("x-a",),
        "body": "exact",
        "ignore": ("user",),
        "pick": "random",
    }
    assert session.routes == {"/s": "rivers"}
    assert session.said == {"cassettes", "faults", "routes"}


def test_without_a_base_paths_are_as_they_are() -> None:
    session = session_settings_of({"cassettes": "a", "pacing": {"gap": "from:b.yaml"}})
    assert (session.cassettes, session.pacing.gap) == ((Path("a"),), FromCassette("b.yaml"))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"pacing": {"speed": "fast"}}, "$.pacing.speed: expected a number of 0 or more or instant, found 'fast'"),
        ({"pacing": {"speed": 0}}, "$.pacing.speed: 0 would never end ("),
        ({"pacing": {"ttft": "soon"}}, "$.pacing.ttft: 'soon' is not a number of 0 or more"),
        ({"pacing": {"spede": 1}}, "$.pacing.spede: pacing has no 'spede' (did you mean speed?)"),
        ({"pacing": {"gap": 1, "tps": 1}}, "$.pacing.gap and $.pacing.tps both say how long chunks wait"),
        ({"pacing": 5}, "$.pacing: expected a mapping, found 5"),
        ({"seed": "x"}, "$.seed: expected a whole number, found 'x'"),
        ({"faults": ["crlf", "rest"]}, "$.faults[1]: fault 'rest', column 1: no fault is called rest (did you mean re"),
        ({"faults": [1]}, "$.faults[0]: expected text, found 1 (put it in quotes)"),
        ({"fault": []}, "$.fault: a session has no 'fault' (did you mean faults?)"),
        ({"name": "a/b"}, "$.name: 'a/b' is no name of a session ("),
        ({"name": ""}, "$.name: '' is no name of a session ("),
        (
            {"match": {"pick": "rando"}},
            "$.match.pick: expected best, random, round-robin or sequence, found 'rando' (d",
        ),
        ({"match": {"headers": ["a", "b:"]}}, "$.match.headers[1]: 'b:' is no name of a header"),
        ({"routes": {"s": "x"}}, "$.routes.s: 's=x' is not a route ("),
        ({"upstream": "https://x"}, "$.upstream: a session has no 'upstream'"),
        ({"record": "all"}, "$.record: a session has no 'record'"),
        ({"match": {"pick": "\ud800"}}, "$: text that is not Unicode ("),
        ([], "$: not a session ("),
        (None, "$: not a session ("),
    ],
)
def test_what_is_wrong_is_named_by_its_path(value: object, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        session_settings_of(value)
    assert str(caught.value).startswith(line)


def test_what_stands_for_the_whole_is_the_callers_word() -> None:
    with pytest.raises(UsageError, match=r"^body\.seed: expected a whole number"):
        session_settings_of({"seed": 1.5}, "body")


WORDS = (
    "name",
    "cassettes",
    "pacing",
    "faults",
    "seed",
    "match",
    "routes",
    "speed",
    "gap",
    "headers",
    "body",
    "strict",
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["crlf", "exact"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner),
    max_leaves=12,
)


@given(VALUES)
def test_any_value_is_a_session_or_one_clear_line(value: Any) -> None:
    said = "$"
    try:
        session = session_settings_of(value)
        assert not session.name or SESSION_NAME.fullmatch(session.name)
    except MocksseError as error:
        said = str(error)
    assert said.startswith("$")
    assert "\n" not in said
