"""llama.cpp's own /completion: `content` piece by piece, `stop: true` in the last. Its /v1 routes speak OpenAI's."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, piece
from mocksse.providers.lenient import get, integer, string

_COUNTERS = ("tokens_predicted", "tokens_evaluated", "tokens_cached")


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says."""
    at = integer(payload, "index")
    found = [*piece("text", string(payload, "content"), at)]
    if get(payload, "stop") is True:
        found.append(Fragment("finish", string(payload, "stop_type") or _stopped(payload), at))
        found += fragment.usage({key: payload[key] for key in _COUNTERS if key in payload})
    found += fragment.error(payload)
    return tuple(found)


def _stopped(payload: Any) -> str:
    """Before there was a stop_type: `stopped_eos` and its like; empty where all are false."""
    return next((word for word in ("eos", "word", "limit") if get(payload, f"stopped_{word}") is True), "")


def recognises(_event_type: str, payload: Any) -> bool:
    """By `stop` beside a content that is text."""
    return isinstance(get(payload, "content"), str) and isinstance(get(payload, "stop"), bool)


def done(_event_type: str, payload: Any) -> bool:
    """The event with `stop: true`."""
    return get(payload, "stop") is True


API = Api(
    name="llamacpp",
    title="llama.cpp completion",
    # Without /v1 the plural is the same endpoint.
    routes=(route(r"(?P<base>.*)(?<!/v1)(?<!/chat)(?<!/fim)(?<!/agents)/completions?"), route(r"(?P<base>.*)/infill")),
    fragments=fragments,
    recognises=recognises,
    done=done,
)
