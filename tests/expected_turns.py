"""The recorded streams and what is expected of each; where the bytes say something else, what they say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.framing import frames
from mocksse.providers.registry import detect

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.providers.api import Api

EXPLAINED: dict[tuple[str, str], str] = {
    (
        "gemini__parallel-tools_partialArgs__0aadf4",
        "tool_calls",
    ): "one functionCall with a name, then 30 with partialArgs and none: values of that call by JSONPath, not 31 calls",
    (
        "gemini__reasoning_parallel-tools_partialArgs__ee94c0",
        "tool_calls",
    ): "the same: `$.id` in pieces, and `functionCall: {}` where a call ends",
    (
        "gemini__text_groundingMetadata__4ea435",
        "citations",
    ): "groundingMetadata.groundingChunks has a source; the expectation counts none of Gemini's",
    ("gemini__text_groundingMetadata_part-executableCode__e08b37", "citations"): "the same",
    ("gemini__text_groundingMetadata_part-toolCall_part-toolResponse__f22d5e", "citations"): "the same",
    (
        "gemini__promptFeedback-SAFETY_empty__872a06",
        "finish",
    ): "there are no candidates: promptFeedback.blockReason SAFETY is why there is no answer",
    ("assistants__text__d7c8cc", "finish"): "thread.run.completed has status completed",
    ("assistants__text__d7c8cc", "usage"): "thread.run.completed has the counters of the run",
}
"""Where the bytes say something else than the expectation: (stream, field), and what they say."""


@dataclass(frozen=True)
class Recording:
    name: str
    path: Path
    expected: dict[str, Any]
    content_type: str
    body: bytes

    @property
    def api(self) -> Api | None:
        """By its events: that is all that `import` has."""
        return detect("", frames(self.content_type, self.body))


def recordings_of(streams: Path) -> list[Recording]:
    """All of a folder."""
    return [read(meta) for meta in sorted(streams.glob("*/*.meta.json"))]


def read(meta: Path) -> Recording:
    name = meta.name.removesuffix(".meta.json")
    (body,) = (path for path in meta.parent.glob(f"{name}.*") if path != meta)
    told = json.loads(meta.read_text("utf-8"))
    headers = {key.lower(): value for key, value in told["response_headers"].items()}
    return Recording(name, body, expected(told), headers.get("content-type", ""), body.read_bytes())


def expected(told: dict[str, Any]) -> dict[str, Any]:
    """The expectations in the form of `found`; a text, and reasoning, may be given once or by choice."""
    reasoning = told["expected_reasoning"] or ""
    calls = told["expected_tool_calls"]
    return {
        "text": {at: text for at, text in by_choice(told["expected_texts_by_choice"] or told["expected_text"]) if text},
        "reasoning": {at: text for at, text in by_choice(reasoning) if text},
        "tool_calls": [(call["id"] or "", call["name"], value_of(call["arguments"])) for call in calls],
        "refusal": told["refusal"] or "",
        "finish": told["finish"],
        "usage": told["usage"] or {},
        "errors": [(error["message"], error.get("type", "")) for error in told["errors"] or ()],
        "citations": told["citations_count"],
    }


def by_choice(told: Any) -> list[tuple[str, str]]:
    return list(told.items()) if isinstance(told, dict) else [("0", told)]


def value_of(arguments: Any) -> Any:
    """Arguments as a value: an object may be spelled in many ways, and none at all means no arguments."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments or "{}")
    except ValueError:  # cut by a token limit
        return arguments
