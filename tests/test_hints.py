"""Hints to misspelt words: the one that was meant, or none."""

import pytest

from mocksse.errors import nearest


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dat", "did you mean data?"),
        ("evnt", "did you mean event?"),
        ("EVENT", "did you mean event?"),
        ("gpa", "did you mean gap?"),
        ("keepalive", "did you mean comment-keepalive?"),
        ("event-number", "did you mean event?"),
        ("wait", ""),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_nearest(word: str, hint: str) -> None:
    assert nearest(word, ["data", "event", "gap", "at", "comment-keepalive"]) == hint
