"""Hugging Face's Text Generation Inference, its own /generate_stream: one token an event, then the whole."""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, piece
from mocksse.providers.lenient import get, string


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says; special tokens such as </s> are no text."""
    special = get(payload, "token", "special") is True
    found = [*piece("text", "" if special else string(payload, "token", "text"))]
    details = get(payload, "details")
    found += piece("finish", string(details, "finish_reason"))
    count = get(details, "generated_tokens")
    found += fragment.usage({"generated_tokens": count})
    found += fragment.error(payload)
    return tuple(found)


def wholes(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """The whole text, which the last event repeats and a body that is no stream has alone."""
    return piece("text", string(payload, "generated_text"))


def recognises(_event_type: str, payload: Any) -> bool:
    """By a token with a text, or by the whole of it."""
    return isinstance(get(payload, "token", "text"), str) or isinstance(get(payload, "generated_text"), str)


def done(_event_type: str, payload: Any) -> bool:
    """The event with the whole text."""
    return get(payload, "generated_text") is not None


API = Api(
    name="tgi",
    title="Text Generation Inference",
    routes=(route(r"(?P<base>.*)(?<!/api)/(?:generate_stream|generate)"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    wholes=wholes,
)
