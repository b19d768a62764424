"""Which event may follow which: the blocks of an answer begin, grow and end, and nothing grows that has not begun.

Anthropic, Cohere and OpenAI's Responses number their blocks, so a delta out of its place can be told, and would put
text where it does not belong. The other APIs have no such events: everything is in order there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mocksse.providers.lenient import integer, string

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["begin", "start", "grow", "stop"]


@dataclass(frozen=True, slots=True)
class _Step:
    """What an event type is to the blocks of one kind."""

    role: Role
    kind: str = ""


_BLOCKS: Mapping[str, Mapping[str, _Step]] = {
    "anthropic": {
        "message_start": _Step("begin"),
        "content_block_start": _Step("start", "block"),
        "content_block_delta": _Step("grow", "block"),
        "content_block_stop": _Step("stop", "block"),
    },
    "cohere": {
        "message-start": _Step("begin"),
        "content-start": _Step("start", "content"),
        "content-delta": _Step("grow", "content"),
        "content-end": _Step("stop", "content"),
        "tool-call-start": _Step("start", "tool call"),
        "tool-call-delta": _Step("grow", "tool call"),
        "tool-call-end": _Step("stop", "tool call"),
    },
    "openai-responses": {
        "response.created": _Step("begin"),
        "response.queued": _Step("begin"),
        "response.in_progress": _Step("begin"),
        "response.output_item.added": _Step("start", "item"),
        "response.output_item.done": _Step("stop", "item"),
    },
}
_NUMBER = {"anthropic": "index", "cohere": "index", "openai-responses": "output_index"}


class Order:
    """Of one answer of an API. `take` says what is wrong with an event, or None."""

    def __init__(self, api: str) -> None:
        self._steps = _BLOCKS.get(api, {})
        self._number = _NUMBER.get(api, "index")
        self._parts = api == "openai-responses"  # deltas and their ends are told by their type alone
        self._begun = False
        self._open: set[tuple[str, int]] = set()
        self._ended: set[tuple[object, ...]] = set()

    def take(self, event_type: str, payload: Any) -> str | None:
        """Of the events in their order."""
        told = string(payload, "type") or event_type
        number = integer(payload, self._number)
        step = self._steps.get(told)
        if step is None:
            return self._part(told, number, payload) if self._parts else None
        if step.role == "begin":
            self._begun = True
            return None
        if not self._begun:
            return f"{told} before the answer began"
        block = (step.kind, number)
        if step.role == "start":
            fault = f"{told} begins {step.kind} {number} a second time" if block in self._open else None
            self._open.add(block)
            return fault
        if block not in self._open:
            return f"{told} of {step.kind} {number}, which is not open"
        if step.role == "stop":
            self._open.remove(block)
        return None

    def _part(self, told: str, number: int, payload: Any) -> str | None:
        """Of Responses: `response.KIND.delta` and `response.KIND.done`, in an item."""
        kind, _, end = told.rpartition(".")
        if not kind.startswith("response.") or end not in {"delta", "done"}:
            return None
        if not self._begun:
            return f"{told} before the answer began"
        if ("item", number) not in self._open:
            return f"{told} of item {number}, which is not open"
        part = (kind, number, integer(payload, "content_index"), integer(payload, "summary_index"))
        if part in self._ended:
            return f"{told} of item {number} behind its end"
        if end == "done":
            self._ended.add(part)
        return None
