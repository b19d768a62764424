"""Settings as they are shown: each word, its value, and where it was said. Nothing secret is among them.

Pure. Values are JSON's; `spelt` has them on one line, as a settings file would.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocksse.cassette.extracting import extract_words
from mocksse.cassette.pacing import words
from mocksse.settings.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mocksse.settings.model import SessionSettings, Settings

DEFAULT = "default"
_USERINFO = re.compile(r"(?<=//)[^/@\s]*@")
_OF_SESSION = {"cassettes", "faults", "routes", "upstream", "record", "pacing", "match"}
_MATCH: Mapping[str, object] = {
    "query": "exact",
    "headers": (),
    "body": "best",
    "ignore": (),
    "pick": "best",
    "on_exhausted": "repeat",
}
_PACING = {"speed": 1, "seed": 0}
"""What holds where nothing is said; the other words then say nothing."""


def holdings(settings: Settings) -> Iterator[tuple[str, Any, str]]:
    """(word, value, origin) of all that holds, in the order of the words; then what named sessions say themselves."""
    origins = settings.origins
    for word in WORDS:
        outer, _, inner = word.name.partition(".")
        if word.name == "match.strict":
            continue  # it is match.body
        if outer in _OF_SESSION:
            value = _of_session(settings.session, outer, inner)
        elif outer == "redact":
            value = list(settings.redact.get(inner, ()))
        elif word.name == "extract":
            value = extract_words(settings.extract) if settings.extract is not None else None
        elif word.name == "token":
            value = "(set)" if settings.token else ""
        else:
            value = getattr(settings, outer)
        yield word.name, _plain(value), origins.get(word.name, DEFAULT)
    for name, session in settings.sessions.items():
        own = f"sessions.{name}."
        for origin, place in origins.items():
            if origin.startswith(own):
                outer, _, inner = origin.removeprefix(own).partition(".")
                yield origin, _plain(_of_session(session, outer, inner)), place


def _of_session(session: SessionSettings, outer: str, inner: str) -> Any:
    match outer:
        case "pacing":
            return words(session.pacing).get(inner, _PACING.get(inner))
        case "match":
            return session.match.get(inner, _MATCH[inner])
        case "faults":
            return [spec.text for spec in session.faults]
    return getattr(session, outer)


def _plain(value: Any) -> Any:
    """A value of JSON, without the user and password of any URL."""
    match value:
        case str() | Path():
            return _USERINFO.sub("(hidden)@", str(value))
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case bool() | int() | float() | None:
            return value
    return _plain(dict(value))


def spelt(value: Any) -> str:
    """A value on one line: text as it is, lists and mappings as YAML's flow style, `-` for what is not said."""
    if value is None or value in ("", [], {}):
        return "-"
    match value:
        case str():
            return value
        case list():
            return ", ".join(spelt(item) for item in value)
        case dict():
            mapping: Mapping[str, Any] = value
            return ", ".join(f"{key or '*'}={spelt(item)}" for key, item in mapping.items())
        case float():
            return f"{value:g}"
    return json.dumps(value)
