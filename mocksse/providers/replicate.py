"""Replicate's streams: the data of an `output` event is the text itself, on as many lines as it has."""

from __future__ import annotations

from typing import Any

from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, failure, piece
from mocksse.providers.lenient import decode, string


def fragments(event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What an event says; `done` has a reason where the prediction did not succeed."""
    text = payload if isinstance(payload, str) else ""
    match event_type:
        case "output":
            return piece("text", text)
        case "error":
            told = decode(text)
            return failure(string(told, "detail") or string(told, "error") or text)
        case "done":
            return piece("finish", string(decode(text), "reason"))
        case _:
            return ()


def recognises(event_type: str, _payload: Any) -> bool:
    """By the name of its events."""
    return event_type == "output"


def done(event_type: str, _payload: Any) -> bool:
    """`done`."""
    return event_type == "done"


def about(_payload: Any) -> tuple[str, str]:
    """The stream names neither."""
    return "", ""


API = Api(
    name="replicate",
    title="Replicate",
    routes=(route(r"(?P<base>.*)/v1/streams/[^/]+"),),
    fragments=fragments,
    recognises=recognises,
    done=done,
    about=about,
    payload=lambda data: data.decode("utf-8", "replace"),
)
