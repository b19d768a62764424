"""All error shapes by name, and which one fits a stream.

`/v1/chat/completions` is served by everybody: its host tells providers apart, or the path, or else what only one of
them sends (`told_by`). Where nothing tells it is the API's own shape, which is OpenAI's for its chat.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from mocksse.providers.errors import (
    anthropic,
    azure,
    bedrock,
    cohere,
    deepseek,
    gemini,
    groq,
    llamacpp,
    mistral,
    ollama,
    openai,
    openrouter,
    tgi,
)
from mocksse.providers.lenient import decode, get, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mocksse.providers.api import Api
    from mocksse.providers.errors.shape import Shape
    from mocksse.providers.framing import Frame

_ALL: tuple[Shape, ...] = (
    openai.SHAPE,
    openai.FLAT,
    openai.RESPONSES,
    azure.SHAPE,
    anthropic.SHAPE,
    gemini.SHAPE,
    gemini.PLAIN,
    gemini.ARRAY,
    gemini.VERTEX,
    groq.SHAPE,
    openrouter.SHAPE,
    mistral.SHAPE,
    deepseek.SHAPE,
    cohere.SHAPE,
    ollama.SHAPE,
    llamacpp.SHAPE,
    llamacpp.FIELD,
    tgi.SHAPE,
    bedrock.SHAPE,
)
SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in _ALL}

_BY_API: dict[str, Shape] = {
    "openai-responses": openai.RESPONSES,
    "openai-assistants": openai.SHAPE,
    "anthropic": anthropic.SHAPE,
    "gemini": gemini.SHAPE,
    "cohere": cohere.SHAPE,
    "ollama": ollama.SHAPE,
    "llamacpp": llamacpp.SHAPE,
    "tgi": tgi.SHAPE,
    "bedrock": bedrock.SHAPE,
}
_CHAT = ("openai-chat", "openai-completions", "openai-transcriptions")
_HOSTS: tuple[tuple[str, Shape], ...] = (  # of those whose chat speaks OpenAI's API
    ("groq.com", groq.SHAPE),
    ("openrouter.ai", openrouter.SHAPE),
    ("mistral.ai", mistral.SHAPE),
    ("deepseek.com", deepseek.SHAPE),
    ("azure.com", azure.SHAPE),
)
_PATHS: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (re.compile(r".*/openai/deployments/.+"), azure.SHAPE),
    (re.compile(r".*/(?:fim|agents)/completions"), mistral.SHAPE),
    (re.compile(r".*/publishers/mistralai/.+"), mistral.SHAPE),
)

_OPENROUTER = re.compile(r".*/api/v1/.+")
"""OpenRouter's path where no host is known; others have it too."""
_LLAMACPP = "llama.cpp"
_BUILD = re.compile(r"b\d+-[0-9a-f]{7,}")
"""What llama.cpp has for a system_fingerprint: `b7010-c27efd2bd`."""
_LOOKED_AT = 16
"""Units of a stream in which its provider shows, or not at all."""


def shape_of(
    api: Api | None, path: str, host: str = "", *, server: str = "", frames: Iterable[Frame] = ()
) -> Shape | None:
    """The shape for a stream of this API and request path, with or without its query. None: nothing is known of it.

    `host` is the upstream's, `server` the header of that name, `frames` the stream's units, of which the first count.
    """
    bare, _, query = path.partition("?")
    if api is None or api.name in _CHAT:
        for ending, shape in _HOSTS:
            if host == ending or host.endswith(f".{ending}"):
                return shape
        found = next((shape for pattern, shape in _PATHS if pattern.fullmatch(bare)), None) or told_by(server, frames)
        if found is None and not host and _OPENROUTER.fullmatch(bare):
            return openrouter.SHAPE
        return found or (openai.SHAPE if api else None)
    if api.name == "gemini":
        if "alt=sse" not in query.split("&"):
            return gemini.ARRAY if bare.endswith(":streamGenerateContent") else gemini.PLAIN
        return gemini.VERTEX if "/publishers/" in bare else gemini.SHAPE
    return _BY_API.get(api.name)


def told_by(server: str, frames: Iterable[Frame]) -> Shape | None:
    """The shape of a provider that speaks OpenAI's API and shows in what it sends; None where nobody does."""
    if server == _LLAMACPP:
        return llamacpp.SHAPE
    for frame in islice(frames, _LOOKED_AT):
        if frame.kind == "comment":
            if frame.data.strip() == b"OPENROUTER PROCESSING":
                return openrouter.SHAPE
            continue
        payload = decode(frame.data)
        if string(payload, "id").startswith("gen-") and string(payload, "provider"):
            return openrouter.SHAPE
        if get(payload, "x_groq") is not None:
            return groq.SHAPE
        if _BUILD.fullmatch(string(payload, "system_fingerprint")):
            return llamacpp.SHAPE
    return None
