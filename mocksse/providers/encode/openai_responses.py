"""OpenAI Responses: the response is echoed, items come one after another, each said in pieces and then whole.

Every event has the next sequence_number. Reasoning is a summary, as OpenAI sends it; text and a refusal are parts of a
message. What was said is repeated by the `.done` events and by the response that ends the stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers.encode.blocks import steps
from mocksse.providers.encode.speech import CREATED, HEX, Event
from mocksse.providers.encode.spelling import named

if TYPE_CHECKING:
    from mocksse.providers.encode.blocks import Block, Step
    from mocksse.providers.encode.speech import Speech

_PREFIX = {"reasoning": "rs", "text": "msg", "refusal": "msg", "tool": "fc"}


def encode(speech: Speech) -> list[Event]:
    """All events of an answer; its first choice."""
    writer = _Writer(speech)
    for kind in ("response.created", "response.in_progress"):
        writer.send(0, kind, response=_response(speech, "in_progress"))
    for step in steps(speech):
        writer.take(step)
    if not speech.whole:
        return writer.events
    finish = speech.turn.first.finish.removeprefix("incomplete:") or "completed"
    status = finish if finish in {"completed", "failed", "cancelled"} else "incomplete"
    response = _response(speech, status)
    response["output"] = [writer.items[index] for index in sorted(writer.items)]
    response["usage"] = dict(speech.turn.usage) or None
    if status == "incomplete":
        response["incomplete_details"] = {"reason": finish}
    elif status == "completed":
        response["completed_at"] = CREATED + speech.at_us[-1] // 1_000_000
    writer.send(len(speech.fragments) + 1, f"response.{status}", response=response)
    return writer.events


class _Writer:
    """The events so far. `items`: those that are done, by their output_index."""

    def __init__(self, speech: Speech) -> None:
        self.events: list[Event] = []
        self.items: dict[int, dict[str, Any]] = {}
        self._speech = speech

    def send(self, at: int, kind: str, **more: Any) -> None:
        self.events.append(Event(named({"type": kind, **more, "sequence_number": len(self.events)}), at))

    def take(self, step: Step) -> None:
        block = step.block
        item = self._item(block)
        place = {"item_id": item["id"], "output_index": block.index}
        match block.kind:
            case "tool":
                self._call(step, item, place)
            case "reasoning":
                place["summary_index"] = 0
                part = {"type": "summary_text", "text": step.text}
                self._message(step, item, place, ("reasoning_summary_part", "reasoning_summary_text"), "text", part)
            case "refusal":
                place["content_index"] = 0
                part = {"type": "refusal", "refusal": step.text}
                self._message(step, item, place, ("content_part", "refusal"), "refusal", part)
            case _:
                place["content_index"] = 0
                part = {"type": "output_text", "annotations": [], "logprobs": [], "text": step.text}
                self._message(step, item, place, ("content_part", "output_text"), "text", part)

    def _message(
        self,
        step: Step,
        item: dict[str, Any],
        place: dict[str, Any],
        names: tuple[str, str],
        field: str,
        part: dict[str, Any],
    ) -> None:
        """A message or a reasoning: an item of one part. `names`: of the part's events, and of the text's."""
        part_name, text_name = names
        logprobs: dict[str, Any] = {"logprobs": []} if text_name == "output_text" else {}
        match step.what:
            case "open":
                self.send(step.at, "response.output_item.added", output_index=place["output_index"], item=item)
                self.send(step.at, f"response.{part_name}.added", **place, part=part)
            case "piece":
                self.send(step.at, f"response.{text_name}.delta", **place, delta=step.text, **logprobs)
            case "close":
                self.send(step.at, f"response.{text_name}.done", **place, **{field: step.text}, **logprobs)
                self.send(step.at, f"response.{part_name}.done", **place, part=part)
                whole: dict[str, Any] = {"summary" if step.block.kind == "reasoning" else "content": [part]}
                self._done(step, item | whole)

    def _call(self, step: Step, item: dict[str, Any], place: dict[str, Any]) -> None:
        match step.what:
            case "open":
                self.send(step.at, "response.output_item.added", output_index=place["output_index"], item=item)
            case "piece":
                self.send(step.at, "response.function_call_arguments.delta", **place, delta=step.text)
            case "close":
                self.send(step.at, "response.function_call_arguments.done", **place, arguments=step.text)
                self._done(step, item | {"arguments": step.text})

    def _done(self, step: Step, item: dict[str, Any]) -> None:
        if "status" in item:
            item["status"] = "completed"
        self.items[step.block.index] = item
        self.send(step.at, "response.output_item.done", output_index=step.block.index, item=item)

    def _item(self, block: Block) -> dict[str, Any]:
        """As it is when it begins."""
        digits = self._speech.token(f"item {block.index}", 48, HEX)
        item: dict[str, Any] = {"id": f"{_PREFIX[block.kind]}_{digits}"}
        if block.kind == "reasoning":
            item |= {"type": "reasoning", "summary": []}
            return item
        if block.kind == "tool":
            call = self._speech.turn.first.tool_calls[block.call]
            item |= {"type": "function_call", "status": "in_progress"}
            item |= {"arguments": "", "call_id": call.id, "name": call.name}
            return item
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
