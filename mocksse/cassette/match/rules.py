"""What must agree between a request and a recording, and which of several answers: the words of `match` as data.

Every word is checked where it is written: a path that is none, or a header that no recording can hold, is an error at
once and not a recording that is never found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from mocksse.cassette.redact import is_credential_name
from mocksse.errors import UsageError, nearest
from mocksse.figures import printable
from mocksse.providers import jsonpath

if TYPE_CHECKING:
    from collections.abc import Mapping


Query = Literal["exact", "subset", "ignore"]
Body = Literal["best", "exact", "subset", "last-user-message", "ignore"]
Pick = Literal["best", "sequence", "round-robin", "random"]
OnExhausted = Literal["repeat", "restart", "error"]

IDS = "ids"
DATES = "dates"
_CHOICES: dict[str, tuple[str, ...]] = {
    "query": get_args(Query),
    "body": get_args(Body),
    "pick": get_args(Pick),
    "on_exhausted": get_args(OnExhausted),
}
_SHOWN = 200
"""Characters of a wrong path that are repeated."""
# RFC 9110, 5.6.2: a field name is a token.
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """How requests are matched. Raises UsageError for a header name or a JSONPath that is none, or a word not known.

    `ignore` has names, taken out of a body wherever they are keys, JSONPaths (RFC 9535), and the words `ids` and
    `dates`: whatever looks like one is equal to any other.
    """

    query: Query = "exact"
    headers: tuple[str, ...] = ()
    """Names, in lower case, whose values must agree, where the recording kept them."""
    body: Body = "best"
    ignore: tuple[str, ...] = ()
    pick: Pick = "best"
    on_exhausted: OnExhausted = "repeat"

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", tuple(dict.fromkeys(name.lower() for name in self.headers)))
        object.__setattr__(self, "ignore", tuple(dict.fromkeys(self.ignore)))
        for word, known in _CHOICES.items():
            if (given := getattr(self, word)) not in known:
                raise UsageError(f"match: {word} is {', '.join(known)}, not {given!r}", nearest(str(given), known))
        for name in self.headers:
            if not _HEADER.fullmatch(name):
                raise UsageError(f"match: headers: {name!r} is no header name")
            if is_credential_name(name):
                raise UsageError(f"match: headers: {name} holds a credential, and no recording has one")
        for name in self.ignore:
            if name.startswith("$"):
                _check_path(name)
            elif not name or re.search(r"[.\[\]]", name):
                raise UsageError(
                    f"match: ignore: {name!r} is no name", "a JSONPath begins with $: $.messages[0].content"
                )

    @property
    def demands_body(self) -> bool:
        """Whether a recording with another body does not answer at all."""
        return self.body in ("exact", "subset", "last-user-message")


def _check_path(path: str) -> None:
    """Raises UsageError where it is no JSONPath, or means the whole body."""
    try:
        jsonpath.compile_path(path)
    except jsonpath.NotAPathError as error:
        raise UsageError(printable(f"match: ignore: {path[:_SHOWN]} is no JSONPath: {error}")) from None
    if path.strip() == "$":
        raise UsageError("match: ignore: $ is the whole body", "use body: ignore")


def rules_of(words: Mapping[str, object]) -> Rules:
    """Rules as settings and the control API write them; `strict: true` is `body: exact`. UsageError for wrong words."""
    known = (*(field.name for field in fields(Rules)), "strict")
    given: dict[str, Any] = {}
    for word, value in words.items():
        if word not in known:
            raise UsageError(f"match: {word!r} is no rule", nearest(str(word), known) or f"one of {', '.join(known)}")
        if word in ("headers", "ignore"):
            given[word] = _names(word, value)
        elif word == "strict":
            if not isinstance(value, bool):
                raise UsageError(f"match: strict is true or false, not {value!r}")
        else:
            if not isinstance(value, str):
                raise UsageError(f"match: {word} is {', '.join(_CHOICES[word])}, not {value!r}")
            given[word] = value
    if words.get("strict") and given.setdefault("body", "exact") != "exact":
        raise UsageError(f"match: strict and body: {given['body']} say different things", "keep one of them")
    return Rules(**given)


def _names(word: str, value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"match: {word} is a list of names, not {value!r}")
    return tuple(names)
