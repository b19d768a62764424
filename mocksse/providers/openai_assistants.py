"""OpenAI Assistants: the run of a thread. The type stands in `event:` alone; `done`, whose data is [DONE], ends it."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, call, piece
from mocksse.providers.lenient import array, get, integer, string

_ENDS = frozenset({"completed", "incomplete", "failed", "cancelled", "expired", "requires_action"})


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says. A run that waits for the results of tools ends its stream as well."""
    found: list[Fragment] = []
    told = string(payload, "object")
    if told == "thread.message.delta":
        for part in array(payload, "delta", "content"):
            found += piece("text", string(part, "text", "value"), index=integer(part, "index"))
            found += piece("refusal", string(part, "refusal"), index=integer(part, "index"))
            found += piece("image", string(part, "image_url", "url"), index=integer(part, "index"))
            found += fragment.sources(array(part, "text", "annotations"), index=integer(part, "index"))
    elif told == "thread.run.step.delta":
        for position, tool in enumerate(array(payload, "delta", "step_details", "tool_calls")):
            if function := get(tool, "function"):
                index, called = integer(tool, "index", default=position), string(function, "name")
                found += call(string(function, "arguments"), index=index, call_id=string(tool, "id"), name=called)
    elif told == "thread.run" and string(payload, "status") in _ENDS:
        why = string(payload, "incomplete_details", "reason")
        status = string(payload, "status")
        found.append(Fragment("finish", why, name=status) if why else Fragment("finish", status))
        found += fragment.usage(get(payload, "usage"))
        found += fragment.error({"error": get(payload, "last_error"), "error_type": get(payload, "last_error", "code")})
    elif event_type == "error":
        found += fragment.error(payload) or fragment.failure(string(payload, "message"), string(payload, "code"))
    return tuple(found)


def recognises(event_type: str, payload: Any) -> bool:
    """By its objects, which all begin alike."""
    return event_type.startswith("thread.") or string(payload, "object").startswith("thread.")


def done(_event_type: str, payload: Any) -> bool:
    """A run that has come to an end; the [DONE] follows."""
    return string(payload, "object") == "thread.run" and string(payload, "status") in _ENDS


def about(payload: Any) -> tuple[str, str]:
    """Those of the run."""
    is_run = string(payload, "object") == "thread.run"
    return (string(payload, "id"), string(payload, "model")) if is_run else ("", "")


API = Api(
    name="openai-assistants",
    title="OpenAI Assistants",
    routes=(
        route(r"(?P<base>.*)/threads(?:/[^/]+)?/runs(?:/[^/]+/submit_tool_outputs)?", OPENAI_BASE_URL="{origin}{base}"),
    ),
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
)
