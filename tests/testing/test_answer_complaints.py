"""What was lost, doubled or garbled of a text, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.testing.answers import complaint

SAID = "The river winds 🌍 its way."


@pytest.mark.parametrize(
    ("got", "told"),
    [
        ("The river winds 🌍 its", "lost at 21 (all that follows): ' way.', behind 'The river winds 🌍 its'"),
        ("", "lost at 0 (all that follows): 'The river winds 🌍 its way.', at the start"),
        ("river winds 🌍 its way.", "lost at 0: 'The ', at the start"),
        ("The river river winds 🌍 its way.", "doubled at 10: 'river ', behind 'The river '"),
        ("The river winds 🌍 its way. way.", "doubled at 26: ' way.', behind 'The river winds 🌍 its way.'"),
        ("The big river winds 🌍 its way.", "added at 4: 'big ', behind 'The '"),
        (
            "The river winds \ufffd\ufffd its way.",
            "garbled at 16: '��' for '🌍', behind 'The river winds ' (bytes of one character were decoded apart)",
        ),
        ("The river bends 🌍 its way.", "garbled at 10: 'be' for 'wi', behind 'The river '"),
    ],
)
def test_the_difference_is_named(got: str, told: str) -> None:
    lines = complaint(SAID, got).splitlines()
    assert lines[0] == f"the client's text is not what the stream said: {len(got)} characters of {len(SAID)}"
    assert [line.strip() for line in lines[1:]] == [told]


def test_long_texts_are_compared_in_good_time() -> None:
    said = "word " * 40_000
    assert "lost at 100,000" in complaint(said, said[:100_000] + said[150_001:])


@given(st.text(), st.text())
def test_only_the_same_text_is_no_complaint(said: str, got: str) -> None:
    assert (complaint(said, got) == "") == (said == got)
