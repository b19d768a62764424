"""What a reader sees as one character, after the cases of UAX #29."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.generate.graphemes import graphemes


@pytest.mark.parametrize(
    "whole",
    [
        "a",
        "e\u0301",
        "\r\n",
        "가",
        "\u1112\u1161\u11ab",
        "각\u11a8",
        "क्षि",
        "நி",
        "🇨🇭",
        "👋🏽",
        "👩‍👩‍👧‍👦",
        "👩🏽‍⚕️",
        "❤️‍🔥",
        "1️⃣",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "ﾊﾞ".replace("ﾊﾞ", "\uff8a\uff9e"),
        "a" + "\u0301" * 500,
    ],
)
def test_one(whole: str) -> None:
    assert list(graphemes(whole)) == [whole]
    assert list(graphemes(f"x{whole}y")) == ["x", whole, "y"]
    assert list(graphemes(whole * 2)) == [whole] * 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("ab", 2),
        ("\n\r", 2),
        ("\n\u0301", 2),
        ("🇨🇭🇩🇪🇫", 3),
        ("日本", 2),
        ("가나", 2),
        ("\u200d👋", 1),
        ("a\u200db", 2),
    ],
)
def test_borders(text: str, count: int) -> None:
    assert len(list(graphemes(text))) == count


@given(st.text(alphabet=st.sampled_from("aé\u0301\r\n\u200d🇨🇭👋🏽\u0939\u094d\u0915가\u1100\u1161ไ日\ufe0f")))
def test_joined_they_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
