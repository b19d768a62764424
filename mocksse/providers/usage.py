"""What the counters of an answer tell, whatever an API calls them: tokens of the request, the answer, its reasoning.

Pure. Nothing is guessed: an API that does not count gives None. A count is a whole number of zero or more, which may be
written with a decimal point (12.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import get

if TYPE_CHECKING:
    from collections.abc import Mapping

_INPUT = (
    ("prompt_tokens",),  # OpenAI Chat and Completions, and who speaks them
    ("input_tokens",),  # OpenAI Responses, Anthropic
    ("promptTokenCount",),  # Gemini
    ("tokens", "input_tokens"),  # Cohere; its billed_units leave some out
    ("billed_units", "input_tokens"),
    ("inputTokens",),  # Bedrock Converse
    ("inputTokenCount",),  # Bedrock InvokeModel
    ("prompt_eval_count",),  # Ollama
    ("tokens_evaluated",),  # llama.cpp
)
_OUTPUT = (
    ("completion_tokens",),
    ("output_tokens",),
    ("tokens", "output_tokens"),
    ("billed_units", "output_tokens"),
    ("outputTokens",),
    ("outputTokenCount",),
    ("eval_count",),
    ("tokens_predicted",),
    ("generated_tokens",),  # TGI
)
_REASONING = (
    ("completion_tokens_details", "reasoning_tokens"),  # OpenAI Chat
    ("output_tokens_details", "reasoning_tokens"),  # OpenAI Responses
    ("output_tokens_details", "thinking_tokens"),  # Anthropic
    ("thoughtsTokenCount",),  # Gemini
)


def input_tokens(usage: Mapping[str, Any]) -> int | None:
    """Tokens that the model read."""
    return _first(usage, _INPUT)


def reasoning_tokens(usage: Mapping[str, Any]) -> int | None:
    """Tokens of the reasoning, where it is counted apart."""
    return _first(usage, _REASONING)


def output_tokens(usage: Mapping[str, Any], *, reasoning: bool = True) -> int | None:
    """Tokens that the model wrote. Without `reasoning`: those of its reasoning left out, where it is counted apart."""
    found = _first(usage, _OUTPUT)
    if found is not None:
        return found if reasoning else max(found - (reasoning_tokens(usage) or 0), 0)
    # Gemini counts thoughts beside the answer, all others within.
    answer, thoughts = _count(usage, "candidatesTokenCount"), _count(usage, "thoughtsTokenCount")
    if answer is None and (thoughts is None or not reasoning):
        return None
    return (answer or 0) + ((thoughts or 0) if reasoning else 0)


def _first(usage: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    return next((count for path in paths if (count := _count(usage, *path)) is not None), None)


def _count(usage: Mapping[str, Any], *path: str) -> int | None:
    value = get(usage, *path)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
