"""What the counters of an answer tell, whatever an API calls them: how many tokens the model wrote.

Pure. Nothing is guessed: an API that does not count gives None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import get

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTPUT = (
    ("completion_tokens",),  # OpenAI Chat and Completions, and who speaks them
    ("output_tokens",),  # OpenAI Responses, Anthropic
    ("tokens", "output_tokens"),  # Cohere; its billed_units leave some out
    ("outputTokens",),  # Bedrock Converse
    ("outputTokenCount",),  # Bedrock InvokeModel
    ("eval_count",),  # Ollama
    ("tokens_predicted",),  # llama.cpp
    ("generated_tokens",),  # TGI
)
_REASONING = (
    ("completion_tokens_details", "reasoning_tokens"),
    ("output_tokens_details", "reasoning_tokens"),
)


def output_tokens(usage: Mapping[str, Any], *, reasoning: bool = True) -> int | None:
    """Tokens that the model wrote. Without `reasoning`: those of its reasoning left out, where it is counted apart."""
    found = _first(usage, _OUTPUT)
    if found is not None:
        return found if reasoning else max(found - (_first(usage, _REASONING) or 0), 0)
    # Gemini counts thoughts beside the answer, all others within.
    answer, thoughts = _count(usage, "candidatesTokenCount"), _count(usage, "thoughtsTokenCount")
    if answer is None and (thoughts is None or not reasoning):
        return None
    return (answer or 0) + ((thoughts or 0) if reasoning else 0)


def _first(usage: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    return next((count for path in paths if (count := _count(usage, *path)) is not None), None)


def _count(usage: Mapping[str, Any], *path: str) -> int | None:
    value = get(usage, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
