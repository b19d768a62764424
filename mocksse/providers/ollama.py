"""Ollama's own API, chat and generate: NDJSON, tool calls whole, the line with `done: true` is the last."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, arguments, call, piece
from mocksse.providers.lenient import array, get, integer, string


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a line says."""
    message = get(payload, "message")
    found = [*piece("reasoning", string(message, "thinking") or string(payload, "thinking"))]
    found += piece("text", string(message, "content") or string(payload, "response"))
    for picture in [*array(message, "images"), get(payload, "image")]:
        found += fragment.image(picture if isinstance(picture, str) else "", "image/png")
    for position, tool in enumerate(array(message, "tool_calls")):
        function = get(tool, "function")
        text = arguments(get(function, "arguments"))
        index = integer(function, "index", default=position)
        found += call(text, index=index, call_id=string(tool, "id"), name=string(function, "name"))
    if get(payload, "done") is True:
        found.append(Fragment("finish", string(payload, "done_reason")))  # old versions give no reason
        found += fragment.usage({key: n for key, n in payload.items() if key.endswith(("_count", "_duration"))})
    found += fragment.error(payload)
    return tuple(found)


def recognises(_event_type: str, payload: Any) -> bool:
    """By `done` beside an answer."""
    has_answer = isinstance(get(payload, "message"), dict) or isinstance(get(payload, "response"), str)
    return has_answer and isinstance(get(payload, "done"), bool)


def done(_event_type: str, payload: Any) -> bool:
    """The line with `done: true`."""
    return get(payload, "done") is True


API = Api(
    name="ollama",
    title="Ollama",
    routes=(route(r"(?P<base>.*)/api/(?:chat|generate)", OLLAMA_HOST="{origin}{base}"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    numbered=False,
)
