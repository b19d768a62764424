"""Sentences without a meaning, in the words and the punctuation of a language; the same ones for the same seed."""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

from mocksse.errors import UsageError

if TYPE_CHECKING:
    from random import Random

    from faker.providers.lorem import Provider

_SHORTEST, _LONGEST = 5, 14
"""Words of a sentence."""
_SENTENCES = 5
"""In a paragraph."""


class Prose:
    """What one locale writes, drawn from `random`. Raises UsageError for a locale without words of its own."""

    def __init__(self, locale: str, random: Random) -> None:
        self._random = random
        self._lorem = _provider(locale, random)

    def words(self, count: int) -> str:
        """Paragraphs of exactly so many words; an empty text for none."""
        paragraphs: list[list[str]] = []
        while count > 0:
            size = self._random.randint(_SHORTEST, _LONGEST)
            if count - size < _SHORTEST:
                size = count if count <= _LONGEST else count // 2
            if not paragraphs or len(paragraphs[-1]) == _SENTENCES:
                paragraphs.append([])
            paragraphs[-1].append(self._sentence(size))
            count -= size
        return "\n\n".join(self._lorem.word_connector.join(sentences) for sentences in paragraphs)

    def question(self) -> str:
        """A short sentence, for what was asked."""
        return self._sentence(_SHORTEST)

    def _sentence(self, words: int) -> str:
        return self._lorem.sentence(nb_words=words, variable_nb_words=False)


def locales() -> tuple[str, ...]:
    """Those with words of their own."""
    from faker.providers import lorem

    return tuple(sorted(module.name for module in pkgutil.iter_modules(lorem.__path__) if module.ispkg))


def _provider(locale: str, random: Random) -> Provider:
    # Faker takes English for a locale it has no words of, and says nothing.
    known = locales()
    if locale not in known:
        language = locale.lower().partition("_")[0]
        near = [name for name in known if name.lower().partition("_")[0] == language]
        hint = f"use {' or '.join(near)}" if near else f"there are {', '.join(known)}"
        raise UsageError(f"--locale {locale}: no words in it", hint)
    from importlib import import_module

    from faker.generator import Generator

    generator = Generator()
    generator.random = random
    provider: Provider = import_module(f"faker.providers.lorem.{locale}").Provider(generator)
    return provider
