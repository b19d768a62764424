"""All APIs, which one a stream speaks, and what its frames say.

The first event that can be of one API only decides: `/completions` is OpenAI's or llama.cpp's, and an application has
`/api/chat` for whatever its model's provider sends. Where no event tells, the path does. What nothing is known of stays
unknown: None, and frames that say nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers import (
    ag_ui,
    anthropic,
    bedrock,
    cohere,
    gemini,
    gemini_interactions,
    llamacpp,
    mcp,
    ollama,
    openai_assistants,
    openai_chat,
    openai_completions,
    openai_responses,
    openai_transcriptions,
    replicate,
    tgi,
    vercel_ui,
    watsonx,
)
from mocksse.providers.fragment import GENERATED
from mocksse.providers.lenient import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.framing import Frame

APIS: tuple[Api, ...] = (
    openai_chat.API,
    openai_responses.API,
    openai_completions.API,
    anthropic.API,
    gemini.API,
    cohere.API,
    ollama.API,
    bedrock.API,
    llamacpp.API,
    tgi.API,
    openai_assistants.API,
    openai_transcriptions.API,
    gemini_interactions.API,
    watsonx.API,
    replicate.API,
    vercel_ui.API,
    ag_ui.API,
    mcp.API,
)
"""Where the path fits several and no event tells, the first of them is taken."""


def detect(path: str, body_start: Iterable[Frame] = ()) -> Api | None:
    """The API of a stream by its request path (its query does not matter) and the first frames of its body.

    The frames are read only as far as needed. Of several APIs that an event can be of, the path's own comes first.
    """
    by_path = [api for api in APIS if api.serves(path)]
    for frame in body_start:
        payload = payload_of(None, frame)
        for api in (*by_path, *APIS):
            if api.recognises(frame.type, payload):
                return api
    return by_path[0] if by_path else None


def fragments_of(api: Api, frame: Frame) -> tuple[Fragment, ...]:
    """What a frame says, in its order; nothing for comments, `[DONE]`, broken JSON and what the body's end cut off."""
    payload = payload_of(api, frame)
    return () if payload is None else api.fragments(frame.type, payload)


def is_done(api: Api | None, frame: Frame) -> bool:
    """Whether the frame ends the stream: by the API's own last event, or by the `[DONE]` of OpenAI and many others."""
    if is_done_mark(frame):
        return True
    payload = payload_of(api, frame) if frame.kind == "event" else None
    return api is not None and payload is not None and api.done(frame.type, payload)


def is_done_mark(frame: Frame) -> bool:
    """Whether the frame is a `[DONE]`; as the SDKs have it, what comes behind the word does not matter."""
    return frame.kind == "event" and frame.data.lstrip().startswith(b"[DONE]")


def is_broken(api: Api | None, frame: Frame) -> bool:
    """Whether an event should be JSON and is not. Of an unknown API only what begins like JSON should."""
    data = frame.data.strip()
    if frame.kind != "event" or data in (b"", b"null") or is_done_mark(frame):
        return False
    return (api is not None or data.startswith((b"{", b"["))) and payload_of(api, frame) is None


def carries_text(api: Api, frame: Frame) -> bool:
    """Whether the frame carries a piece of what the model wrote: text, reasoning, a refusal or tool arguments."""
    return any(found.text and found.kind in GENERATED for found in fragments_of(api, frame))


def payload_of(api: Api | None, frame: Frame) -> Any:
    """The frame's JSON, or its text where the API has that; None where there is none.

    A body of one object is a frame as well (`other`).
    """
    if not frame.data or frame.kind not in ("event", "other"):
        return None
    if api is None or is_done_mark(frame):
        return decode(frame.data)  # no JSON begins like a [DONE]
    return api.payload(frame.data)
