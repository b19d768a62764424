"""Which recording answers a request, and why not the others. Pure; record and replay use the same predicate.

Method, path and query must agree, and whether the request asks to stream. Among several that do, the recorded body
decides: the same JSON, else the most alike, the last user message weighing most. Credentials in a query play no part:
they were blotted from the recording.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from mocksse.cassette.bodies import abridge
from mocksse.cassette.redact import comparable, is_credential_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.model import Request


_MAX_DEPTH = 32
_LOOKED_AT = 2000
"""Characters of a path or of a prompt's end that are compared."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a JSON body is compared by."""

    leaves: frozenset[int]
    """Of each value that holds no other the hash, its keys included: a recording is kept, and text is long."""
    said: str
    """The last user message."""
    trigrams: frozenset[str]


@dataclass(frozen=True)  # without slots, for what is derived from it once
class Asked:
    """A request, as far as matching looks at it. `path` and `query` are percent-decoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes | None
    stream: bool | None
    """What the JSON body says of streaming; None where it can't say."""

    @cached_property
    def content(self) -> _Content | None:
        """The body as it is compared; None where it is no JSON."""
        value = parse_json(self.body)
        if value is None:
            return None
        said = last_user_message(value)
        # Compared by leaves, not as values: `==` takes 1 for true and 1.0, and runs out of stack on deep JSON.
        return _Content(frozenset(map(hash, _leaves(value))), said, _trigrams(said[-_LOOKED_AT:]))


def asked(method: str, target: str, body: bytes | None) -> Asked:
    """A request by its method, its target (path and query, or a proxy's absolute form) and its body."""
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("#")[0].partition("?")
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if not is_credential_name(pair[0])]
    path = unquote(path)
    value = parse_json(body)
    # Ollama streams unless told not to; everybody else the other way round.
    stream = bool(value.get("stream", path.startswith("/api/"))) if isinstance(value, dict) else None
    return Asked(method, path, tuple(sorted(pairs)), comparable(abridge(body)) if body else None, stream)


def recorded(request: Request) -> Asked:
    """A recorded request in the same terms."""
    return asked(request.method or "", request.path, request.body)


def differences(want: Asked, have: Asked) -> list[str]:
    """Why a recording does not answer a request, in words; empty if it does. The body is `likeness`'s affair."""
    found = []
    if want.path != have.path:
        near = want.path == f"/v1{have.path}" or have.path == f"/v1{want.path}"
        found.append(f"path {have.path}" + (" (with and without /v1 are different paths)" if near else ""))
    if have.method and want.method not in {have.method, "HEAD"}:
        found.append(f"method {have.method}")
    if want.query != have.query:
        found.append(f"query {_spell(have.query)}")
    if want.stream is not None and have.stream is not None and want.stream != have.stream:
        found.append(f"stream: {json.dumps(have.stream)}")
    return found


def _spell(query: tuple[tuple[str, str], ...]) -> str:
    return "&".join(f"{name}={value}" for name, value in query) or "(none)"


def likeness(want: Asked, have: Asked) -> float:
    """How alike the bodies are: 2 the same, down to 0; 1 where the recording kept no body."""
    if have.body is None:
        return 1.0
    if want.body == have.body:
        return 2.0
    mine, its = want.content, have.content
    if mine is None or its is None:
        return 0.0
    if mine.leaves == its.leaves:
        return 2.0
    common = len(mine.leaves & its.leaves)
    share = common / (len(mine.leaves) + len(its.leaves) - common)
    prompt = _similarity(mine.trigrams, its.trigrams) if mine.said and its.said else 0.0
    return 0.35 * share + 0.65 * prompt + (0.5 if mine.said and mine.said == its.said else 0.0)


def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def _similarity(mine: frozenset[str], its: frozenset[str]) -> float:
    """From 0 to 1: how many of their trigrams two texts share. Linear, so that a long prompt delays no stream."""
    return 2 * len(mine & its) / (len(mine) + len(its))


def parse_json(body: bytes | None) -> Any:
    """The body's JSON value, or None."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each value that holds no other, with the keys that lead to it; below 32 levels nothing is looked at."""
    if isinstance(value, (dict, list)) and value and len(path) < _MAX_DEPTH:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(item, (*path, key))
    else:
        yield path, type(value).__name__ if isinstance(value, (dict, list)) else repr(value)


def last_user_message(body: Any) -> str:
    """What the user said last, in any of the usual request shapes; an empty string where that can't be told."""
    if not isinstance(body, dict):
        return ""
    for key in ("messages", "input", "contents", "prompt", "inputs"):
        value = body.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            users = [m for m in value if isinstance(m, dict) and m.get("role", "user") == "user"]
            if users:
                return _content(users[-1].get("content", users[-1].get("parts", "")))
    return ""


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, dict) else part for part in content)
        return "\n".join(part for part in parts if isinstance(part, str))
    return ""


@dataclass(frozen=True, slots=True)
class Miss:
    """One recording that does not answer, and what differs."""

    index: int
    differs: tuple[str, ...]


def best(want: Asked, recordings: Sequence[Asked], failed: frozenset[int] = frozenset()) -> tuple[int, ...]:
    """The indices of the recordings that answer, in recorded order: all those of one and the same request, the best.

    `failed`: recordings of an error or of a stream that broke off. They answer the very request they were made with;
    one that nobody recorded gets a whole answer, if there is any.
    """
    fit = [index for index, have in enumerate(recordings) if not differences(want, have)]
    if want.method == "HEAD" and any(recordings[i].method == "HEAD" for i in fit):
        fit = [i for i in fit if recordings[i].method == "HEAD"]
    by_body: dict[bytes | None, list[int]] = {}
    for index in fit:
        by_body.setdefault(recordings[index].body, []).append(index)
    if want.body is not None and want.body in by_body:
        return tuple(by_body[want.body])

    def rank(group: list[int]) -> float:
        alike = likeness(want, recordings[group[0]])
        return alike - 2 if alike < 2 and failed.issuperset(group) else alike

    if len(by_body) > 1:
        fit = max(by_body.values(), key=rank)
    return tuple(fit)


def nearest(want: Asked, recordings: Sequence[Asked], count: int = 3) -> tuple[Miss, ...]:
    """The recordings that come nearest to a request that none answers, and how each differs."""
    misses = [Miss(index, tuple(differences(want, have))) for index, have in enumerate(recordings)]
    path = _trigrams(want.path[:_LOOKED_AT])

    def distance(miss: Miss) -> tuple[int, float]:
        have = recordings[miss.index]
        return len(miss.differs), -_similarity(path, _trigrams(have.path[:_LOOKED_AT]))

    return tuple(sorted(misses, key=distance)[:count])
