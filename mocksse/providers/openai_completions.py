"""OpenAI Completions, the legacy one: a prompt goes in, `choices[].text` comes out. vLLM and others still serve it.

Writer's endpoint of the same path has nothing but a `value` in each event.
"""

from __future__ import annotations

from typing import Any

from mocksse.providers import fragment
from mocksse.providers.api import Api, route
from mocksse.providers.fragment import Fragment, piece
from mocksse.providers.lenient import array, get, integer, string


def fragments(_event_type: str, payload: Any) -> tuple[Fragment, ...]:
    """What a text_completion chunk says."""
    found: list[Fragment] = [*piece("text", string(payload, "value"))]
    for position, choice in enumerate(array(payload, "choices")):
        at = integer(choice, "index", default=position)
        found += piece("text", string(choice, "text"), at)
        found += piece("finish", string(choice, "finish_reason"), at)
    found += fragment.usage(get(payload, "usage"))
    found += fragment.error(payload)
    return tuple(found)


def recognises(_event_type: str, payload: Any) -> bool:
    """By its `object`, or by a choice with a text."""
    if get(payload, "object") == "text_completion" or (isinstance(payload, dict) and payload.keys() == {"value"}):
        return True
    return any(isinstance(get(choice, "text"), str) for choice in array(payload, "choices"))


API = Api(
    name="openai-completions",
    title="OpenAI Completions (legacy)",
    routes=(
        route(r"(?P<base>.*)/openai/deployments/[^/]+/completions", AZURE_OPENAI_ENDPOINT="{origin}{base}"),
        route(r"(?P<base>.*)(?<!/chat)(?<!/fim)(?<!/agents)/completions", OPENAI_BASE_URL="{origin}{base}"),
    ),
    fragments=fragments,
    recognises=recognises,
)
