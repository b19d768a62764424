"""One API as data: its paths, what a client must be told to come to us, and how its events are read.

`fragments`, `wholes`, `recognises` and `done` take an event's type and its decoded payload. They never raise, whatever
the payload, and look at nothing but their arguments: an event means the same wherever it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import decode, get, string

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.providers.fragment import Fragment


@dataclass(frozen=True, slots=True)
class Route:
    """Paths of one API. The pattern's group `base` is what stays in front of the part an SDK appends by itself.

    `env`: variables of the official SDKs and their values, with {origin} and {base} to fill in; empty where no SDK
    reads one.
    """

    pattern: re.Pattern[str]
    env: tuple[tuple[str, str], ...] = ()


def _never(_event_type: str, _payload: Any) -> bool:
    return False


def _nothing(_event_type: str, _payload: Any) -> tuple[Fragment, ...]:
    return ()


def about(payload: Any) -> tuple[str, str]:
    """(id, model) where most APIs have them: at the top, or in the response or message that begins."""
    places = (payload, get(payload, "response"), get(payload, "message"))
    ids, models = ([string(place, key) for place in places] for key in ("id", "model"))
    return next(filter(None, ids), ""), next(filter(None, models), "")


@dataclass(frozen=True, slots=True)
class Api:
    """`name` is for options and files, `title` for people."""

    name: str
    title: str
    routes: tuple[Route, ...]
    fragments: Callable[[str, Any], tuple[Fragment, ...]]
    recognises: Callable[[str, Any], bool]
    """Whether an event of this type and payload can be of this API only. False where it may be another's too."""
    done: Callable[[str, Any], bool] = _never
    """Whether an event of this type and payload ends the stream. A `[DONE]` is no payload, and never comes here."""
    wholes: Callable[[str, Any], tuple[Fragment, ...]] = _nothing
    """What an event has of the answer that is no new piece of it: an item that is finished, the message that ends a
    stream, the body that is no stream. It counts only for a choice, kind and index of which no piece came."""
    about: Callable[[Any], tuple[str, str]] = about
    """(id, model) of the answer, empty where this payload does not say."""
    numbered: bool = True
    """Whether tool calls are numbered. Where they are not, a fragment with a name begins the next call."""
    payload: Callable[[bytes], Any] = decode
    """An event's data as `fragments` and all others take it: the JSON value, or, of an API that has no JSON, the
    text. None: nothing that could be read."""
    join: str = ""
    """What stands between two pieces of text."""

    def serves(self, path: str) -> bool:
        """Whether the path, with or without its query, is one of this API's."""
        return self._found(path) is not None

    def environment(self, path: str, origin: str) -> tuple[tuple[str, str], ...]:
        """What to export so that an official SDK sends its requests for `path` to `origin`: (variable, value)."""
        found = self._found(path)
        if found is None:
            return ()
        route, base = found
        return tuple((name, value.format(origin=origin, base=base)) for name, value in route.env)

    def _found(self, path: str) -> tuple[Route, str] | None:
        bare = path.partition("?")[0].rstrip("/")
        for route in self.routes:
            if found := route.pattern.fullmatch(bare):
                return route, found["base"]
        return None


def route(pattern: str, **env: str) -> Route:
    """A Route of this pattern, which has to match the whole path without its query and trailing slash."""
    return Route(re.compile(pattern), tuple(env.items()))
