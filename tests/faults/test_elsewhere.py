"""Other tools' words: each is told the right one, which parses; and no word of our own is in the list."""

from __future__ import annotations

import pytest

from mocksse.errors import UsageError
from mocksse.replay.faults.cases import CASES
from mocksse.replay.faults.elsewhere import _WORDS, elsewhere
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS


@pytest.mark.parametrize("word", _WORDS)
def test_what_is_suggested_is_a_fault(word: str) -> None:
    assert parse(_WORDS[word])
    assert word.replace("_", "-") not in FAULTS, "a fault has that name: nobody is ever told otherwise"
    assert word == word.lower().replace("-", "_")


@pytest.mark.parametrize("case", [case for case in CASES.values() if not case.left_out], ids=lambda case: case.name)
def test_the_name_of_a_case_is_a_fault_or_is_told_one(case: object) -> None:
    name: str = case.name  # type: ignore[attr-defined]
    assert name in FAULTS or elsewhere(name)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("EMPTY_RESPONSE", "here it is empty-reply"),
        ("empty-response", "here it is empty-reply"),
        ("CONNECTION_RESET_BY_PEER", "here it is reset at=head"),
        ("CONNECTION_RESET", "here it is reset at=head"),
        ("chunked-dribble", "here it is slow-drip"),
        ("chunkedDribbleDelay", "here it is slow-drip"),
        ("bandwidth", "here it is slow-drip bytes=1 gap=10ms"),
        ("limit_data", "here it is truncate at=byte:1000"),
        ("decorate", ""),
        ("fixedDelayMilliseconds", "here it is stall at=head for=1s"),
        ("dropConnection", "here it is empty-reply"),
        ("idle-stall", "here it is hang"),
        ("h2-stream-reset", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_words(word: str, hint: str) -> None:
    assert elsewhere(word) == hint


def test_the_grammar_says_it() -> None:
    with pytest.raises(UsageError) as caught:
        parse("reset; MALFORMED_RESPONSE_CHUNK")
    assert str(caught.value).endswith("no fault is called MALFORMED_RESPONSE_CHUNK (here it is bad-chunk-size)")


def test_what_runs_code_elsewhere_is_nothing_here() -> None:
    with pytest.raises(UsageError) as caught:
        parse("decorate")
    assert caught.value.hint == "mocksse faults lists them all"
