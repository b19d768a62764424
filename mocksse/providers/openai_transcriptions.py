"""OpenAI's transcriptions of speech: text in pieces, or, where speakers are told apart, segment by segment."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, piece
from mocksse.providers.lenient import get, string


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says."""
    match string(payload, "type"):
        case "transcript.text.delta":
            return piece("text", string(payload, "delta"))
        case "transcript.text.done":
            return fragment.usage(get(payload, "usage"))
        case _:
            return fragment.error(payload)


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The whole text, which the last event repeats."""
    return piece("text", string(payload, "text")) if string(payload, "type") == "transcript.text.done" else ()


def recognises(_event_type: str, payload: Any) -> bool:
    """By how its types begin."""
    return string(payload, "type").startswith("transcript.text.")


def done(_event_type: str, payload: Any) -> bool:
    """transcript.text.done."""
    return string(payload, "type") == "transcript.text.done"


API = Api(
    name="openai-transcriptions",
    title="OpenAI Transcriptions",
    routes=(route(r"(?P<base>.*)/audio/(?:transcriptions|translations)", OPENAI_BASE_URL="{origin}{base}"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
)
