"""Token counts out of one API's usage and into another's.

What a provider counts besides (cached tokens, audio, durations) is its own and does not go over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.usage import input_tokens, output_tokens, reasoning_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens. `output` has those of the reasoning in it."""

    input: int = 0
    output: int = 0
    reasoning: int = 0


def counts_of(usage: Mapping[str, Any]) -> Counts | None:
    """What an API's own usage says; None where it says nothing of tokens."""
    read, written = input_tokens(usage), output_tokens(usage)
    if read is None and written is None:
        return None
    return Counts(read or 0, written or 0, reasoning_tokens(usage) or 0)


def usage_of(api: str, counts: Counts) -> dict[str, Any]:
    """The counts as the API's usage."""
    total = counts.input + counts.output
    match api:
        case "openai-chat":
            usage: dict[str, Any] = {
                "prompt_tokens": counts.input,
                "completion_tokens": counts.output,
                "total_tokens": total,
            }
            reasoning = {"completion_tokens_details": {"reasoning_tokens": counts.reasoning}}
            return usage | {"prompt_tokens_details": {"cached_tokens": 0}} | reasoning
        case "openai-responses":
            return {
                "input_tokens": counts.input,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": counts.output,
                "output_tokens_details": {"reasoning_tokens": counts.reasoning},
                "total_tokens": total,
            }
        case "anthropic":
            thinking = {"output_tokens_details": {"thinking_tokens": counts.reasoning}} if counts.reasoning else {}
            return {"input_tokens": counts.input, "output_tokens": counts.output, **thinking}
        case "gemini":
            said = {"promptTokenCount": counts.input, "candidatesTokenCount": counts.output - counts.reasoning}
            thoughts = {"thoughtsTokenCount": counts.reasoning} if counts.reasoning else {}
            return said | {"totalTokenCount": total} | thoughts
        case "cohere":
            tokens = {"input_tokens": counts.input, "output_tokens": counts.output}
            return {"billed_units": tokens, "tokens": tokens}
        case _:
            return {"prompt_eval_count": counts.input, "eval_count": counts.output}
