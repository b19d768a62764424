"""All error shapes by name, and which one fits a stream.

A path tells some providers apart, a host many more: `/v1/chat/completions` is served by everybody. Where neither tells
it is the API's own shape, and OpenAI's where nothing is known.
"""

from __future__ import annotations

import re
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.providers.api import Api
    from mocksse.providers.errors.shape import Shape

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
    tgi.SHAPE,
    bedrock.SHAPE,
)
SHAPES: Mapping[str, Shape] = {shape.name: shape for shape in _ALL}

_BY_API: dict[str, Shape] = {
    "openai-responses": openai.RESPONSES,
    "anthropic": anthropic.SHAPE,
    "gemini": gemini.SHAPE,
    "cohere": cohere.SHAPE,
    "ollama": ollama.SHAPE,
    "llamacpp": llamacpp.SHAPE,
    "tgi": tgi.SHAPE,
    "bedrock": bedrock.SHAPE,
}
_CHAT = ("openai-chat", "openai-completions")
_HOSTS: tuple[tuple[str, Shape], ...] = (  # of those whose chat speaks OpenAI's API
    ("groq.com", groq.SHAPE),
    ("openrouter.ai", openrouter.SHAPE),
    ("mistral.ai", mistral.SHAPE),
    ("deepseek.com", deepseek.SHAPE),
    ("azure.com", azure.SHAPE),
)
_PATHS: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (re.compile(r".*/openai/deployments/.+"), azure.SHAPE),
    (re.compile(r".*/api/v1/.+"), openrouter.SHAPE),
    (re.compile(r".*/(?:fim|agents)/completions"), mistral.SHAPE),
    (re.compile(r".*/publishers/mistralai/.+"), mistral.SHAPE),
)


def shape_of(api: Api | None, path: str, host: str = "") -> Shape:
    """The shape for a stream of this API and request path, with or without its query; `host` is the upstream's."""
    bare, _, query = path.partition("?")
    if api is None or api.name in _CHAT:
        for ending, shape in _HOSTS:
            if host == ending or host.endswith(f".{ending}"):
                return shape
        return next((shape for pattern, shape in _PATHS if pattern.fullmatch(bare)), openai.SHAPE)
    if api.name == "gemini":
        if "alt=sse" not in query.split("&"):
            return gemini.PLAIN if bare.endswith(":generateContent") else gemini.ARRAY
        return gemini.VERTEX if "/publishers/" in bare else gemini.SHAPE
    return _BY_API.get(api.name, openai.SHAPE)
