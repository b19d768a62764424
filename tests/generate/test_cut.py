"""Where a text is cut, and where it never is."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.generate.cut import CUTS, Cut, cut
from mocksse.generate.graphemes import graphemes

TEXT = "Grüße, 世界! 👩‍👩‍👧‍👦 🇨🇭\n\n  e\u0301 123"


@pytest.mark.parametrize("how", CUTS)
@given(text=st.text(max_size=40), seed=st.integers(0, 9))
def test_joined_the_pieces_are_the_text(how: Cut, text: str, seed: int) -> None:
    pieces = cut(text, how, Random(seed).random)
    assert all(pieces)
    joined = "".join(pieces)
    if how == "half":
        joined = joined.encode("utf-16", "surrogatepass").decode("utf-16")
    assert joined == text


@given(text=st.text(max_size=40) | st.just(TEXT), seed=st.integers(0, 9))
def test_a_token_cuts_no_character_of_a_reader(text: str, seed: int) -> None:
    tokens = cut(text, "token", Random(seed).random)
    assert [g for token in tokens for g in graphemes(token)] == list(graphemes(text))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One  two, three.\n\nfour", ["One", "  ", "two", ",", " three", ".", "\n\n", "four"]),
        ("internationalization", ["internat", "ionaliza", "tion"]),
        ("👋🏽👋🏽", ["👋🏽", "👋🏽"]),
        ("x = 1", ["x", " =", " 1"]),
        (" a", [" a"]),
        ("日本語の", ["日", "本", "語", "の"]),
    ],
)
def test_tokens_at_the_shortest(text: str, pieces: list[str]) -> None:
    assert cut(text, "token", lambda: 0.0) == pieces


def test_the_finer_ways() -> None:
    assert cut("🇨🇭a", "grapheme", Random(0).random) == ["🇨🇭", "a"]
    assert cut("🇨🇭a", "character", Random(0).random) == ["🇨", "🇭", "a"]
    assert cut("🌍a", "half", Random(0).random) == ["\ud83c", "\udf0d", "a"]
