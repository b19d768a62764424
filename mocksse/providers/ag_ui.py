"""AG-UI, the Agent User Interaction Protocol: what agents tell the front ends that watch them.

Every event is data alone, a JSON object whose type is a word in capital letters. Messages and tool calls are known by
their ids. `*_CHUNK` events are a start and a piece in one. THINKING_* are what REASONING_* were called before.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, call, failure, piece
from mocksse.providers.lenient import array, get, string

_TEXT = frozenset({"TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CHUNK"})
_REASONING = frozenset({"REASONING_MESSAGE_CONTENT", "REASONING_MESSAGE_CHUNK", "THINKING_TEXT_MESSAGE_CONTENT"})
_TOOL = frozenset({"TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_CHUNK"})
_BEGINNINGS = ("RUN_", "TEXT_MESSAGE_", "TOOL_CALL_", "REASONING_", "THINKING_", "STATE_", "STEP_", "MESSAGES_")
_ENDS = frozenset({"RUN_FINISHED", "RUN_ERROR"})


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says."""
    told = string(payload, "type")
    if told in _TEXT:
        return piece("text", string(payload, "delta"))
    if told in _REASONING:
        return piece("reasoning", string(payload, "delta"))
    if told in _TOOL:
        call_id, name = string(payload, "toolCallId"), string(payload, "toolCallName")
        return call(string(payload, "delta"), call_id=call_id, name=name)
    if told not in _ENDS:
        return ()
    counters = tuple(found for one in array(payload, "usage") for found in fragment.usage(one))
    if told == "RUN_ERROR":
        return (*failure(string(payload, "message"), string(payload, "code")), *counters)
    return (*_outcome(payload), *counters)


def _outcome(payload: Any) -> tuple[Fragment, ...]:
    """A run that says nothing of its outcome has succeeded."""
    outcome = get(payload, "outcome")
    return (Fragment("finish", outcome if isinstance(outcome, str) else string(outcome, "type") or "success"),)


def recognises(_event_type: str, payload: Any) -> bool:
    """By how its types begin."""
    return string(payload, "type").startswith(_BEGINNINGS)


def done(_event_type: str, payload: Any) -> bool:
    """RUN_FINISHED and RUN_ERROR."""
    return string(payload, "type") in _ENDS


def about(payload: Any) -> tuple[str, str]:
    """(runId, model); a model is named only beside token counters."""
    return string(payload, "runId"), next((string(one, "model") for one in array(payload, "usage")), "")


API = Api(
    name="ag-ui",
    title="AG-UI",
    routes=(route(r"(?P<base>.*)/(?:ag-ui|awp)"),),  # the application chooses its path; these are usual
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
)
