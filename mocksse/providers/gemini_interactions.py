"""Google's Interactions: Gemini's models and agents in steps. The payload's `event_type` is that of the event.

`interaction.completed` is the last event, then comes a [DONE]. The first revision of the API had `content` for a step.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string

_STARTS = frozenset({"step.start", "content.start"})
_DELTAS = frozenset({"step.delta", "content.delta"})
_ENDS = frozenset({"interaction.completed", "interaction.complete"})


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says; `index` is the step's."""
    told = string(payload, "event_type") or event_type
    index = integer(payload, "index")
    if told in _DELTAS:
        return _delta(get(payload, "delta"), index)
    if told in _STARTS:
        step = get(payload, "step") or get(payload, "content")
        if string(step, "type") == "function_call":
            text = arguments(get(step, "arguments") or None)
            return call(text, index=index, call_id=string(step, "id"), name=string(step, "name"))
        return ()
    if told in _ENDS:
        interaction = get(payload, "interaction")
        finish = piece("finish", string(interaction, "status"))
        return (*finish, *fragment.usage(get(interaction, "usage")), *fragment.error(interaction))
    return fragment.error(payload)


def _delta(delta: Any, index: int) -> tuple[Fragment, ...]:
    match string(delta, "type"):
        case "text":
            cited = fragment.sources(array(delta, "annotations"), index=index)
            return (*piece("text", string(delta, "text"), index=index), *cited)
        case "text_annotation_delta":
            return fragment.sources(array(delta, "annotations"), index=index)
        case "thought_summary":
            return piece("reasoning", string(delta, "content", "text") or string(delta, "text"), index=index)
        case "arguments_delta":
            return call(arguments(get(delta, "arguments")), index=index)
        case "function_call":
            text = arguments(get(delta, "arguments"))
            return call(text, index=index, call_id=string(delta, "id"), name=string(delta, "name"))
        case "image":
            url = piece("image", string(delta, "uri"), index=index)
            return url or fragment.image(string(delta, "data"), string(delta, "mime_type"), index=index)
        case _:
            return ()


def recognises(_event_type: str, payload: Any) -> bool:
    """By the name of the member that has the type."""
    return isinstance(get(payload, "event_type"), str)


def done(event_type: str, payload: Any) -> bool:
    """interaction.completed."""
    return (string(payload, "event_type") or event_type) in _ENDS


def about(payload: Any) -> tuple[str, str]:
    """Those of the interaction."""
    interaction = get(payload, "interaction")
    return string(interaction, "id"), string(interaction, "model")


API = Api(
    name="gemini-interactions",
    title="Google Gemini Interactions",
    routes=(
        route(
            r"(?P<base>.*?)(?:/v1(?:alpha|beta)?\d*)?/interactions(?:/[^/]+)?", GOOGLE_GEMINI_BASE_URL="{origin}{base}"
        ),
    ),
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
)
