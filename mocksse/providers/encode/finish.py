"""Why an answer ended, from one API's word to another's."""

from __future__ import annotations

from typing import Literal

Why = Literal["stop", "sequence", "length", "tool", "filter"]

_WORDS: dict[str, dict[Why, str]] = {
    "openai-chat": {"stop": "stop", "length": "length", "tool": "tool_calls", "filter": "content_filter"},
    "openai-responses": {
        "stop": "completed",
        "length": "max_output_tokens",
        "tool": "completed",
        "filter": "content_filter",
    },
    "anthropic": {
        "stop": "end_turn",
        "sequence": "stop_sequence",
        "length": "max_tokens",
        "tool": "tool_use",
        "filter": "refusal",
    },
    "gemini": {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP", "filter": "SAFETY"},
    "cohere": {"stop": "COMPLETE", "sequence": "STOP_SEQUENCE", "length": "MAX_TOKENS", "tool": "TOOL_CALL"},
    "ollama": {"stop": "stop", "length": "length", "tool": "stop"},
}
_MEANINGS: dict[str, Why] = {
    "stop": "stop",
    "end_turn": "stop",
    "completed": "stop",
    "complete": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "sequence",
    "length": "length",
    "limit": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_calls": "tool",
    "tool_use": "tool",
    "tool_call": "tool",
    "function_call": "tool",
    "content_filter": "filter",
    "content_filtered": "filter",
    "guardrail_intervened": "filter",
    "refusal": "filter",
    "safety": "filter",
    "recitation": "filter",
    "blocklist": "filter",
    "prohibited_content": "filter",
    "spii": "filter",
}


def word(api: str, why: Why) -> str:
    """The API's word; that of a plain stop where it has none of its own."""
    return _WORDS[api].get(why) or _WORDS[api]["stop"]


def translate(told: str, to: str, *, called: bool) -> tuple[str, bool]:
    """Another API's word in that of `to`, and whether it says as much. `called`: the answer has tool calls.

    Where APIs have no word for a stop at a sequence of the caller's, a plain stop is what they say.
    """
    why = _MEANINGS.get(told.lower().removeprefix("incomplete:"))
    if why == "stop" and called:
        why = "tool"
    return word(to, why or "stop"), why == "sequence" or why in _WORDS[to]
