"""Rules for a stream of no API that is known here: which part of its events is text, reasoning, and so on.

An `Api` made of data. JSONPaths (RFC 9535) pick values out of an event's JSON, and an event's name can say what its
data is; without either, the data of every event is text. What no rule finds is not there. A path that finds an object
or a number gives it as JSON text; only `usage` takes it as counters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from mocksse.errors import UsageError
from mocksse.figures import printable
from mocksse.providers import fragment, jsonpath
from mocksse.providers.api import Api
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import decode, get, string

if TYPE_CHECKING:
    from collections.abc import Callable

Lane = Literal["text", "reasoning", "tool", "usage", "error", "finish"]
LANES: tuple[Lane, ...] = get_args(Lane)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Extract:
    """`paths`: (lane, JSONPath), several of a lane one behind the other. `events`: (name, lane) by `event:` line.

    `join` stands between two pieces of text.
    """

    paths: tuple[tuple[Lane, str], ...] = ()
    events: tuple[tuple[str, Lane], ...] = ()
    join: str = ""


def check_path(path: str) -> None:
    """Raises UsageError for what is no JSONPath."""
    try:
        jsonpath.compile_path(path)
    except jsonpath.NotAPathError as error:
        message = printable(f"{path[:_SHOWN]!r} is no JSONPath: {error}")
        raise UsageError(message, "such as $.result.text or $.choices[0].delta.content") from None


@lru_cache(64)
def api_of(rules: Extract, each: Callable[[str], str] | None = None) -> Api:
    """The rules as an API; those that are the same are the same API. `each`: what a piece of text becomes.

    Raises UsageError for a path that is none. What `each` raises comes out of the API's `fragments`.
    """
    paths = rules.paths
    for _, path in paths:
        check_path(path)
    named = dict(rules.events)

    def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
        found: list[Fragment] = []
        if lane := named.get(event_type):
            found += _said(lane, payload)
        elif not paths and not named:
            found += piece("text", arguments(payload))
        if not isinstance(payload, str):
            for lane, path in paths:
                for value in jsonpath.select(path, payload):
                    found += _said(lane, value)
        if each is None:
            return tuple(found)
        return tuple(made for one in found for made in (_passed(one, each) if one.kind == "text" else (one,)))

    return Api(
        name="extract",
        title="rules of its own",
        routes=(),
        fragments=fragments,
        recognises=lambda _type, _payload: False,
        about=lambda _payload: ("", ""),
        payload=_json_or_text if paths else _text,
        join=rules.join,
    )


def _passed(one: Fragment, each: Callable[[str], str]) -> tuple[Fragment, ...]:
    return piece("text", each(one.text))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _json_or_text(data: bytes) -> Any:
    """An object or array; all else is text."""
    value = decode(data)
    return value if isinstance(value, dict | list) else _text(data)


def _said(lane: Lane, value: Any) -> tuple[Fragment, ...]:
    match lane:
        case "usage":
            counters = decode(value) if isinstance(value, str) else value
            return fragment.usage(counters if isinstance(counters, dict) else {"tokens": counters})
        case "error":
            return fragment.failure(string(value, "message") or arguments(value))
        case "tool" if isinstance(value, dict) and isinstance(value.get("name"), str):
            given = get(value, "arguments") if "arguments" in value else get(value, "input")
            return call(arguments(given), call_id=string(value, "id"), name=value["name"])
        case "tool":
            return call(arguments(value))
        case _:
            return piece(lane, arguments(value))
