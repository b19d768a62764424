"""Why an answer ended, in the words of another API."""

from __future__ import annotations

import pytest

from mocksse.providers.encode.finish import translate, word
from mocksse.providers.encode.registry import ENCODERS


@pytest.mark.parametrize(
    ("told", "to", "called", "word_", "exact"),
    [
        ("stop", "anthropic", False, "end_turn", True),
        ("stop", "anthropic", True, "tool_use", True),
        ("completed", "openai-chat", True, "tool_calls", True),
        ("STOP", "cohere", True, "TOOL_CALL", True),
        ("tool_use", "gemini", True, "STOP", True),
        ("MAX_TOKENS", "openai-responses", False, "max_output_tokens", True),
        ("incomplete:max_output_tokens", "anthropic", False, "max_tokens", True),
        ("max_output_tokens", "ollama", True, "length", True),
        ("stop_sequence", "cohere", False, "STOP_SEQUENCE", True),
        ("stop_sequence", "gemini", False, "STOP", True),
        ("SAFETY", "openai-chat", False, "content_filter", True),
        ("refusal", "ollama", False, "stop", False),
        ("pause_turn", "openai-chat", False, "stop", False),
        ("", "openai-chat", False, "stop", False),
    ],
)
def test_words(told: str, to: str, called: bool, word_: str, exact: bool) -> None:
    assert translate(told, to, called=called) == (word_, exact)


@pytest.mark.parametrize("api", ENCODERS)
def test_every_api_can_say_that_it_was_done_that_it_was_cut_and_that_it_calls(api: str) -> None:
    for why in ("stop", "length", "tool"):
        assert translate(word(api, why), api, called=why == "tool") == (word(api, why), True)
