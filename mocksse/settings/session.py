"""One session's words to its settings: what the types allow is looked at here for what it means.

The same for a settings file, for flags and variables, and for the body of a request to the control API.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from mocksse import limits
from mocksse.cassette.pacing import FromCassette, Pacing, decimal, parse_word
from mocksse.errors import UsageError
from mocksse.settings.document import FileSessionDoc, SessionDoc
from mocksse.settings.model import SESSION_NAME, SessionSettings
from mocksse.settings.where import InValue, InWords, complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeVar

    from mocksse.cassette import compose
    from mocksse.cassette.document import PacingDoc
    from mocksse.replay.faults.grammar import Spec
    from mocksse.settings.document import MatchDoc, SessionWords, Texts
    from mocksse.settings.where import Where

    _Doc = TypeVar("_Doc", bound=msgspec.Struct)

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def session_settings_of(value: object, where: str = "$", base: Path | None = None) -> SessionSettings:
    """The session that a parsed JSON value asks for: `{"name", "cassettes", "pacing", "faults", ...}`, all optional.

    `where` stands for the whole value in errors; cassettes are relative to `base`. Raises UsageError with the path of
    the field: `$.pacing.speed: expected a number ...`. Without a base they are as they are: `~` is a name.
    """
    place = InValue(where)
    doc = decode(value, SessionDoc, place)
    name = doc.name or ""
    if doc.name is not None:
        check_name(doc.name, place, ("name",))
    return replace(session_of(doc, (), place, base), name=name)


def decode(value: object, kind: type[_Doc], where: Where, path: compose.Path = ()) -> _Doc:
    """A value as a document type. Raises UsageError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        from mocksse.cassette.complaint import explain

        below, message, hint = explain(error, value, kind)
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can spell and nothing can encode; msgspec does not say where.
        raise complaint(where, path, "text that is not Unicode", "half a surrogate pair, such as \\ud800") from None
    if isinstance(where, InWords) and "quotes" in hint:
        hint = ""  # it was text that nobody could quote
    if below == ("token",):
        message, hint = "token: expected text", "put it in quotes"  # whatever it is, it is not shown
    raise complaint(where, (*path, *below), message, hint)


def check_name(name: str, where: Where, path: compose.Path) -> None:
    """Raises UsageError for what no session can be called."""
    if not SESSION_NAME.fullmatch(name):
        hint = "letters, digits, dot, _ and -, 64 at most, a letter or digit first"
        raise complaint(where, path, f"{_clipped(name)} is no name of a session", hint)


def session_of(
    doc: SessionWords,
    path: compose.Path,
    where: Where,
    base: Path | None,
    spoken: Mapping[str, str] = MappingProxyType({}),
) -> SessionSettings:
    """A session by its document, which stands at `path`. `spoken`: pacing words said as text, beside the document's."""
    said: dict[str, object] = {}
    if doc.cassettes is not None:
        said["cassettes"] = tuple(_cassettes(listed(doc.cassettes), (*path, "cassettes"), where, base))
    if doc.faults is not None:
        said["faults"] = _faults(listed(doc.faults), (*path, "faults"), where)
    if doc.routes is not None:
        said["routes"] = _routes(doc.routes, (*path, "routes"), where)
    if isinstance(doc, FileSessionDoc):
        if doc.upstream is not None:
            said["upstream"] = _upstream(doc.upstream, (*path, "upstream"), where)
        if doc.record is not None:
            said["record"] = doc.record
    words = _pacing_words(doc.pacing, doc.seed, path, where)
    words |= {word: (text, (*path, "pacing", word)) for word, text in spoken.items()}
    settings = SessionSettings(
        pacing=_pacing(words, where, base),
        match=match_of(doc.match, (*path, "match"), where) if doc.match is not None else MappingProxyType({}),
        said=frozenset(said),
    )
    return replace(settings, **said)  # type: ignore[arg-type]


def origins_of(session: SessionSettings, doc: SessionWords, path: compose.Path, where: Where) -> dict[str, str]:
    """Where each word of a session was said, by its dotted name."""
    found = {name: where.at((*path, name)) for name in session.said}
    for field in fields(Pacing):
        if getattr(session.pacing, field.name) is not None:
            at_top = field.name == "seed" and doc.seed is not None
            found[f"pacing.{field.name}"] = where.at((*path, "seed") if at_top else (*path, "pacing", field.name))
    for word in session.match:
        strict = word == "body" and doc.match is not None and doc.match.strict is not None
        found[f"match.{word}"] = where.at((*path, "match", "strict" if strict else word))
    return found


def listed(texts: Texts) -> list[str]:
    """A list; a single text is a list of one."""
    return [texts] if isinstance(texts, str) else texts


def placed(text: str, base: Path | None) -> Path:
    """A path as it was meant by a file in `base`; without one, as it is."""
    if base is None:
        return Path(text)
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        return base / text  # ~NAME of no user is a name like any other


def _cassettes(texts: list[str], path: compose.Path, where: Where, base: Path | None) -> Iterator[Path]:
    for index, text in enumerate(texts):
        if not text:
            raise complaint(where, (*path, index), "cassettes: '' is no name of a file or folder", "such as cassettes/")
        yield placed(text, base)


def header_names(names: Texts, path: compose.Path, where: Where) -> tuple[str, ...]:
    """Names of headers, in lower case. Raises UsageError."""
    for index, name in enumerate(listed(names)):
        if not _HEADER.fullmatch(name):
            raise complaint(where, (*path, index), f"{path[-1]}: {_clipped(name)} is no name of a header")
    return tuple(name.lower() for name in listed(names))


def match_of(doc: MatchDoc, path: compose.Path, where: Where) -> Mapping[str, object]:
    """The matching rules that are said; `strict` becomes a rule of the body."""
    found: dict[str, object] = {}
    if doc.strict is not None:
        if doc.body is not None:
            raise complaint(where, (*path, "strict"), "strict: body says it too", "keep one of strict and body")
        found["body"] = "exact" if doc.strict else "best"
    for word in ("query", "body", "pick", "on_exhausted"):
        if (value := getattr(doc, word)) is not None:
            found[word] = value
    if doc.headers is not None:
        found["headers"] = header_names(doc.headers, (*path, "headers"), where)
    if doc.ignore is not None:
        found["ignore"] = tuple(listed(doc.ignore))
    _check_match(found, path, where)
    return MappingProxyType(found)


def _check_match(rules: Mapping[str, object], path: compose.Path, where: Where) -> None:
    """Raises UsageError for a rule that can't be followed, where it was said."""
    from mocksse.cassette.match import rules_of

    for word, value in rules.items():
        try:
            rules_of({word: value})
        except UsageError as error:
            raise complaint(where, (*path, word), error.message.removeprefix("match: "), error.hint) from None


_Said = tuple[str, "compose.Path"]


def _pacing_words(doc: PacingDoc | None, seed: int | None, path: compose.Path, where: Where) -> dict[str, _Said]:
    """The pacing words as text, and where each stands."""
    words: dict[str, _Said] = {}
    for word in doc.__struct_fields__ if doc is not None else ():
        if (value := getattr(doc, word)) is not None:
            words[word] = (value if isinstance(value, str) else decimal(value), (*path, "pacing", word))
    if seed is not None:
        if "seed" in words:
            raise complaint(where, (*path, "seed"), "seed: pacing says it too", "keep one of them")
        words["seed"] = (str(seed), (*path, "seed"))
    return words


def _pacing(words: Mapping[str, _Said], where: Where, base: Path | None) -> Pacing:
    pacing = Pacing()
    for word, (text, at) in words.items():
        try:
            value = getattr(parse_word(word, text), word)
        except UsageError as error:
            raise complaint(where, at, error.message, error.hint) from None
        if isinstance(value, FromCassette):
            value = FromCassette(str(placed(value.path, base)))
        pacing = replace(pacing, **{word: value})
    if pacing.gap is not None and pacing.tps is not None:
        both = "gap and tps"
        if where.names_word:
            both = " and ".join(where.at(words[word][1]) for word in ("gap", "tps"))
            raise UsageError(f"{both} both say how long chunks wait", "keep one of them")
        raise complaint(where, words["gap"][1], f"{both} both say how long chunks wait", "keep one of them")
    return pacing


def _faults(texts: list[str], path: compose.Path, where: Where) -> tuple[Spec, ...]:
    if not texts:
        return ()
    from mocksse.replay.faults.grammar import parse

    specs: list[Spec] = []
    for index, text in enumerate(texts):
        try:
            specs += parse(text)
        except UsageError as error:
            raise complaint(where, (*path, index), error.message, error.hint) from None
    if len(specs) > limits.MAX_FAULTS:
        raise complaint(where, path, f"faults: {len(specs)} of them; {limits.MAX_FAULTS} is the most")
    return tuple(specs)


def _routes(routes: Mapping[str, str], path: compose.Path, where: Where) -> Mapping[str, str]:
    for route, name in routes.items():
        if not route.startswith("/") or not name:
            said = f"{route}={name}"
            hint = "a path that begins with /, and the name of an interaction: /stream=rivers"
            raise complaint(where, (*path, route), f"{route}: {_clipped(said)} is not a route", hint)
    return MappingProxyType(dict(routes))


def _upstream(upstream: Mapping[str, str] | str, path: compose.Path, where: Where) -> Mapping[str, str]:
    by_prefix = {"": upstream} if isinstance(upstream, str) else upstream
    for prefix, url in by_prefix.items():
        at = (*path, prefix) if prefix else path
        if prefix and not prefix.startswith("/"):
            raise complaint(where, at, f"{prefix}: {_clipped(prefix)} is no prefix of a path", "it begins with /")
        if wrong := _wrong_with(url):
            # Not the URL itself: it may hold a password.
            hint = "such as https://api.openai.com, or /openai=https://api.openai.com for one prefix"
            raise complaint(where, at, f"{at[-1]}: {wrong}", hint)
    return MappingProxyType(dict(by_prefix))


def _wrong_with(url: str) -> str:
    """Why a URL can't be an upstream's; empty if it can."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
            return "not the URL of a server"
        if "@" in parts.netloc:
            return "a user or a password in the URL; the client sends its own"
        return "a query or fragment in the URL; the client sends its own" if {"?", "#"} & set(url) else ""
    except ValueError:
        return "not the URL of a server"


def _clipped(text: str, most: int = 60) -> str:
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")
