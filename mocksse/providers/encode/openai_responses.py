"""OpenAI Responses: the response is echoed, items come one after another, each said in pieces and then whole.

Every event has the next sequence_number. Reasoning is a summary, as OpenAI sends it; text and a refusal are parts of a
message. What was said is repeated by the `.done` events and by the response that ends the stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.blocks import steps
from mocksse.providers.encode.speech import CREATED, HEX, Event
from mocksse.providers.encode.spelling import named

if TYPE_CHECKING:
    from mocksse.providers.encode.blocks import Block, Step
    from mocksse.providers.encode.speech import Speech

_PREFIX = {"reasoning": "rs", "text": "msg", "refusal": "msg", "tool": "fc"}


@dataclass(frozen=True, slots=True)
class _Part:
    """What a message or a reasoning is said in: the names of its events, its type, and its members."""

    events: str
    text_events: str
    type: str
    field: str
    numbered: str
    more: tuple[str, ...] = ()
    """Members that are empty lists."""

    def holding(self, text: str) -> dict[str, Any]:
        return {"type": self.type, **{name: [] for name in self.more}, self.field: text}


_PARTS = {
    "reasoning": _Part(
        "reasoning_summary_part", "reasoning_summary_text", "summary_text", "text", numbered="summary_index"
    ),
    "text": _Part(
        "content_part", "output_text", "output_text", "text", numbered="content_index", more=("annotations", "logprobs")
    ),
    "refusal": _Part("content_part", "refusal", "refusal", "refusal", numbered="content_index"),
}


def encode(speech: Speech) -> list[Event]:
    """All events of an answer; its first choice."""
    finish = speech.turn.first.finish.removeprefix("incomplete:") or "completed"
    status = finish if finish in {"completed", "failed", "cancelled"} else "incomplete"
    writer = _Writer(speech, "incomplete" if status == "incomplete" else "completed")
    for kind in ("response.created", "response.in_progress"):
        writer.send(0, kind, response=_response(speech, "in_progress"))
    for step in steps(speech):
        writer.take(step)
    if not speech.whole:
        return writer.events
    response = _response(speech, status)
    response["output"] = [writer.items[index] for index in sorted(writer.items)]
    response["usage"] = dict(speech.turn.usage) or None
    if status == "incomplete":
        response["incomplete_details"] = {"reason": finish}
    elif status == "completed":
        response["completed_at"] = CREATED + speech.at_us[-1] // 1_000_000
    writer.send(writer.end, f"response.{status}", response=response)
    return writer.events


class _Writer:
    """The events so far. `items`: those that are done, by their output_index. `last`: the status of the last one."""

    def __init__(self, speech: Speech, last: str) -> None:
        self.events: list[Event] = []
        self.items: dict[int, dict[str, Any]] = {}
        self.end = len(speech.fragments) + 1
        self._speech = speech
        self._last = last

    def send(self, at: int, kind: str, **more: Any) -> None:
        self.events.append(Event(named({"type": kind, **more, "sequence_number": len(self.events)}), at))

    def take(self, step: Step) -> None:
        item = self._item(step.block)
        if step.what == "open":
            self.send(step.at, "response.output_item.added", output_index=step.block.index, item=item)
        place = {"item_id": item["id"], "output_index": step.block.index}
        if step.block.kind == "tool":
            item["arguments"] = step.text
            self._call(step, place)
        else:
            part = _PARTS[step.block.kind]
            item["summary" if step.block.kind == "reasoning" else "content"] = [part.holding(step.text)]
            self._part(step, {**place, part.numbered: 0}, part)
        if step.what == "close":
            if "status" in item:
                item["status"] = self._last if step.at == self.end else "completed"
            self.items[step.block.index] = item
            self.send(step.at, "response.output_item.done", output_index=step.block.index, item=item)

    def _call(self, step: Step, place: dict[str, Any]) -> None:
        if step.what == "piece":
            self.send(step.at, "response.function_call_arguments.delta", **place, delta=step.text)
        elif step.what == "close":
            self.send(step.at, "response.function_call_arguments.done", **place, arguments=step.text)

    def _part(self, step: Step, place: dict[str, Any], part: _Part) -> None:
        logprobs: dict[str, Any] = {"logprobs": []} if "logprobs" in part.more else {}
        match step.what:
            case "open":
                self.send(step.at, f"response.{part.events}.added", **place, part=part.holding(""))
            case "piece":
                self.send(step.at, f"response.{part.text_events}.delta", **place, delta=step.text, **logprobs)
            case "close":
                said = {part.field: step.text, **logprobs}
                self.send(step.at, f"response.{part.text_events}.done", **place, **said)
                self.send(step.at, f"response.{part.events}.done", **place, part=part.holding(step.text))

    def _item(self, block: Block) -> dict[str, Any]:
        """As it is when it begins."""
        item: dict[str, Any] = {"id": f"{_PREFIX[block.kind]}_{self._speech.token(f'item {block.index}', 48, HEX)}"}
        match block.kind:
            case "reasoning":
                item |= {"type": "reasoning", "summary": []}
            case "tool":
                call = self._speech.turn.first.tool_calls[block.call]
                item |= {"type": "function_call", "status": "in_progress"}
                item |= {"arguments": "", "call_id": call.id, "name": call.name}
            case _:
                item |= {"type": "message", "status": "in_progress", "content": [], "role": "assistant"}
        return item


def _response(speech: Speech, status: str) -> dict[str, Any]:
    """The response object, with the members that are always there."""
    return {
        "id": f"resp_{speech.token('id', 48, HEX)}",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "model": speech.model,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        "metadata": {},
    }
