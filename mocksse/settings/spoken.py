"""Flags and variables to a document's values: text becomes what the same word is in a settings file.

What it means, and whether it is right, is looked at where a file's words are.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from mocksse.settings.where import complaint
from mocksse.settings.words import BY_NAME, WORDS, Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mocksse.settings.where import Where

Spoken = str | bool | tuple[str, ...]
"""One word as it was said: text, a switch that was used, or several texts."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def variables(environ: Mapping[str, str]) -> dict[str, Spoken]:
    """The words that an environment says, by name. Empty variables say nothing, nor do those that are no words."""
    found: dict[str, Spoken] = {}
    for word in WORDS:
        text = environ.get(word.variable, "") if word.variable else ""
        if text:
            found[word.name] = _split(word, text) if word.kind in {"list", "table", "paths"} else text
    return found


def _split(word: Word, text: str) -> tuple[str, ...]:
    if word.name == "faults":
        return (text,)  # its own grammar has the `;`
    parts = text.split(os.pathsep if word.kind == "paths" else ";")
    return tuple(part.strip() for part in parts if part.strip())


def document(said: Mapping[str, Spoken], where: Where) -> tuple[dict[str, Any], dict[str, str]]:
    """A settings file's value, and beside it the pacing words, which stay text. Raises UsageError."""
    value: dict[str, Any] = {}
    pacing: dict[str, str] = {}
    for name, spoken in said.items():
        outer, _, inner = name.rpartition(".")
        if outer == "pacing":
            pacing[inner] = str(spoken)
        elif outer:
            value.setdefault(outer, {})[inner] = _value(BY_NAME[name], spoken, where)
        else:
            value[name] = _value(BY_NAME[name], spoken, where)
    return value, pacing


def _value(word: Word, spoken: Spoken, where: Where) -> Any:
    if isinstance(spoken, bool):
        return spoken
    if word.kind != "paths" and not all(
        _is_unicode(text) for text in ([spoken] if isinstance(spoken, str) else spoken)
    ):
        raise complaint(where, tuple(word.name.split(".")), "not UTF-8", "only the name of a file may be other bytes")
    if isinstance(spoken, tuple):
        return _table(word, spoken, where) if word.kind == "table" else list(spoken)
    if word.kind == "switch":
        return _SWITCH.get(spoken.lower(), spoken)
    if word.kind == "number" and (found := _NUMBER.fullmatch(spoken)):
        return float(spoken) if found[1] else int(spoken)
    return spoken


def _is_unicode(text: str) -> bool:
    """Whether all bytes were UTF-8: others come as half a surrogate pair each."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _table(word: Word, texts: Sequence[str], where: Where) -> dict[str, str]:
    """`/PATH=VALUE` by path; of what begins with no / the path is empty, which only an upstream's may be."""
    table: dict[str, str] = {}
    for text in texts:
        path, _, value = text.partition("=") if text.startswith("/") or word.name == "routes" else ("", "", text)
        if path in table:
            raise complaint(where, (word.name,), f"{path or 'an upstream for every path'} is said twice", "keep one")
        table[path] = value
    return table
