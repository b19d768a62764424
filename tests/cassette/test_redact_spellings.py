"""The search for spellings misses none that a walk from every place would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from secret_spellings import mixed

from mocksse.cassette.redact.pattern import readings
from mocksse.cassette.redact.spellings import Spellings, spellings

VALUES = st.text(st.sampled_from('sk-5%\\"/ +é😀\n') | st.characters(codec="utf-8"), min_size=8, max_size=16)


@given(st.data(), st.lists(VALUES, min_size=1, max_size=2), st.binary(max_size=8), st.integers(0, 60))
def test_law_the_search_is_as_good_as_looking_everywhere(
    data: st.DataObject, values: list[str], noise: bytes, end: int
) -> None:
    secrets = tuple(value.encode() for value in values)
    body = (noise + data.draw(mixed(values[0])) + noise + data.draw(mixed(values[-1])))[: end or None]
    everywhere = []
    unfinished = len(body)
    for start in range(len(body)):
        walks = [(pattern, *pattern.walk(body, start)) for value in secrets for pattern in readings(value)]
        if any(depth >= 0 for _, _, depth in walks):
            unfinished = start
            break
        everywhere += [(start, found, pattern) for pattern, found, _ in walks if found >= 0]
    assert Spellings(secrets).spans(body, final=False) == (list(dict.fromkeys(everywhere)), unfinished)


@pytest.mark.parametrize("value", ["sk-12345678", "\U00010000-1234567"])
@pytest.mark.parametrize("body", ["\\ud800", "\\ud83D\\", "\\uDBFF\\\\u", "\\ud800\\udc0", "s\\ud800", "8\\ud800\\ud"])
def test_half_a_surrogate_pair_is_waited_for(value: str, body: str) -> None:
    looked = [pattern.walk(body.encode(), 0)[1] >= 0 for pattern in readings(value.encode())]
    assert spellings((value.encode(),)).spans(body.encode(), final=False)[1] == (0 if any(looked) else 1)


def test_ordinary_text_is_no_candidate() -> None:
    known = spellings((b"sk-proj-0123456789", b"hf_abcdefghij"))
    text = b'data: {"text":"It\\u2019s a task-force\\nof 100% \\"skill\\"","url":"http:\\/\\/a.b\\/c%20d"}\n\n' * 50
    assert known.spans(text, final=False) == ([], len(text))


def test_the_same_secrets_are_compiled_once() -> None:
    assert spellings((b"sk-proj-0123456789",)) is spellings((b"sk-proj-0123456789",))
