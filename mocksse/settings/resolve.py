"""What holds: file, environment and flags, in rising order, word by word, and where each word was said.

Reads the settings file and what it is given, nothing else: no cassette, no clock, no socket.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mocksse.cassette.extracting import extract_of
from mocksse.errors import UsageError
from mocksse.settings.document import FileSessionDoc, SettingsDoc
from mocksse.settings.file import read_settings
from mocksse.settings.model import DEFAULT, WIDE, SessionSettings, Settings
from mocksse.settings.session import check_name, decode, header_names, listed, origins_of, placed, session_of
from mocksse.settings.spoken import Spoken, document, variables
from mocksse.settings.where import InWords, complaint
from mocksse.settings.words import BY_NAME, CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.settings.document import RedactDoc, Texts
    from mocksse.settings.where import Where

_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
FOLDER = Path("cassettes")
"""Where recordings go when nothing says."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one source says; `wide` has fields of Settings."""

    session: SessionSettings
    sessions: Mapping[str, SessionSettings]
    wide: Mapping[str, Any]
    redact: Mapping[str, tuple[str, ...]]
    origins: Mapping[str, str]


def settings_of(
    flags: Mapping[str, Spoken],
    environ: Mapping[str, str],
    folder: Path = Path(),
    *,
    config: Path | None = None,
    spelt: Mapping[str, str] = MappingProxyType({}),
) -> Settings:
    """The settings that hold. `flags` are by the names of their words; `config` is what --config names.

    `spelt` has the flags that were called otherwise than by their own names.
    Raises UsageError, and CassetteError for a file that is no YAML; each names the place.
    """
    named = config or (Path(environ[CONFIG]) if environ.get(CONFIG) else None)
    found = read_settings(folder, named)
    layers = [
        _layer(found.value, {}, found.where, found.path.parent) if found else _spoken({}, {}),
        _spoken(variables(environ), {name: word.variable for name, word in BY_NAME.items()}),
        _spoken(flags, {name: spelt.get(name) or flag_said(name, said) for name, said in flags.items()}),
    ]
    session = SessionSettings()
    wide: dict[str, Any] = {}
    redact: dict[str, tuple[str, ...]] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        session = layer.session.over(session)
        wide |= layer.wide
        redact |= layer.redact
        origins |= layer.origins
    sessions = {name: own.over(session) for name, own in layers[0].sessions.items()}
    settings = Settings(
        _recording(session),
        MappingProxyType({name: _recording(own) for name, own in sessions.items()}),
        redact=MappingProxyType(redact),
        origins=MappingProxyType({name: place for name, place in origins.items() if _holds(name, session)}),
        source=found.path if found else None,
        **wide,
    )
    _check(settings)
    return settings


def flag_said(name: str, said: Spoken) -> str:
    """The flag as it was typed: `--port`, `--no-watch`."""
    word = BY_NAME[name]
    if not word.flag:
        return "PATHS"
    return word.positive if said is not False else f"--no-{word.positive.removeprefix('--')}"


def _spoken(said: Mapping[str, Spoken], names: Mapping[str, str]) -> _Layer:
    where = InWords({name: names[name] for name in said})
    value, pacing = document(said, where)
    return _layer(value, pacing, where, Path())


def _layer(value: object, pacing: Mapping[str, str], where: Where, base: Path) -> _Layer:
    # The sessions by themselves: of a value in a mapping, the complaint could not say under which key it stands.
    named: object = None
    if isinstance(value, dict):
        named = value.get("sessions")
        value = {word: said for word, said in value.items() if word != "sessions"}
    doc = decode(value, SettingsDoc, where)
    session = session_of(doc, (), where, base, pacing)
    origins = origins_of(session, doc, (), where)
    sessions, inner = _sessions(named, where, base)
    wide = _wide(doc, where, base)
    redact = _redact(doc.redact, where) if doc.redact is not None else {}
    origins |= inner
    origins |= {word: where.at((word,)) for word in wide}
    origins |= {f"redact.{word}": where.at(("redact", word)) for word in redact}
    return _Layer(session, sessions, wide, redact, origins)


def _sessions(named: object, where: Where, base: Path) -> tuple[dict[str, SessionSettings], dict[str, str]]:
    """The named sessions, and where each of their words was said."""
    sessions: dict[str, SessionSettings] = {}
    origins: dict[str, str] = {}
    for name, own in _mapping(named, where).items():
        path = ("sessions", name)
        check_name(name, where, path)
        if name == DEFAULT:
            raise complaint(where, path, "the default session is what the file says at its top", "say it there")
        words = decode({} if own is None else own, FileSessionDoc, where, path)
        sessions[name] = replace(session_of(words, path, where, base), name=name)
        inner = origins_of(sessions[name], words, path, where)
        origins |= {f"sessions.{name}.{word}": place for word, place in inner.items()}
    return sessions, origins


def _wide(doc: SettingsDoc, where: Where, base: Path) -> dict[str, Any]:
    """What is said for the whole server, as Settings has it."""
    wide: dict[str, Any] = {word: said for word in WIDE if (said := getattr(doc, word)) is not None}
    for word in ("tls_cert", "tls_key"):
        if word in wide:
            wide[word] = placed(wide[word], base)
    if "extract" in wide:
        wide["extract"] = extract_of(
            wide["extract"], lambda below, message, hint: complaint(where, ("extract", *below), message, hint)
        )
    if "allow_host" in wide:
        wide["allow_host"] = _hosts(wide["allow_host"], where)
    if "token" in wide and not (wide["token"].isascii() and wide["token"].isprintable() and " " not in wide["token"]):
        raise complaint(where, ("token",), "token: has characters that no header can carry", "use visible ASCII")
    return wide


def _mapping(named: object, where: Where) -> dict[str, Any]:
    if named is None:
        return {}
    if not isinstance(named, dict):
        hint = "such as {slow: {pacing: {gap: 500}}}"
        raise complaint(where, ("sessions",), "sessions: expected a mapping of names", hint)
    return named


def _hosts(names: Texts, where: Where) -> tuple[str, ...]:
    """Names as a Host header has them, without a port. Raises UsageError."""
    for index, name in enumerate(listed(names)):
        if not _HOST.fullmatch(name):
            hint = "a name alone, without scheme and port, such as mocksse.internal"
            raise complaint(where, ("allow_host", index), f"allow_host: {name[:64]!r} is no name of a host", hint)
    return tuple(name.lower().rstrip(".") for name in listed(names))


def _redact(doc: RedactDoc, where: Where) -> dict[str, tuple[str, ...]]:
    from mocksse.cassette.redact import Rules

    found: dict[str, tuple[str, ...]] = {}
    for word in doc.__struct_fields__:
        if (said := getattr(doc, word)) is not None:
            path = ("redact", word)
            found[word] = header_names(said, path, where) if "headers" in word else tuple(listed(said))
            try:
                Rules(**{word: found[word]})
            except UsageError as error:
                raise complaint(where, path, error.message.removeprefix("redact: "), error.hint) from None
    return found


def _holds(name: str, session: SessionSettings) -> bool:
    """Whether a word of pacing was not silenced by one said nearer."""
    return not name.startswith("pacing.") or getattr(session.pacing, name.removeprefix("pacing.")) is not None


def _recording(session: SessionSettings) -> SessionSettings:
    """The same with a place for its recordings. What is recorded as it is first asked for answers that very request:
    its body is demanded, where nobody said how much of it counts."""
    if session.record != "none" and not session.cassettes:
        session = replace(session, cassettes=(FOLDER,))
    if session.record != "none":
        # A session that the control API makes of this one plays other cassettes, and records where this one does.
        session = replace(session, folder=session.cassettes[0], said=session.said | {"folder"})
    if session.record in {"once", "new"} and "body" not in session.match:
        session = replace(session, match=MappingProxyType({**session.match, "body": "exact"}))
    return session


def _check(settings: Settings) -> None:
    """Words that are right by themselves and not together."""
    for prefix, session in [("", settings.session), *((f"sessions.{n}.", s) for n, s in settings.sessions.items())]:
        if session.record != "none" and not session.upstream:
            place = settings.origins.get(f"{prefix}record") or settings.origins["record"]
            raise UsageError(f"{place}: record {session.record} without an upstream", "say --upstream URL")
    if settings.tls_key is not None and settings.tls_cert is None:
        raise UsageError(f"{settings.origins['tls_key']}: a key without a certificate", "say tls_cert too")
