"""Quirks: legal or not, this is how real providers answer, and their clients read it all the same."""

from __future__ import annotations

from mocksse.torture.case import SAME, SAME_OR_FAIL, Case, Expect, Severity, way
from mocksse.torture.quirk_tapes import QUIRKS


def _quirk(name: str, title: str, severity: Severity, source: str, expect: Expect = SAME) -> Case:
    apis = (QUIRKS[name].api,)
    return Case(f"quirks/{name}", 0, title, "SHOULD", severity, source, (way("", expect, tape=name),), apis)


CASES = (
    _quirk("perplexity-message", "count text once that comes as a delta and as a whole", "C", "Perplexity, Sonar chat"),
    _quirk("openrouter-processing", "ignore comments that come before any event", "H", "OpenRouter, streaming"),
    _quirk("openrouter-reasoning-twice", "count reasoning once, and take two reasons to finish", "M", "OpenRouter"),
    _quirk("deepseek-null-content", "live with content that is null beside reasoning", "H", "DeepSeek, reasoner"),
    _quirk("azure-content-filter", "live with a first chunk without choices, id and model", "H", "Azure OpenAI"),
    _quirk("groq-usage-aside", "live with usage in a field of the provider's own", "L", "Groq, x_groq"),
    _quirk("empty-answer", "take an answer without any text for one", "M", "OpenAI, Chat Completions", SAME_OR_FAIL),
    _quirk("long-reasoning", "read thousands of events", "M", "DeepSeek, 4,835 events of reasoning"),
    _quirk("anthropic-pings", "ignore pings, wherever they are", "H", "Anthropic, streaming messages: ping events"),
    _quirk("anthropic-trailing-spaces", "read JSON with white space behind it", "M", "Anthropic, recorded streams"),
    _quirk("anthropic-redacted-thinking", "live with thinking that is only data", "M", "Anthropic, extended thinking"),
    _quirk("anthropic-pause-turn", "take a turn that pauses for one", "M", "Anthropic, stop_reason pause_turn"),
    _quirk("anthropic-empty", "take an answer without any block for one", "M", "Anthropic", SAME_OR_FAIL),
)
