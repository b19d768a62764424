"""Made-up text: so many words, in the language that was asked for, the same for the same seed."""

from __future__ import annotations

from random import Random

import pytest

from mocksse.errors import UsageError
from mocksse.generate.prose import Prose, locales


@pytest.mark.parametrize("count", [1, 4, 5, 14, 15, 19, 60, 300])
def test_exactly_so_many_words(count: int) -> None:
    text = Prose("en_US", Random(count)).words(count)
    assert len(text.split()) == count
    assert text.endswith(".")
    assert text[0].isupper()
    assert all(len(sentence.split()) <= 14 for sentence in text.replace("\n\n", " ").split(". "))


def test_none_is_an_empty_text() -> None:
    assert Prose("en_US", Random(0)).words(0) == ""


@pytest.mark.parametrize("locale", locales())
def test_every_locale_writes_and_begins_anew_with_its_seed(locale: str) -> None:
    first, again, other = (Prose(locale, Random(seed)).words(12) for seed in (1, 1, 2))
    assert first == again != other
    assert first


def test_a_language_has_its_own_script_and_punctuation() -> None:
    text = Prose("ja_JP", Random(3)).words(20)
    assert text.endswith("。")
    assert " " not in text
    assert any("\u3040" <= char <= "\u9fff" for char in text)


@pytest.mark.parametrize(
    ("locale", "hint"),
    [("ko_KR", "there are ar_AA, "), ("ja", "use ja_JP"), ("de_CH", "use de_AT or de_DE"), ("", "there are ")],
)
def test_a_locale_without_words_is_refused(locale: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Prose(locale, Random(0))
    assert hint in caught.value.hint
    assert locale in caught.value.message
