"""The words of matching: what they mean, and what is said of wrong ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mocksse.cassette.match import Rules, rules_of
from mocksse.cassette.match.rules import _CHOICES, DATES, IDS
from mocksse.errors import UsageError


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ({}, Rules()),
        ({"query": "subset", "headers": ["Accept", "accept"]}, Rules(query="subset", headers=("accept",))),
        ({"headers": "accept", "ignore": "user"}, Rules(headers=("accept",), ignore=("user",))),
        ({"strict": True}, Rules(body="exact")),
        ({"strict": True, "body": "exact"}, Rules(body="exact")),
        ({"strict": False, "body": "subset"}, Rules(body="subset")),
        ({"ignore": ["$.a", "ids", "ids"]}, Rules(ignore=("$.a", "ids"))),
        ({"pick": "round-robin", "on_exhausted": "restart"}, Rules(pick="round-robin", on_exhausted="restart")),
    ],
)
def test_words(words: dict[str, Any], rules: Rules) -> None:
    assert rules_of(words) == rules


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"bodi": "exact"}, "match: 'bodi' is no rule (did you mean body?)"),
        ({"x": 1}, "match: 'x' is no rule (one of query, headers, body, ignore, pick, on_exhausted, strict)"),
        (
            {"body": "exct"},
            "match: body is best, exact, subset, last-user-message, ignore, not 'exct' (did you mean exact?)",
        ),
        ({"body": 1}, "match: body is best, exact, subset, last-user-message, ignore, not 1"),
        ({"query": None}, "match: query is exact, subset, ignore, not None"),
        ({"headers": 1}, "match: headers is a list of names, not 1"),
        ({"ignore": ["a", 1]}, "match: ignore is a list of names, not ['a', 1]"),
        ({"headers": ["a b"]}, "match: headers: 'a b' is no header name"),
        ({"headers": [""]}, "match: headers: '' is no header name"),
        ({"headers": ["X-Api-Key"]}, "match: headers: x-api-key holds a credential, and no recording has one"),
        ({"strict": 1}, "match: strict is true or false, not 1"),
        (
            {"strict": True, "body": "subset"},
            "match: strict and body: subset say different things (keep one of them)",
        ),
        ({"ignore": ["$"]}, "match: ignore: $ is the whole body (use body: ignore)"),
        (
            {"ignore": ["messages[0]"]},
            "match: ignore: 'messages[0]' is no name (a JSONPath begins with $: $.messages[0].content)",
        ),
        ({"ignore": [""]}, "match: ignore: '' is no name (a JSONPath begins with $: $.messages[0].content)"),
        ({"ignore": ["$.a["]}, "match: ignore: $.a[ is no JSONPath: unbalanced brackets, line 1, column 4"),
        ({"ignore": ["$.a\n["]}, None),
        ({"ignore": ["$.a | $.b"]}, None),
        ({"ignore": ["$." + "[" * 5000]}, None),
    ],
)
def test_wrong_words(words: dict[str, Any], said: str | None) -> None:
    with pytest.raises(UsageError) as raised:
        rules_of(words)
    if said is not None:
        assert str(raised.value) == said
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "demands"),
    [("best", False), ("exact", True), ("subset", True), ("last-user-message", True), ("ignore", False)],
)
def test_which_rules_demand_a_body(body: Any, demands: bool) -> None:
    assert Rules(body=body).demands_body is demands


def test_the_document_has_every_word() -> None:
    text = (Path(__file__).parents[2] / "docs" / "matching.md").read_text()
    words = {
        *_CHOICES,
        *(word for known in _CHOICES.values() for word in known),
        "headers",
        "ignore",
        "strict",
        IDS,
        DATES,
    }
    assert {word for word in words if word not in text} == set()
    (example,) = (block for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) if '"query"' in block)
    assert rules_of(json.loads(example)).demands_body
