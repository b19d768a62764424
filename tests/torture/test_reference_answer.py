"""What the reference client takes for an answer, and what not: one event after another, without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.cassette.units import units
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers import registry
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.framing import Frame
from mocksse.torture.clients.contract import Failure, Seen
from mocksse.torture.clients.reference.answer import Answer

if TYPE_CHECKING:
    from mocksse.providers.api import Api

APIS: dict[str, Api] = {api.name: api for api in registry.APIS}
TOOLS = (Tool("weather", {"city": "Köln 🌍"}), Tool("time", {}))


def frames(api: str) -> list[Frame]:
    made = make(Wanted(api, Pacing(ttft=Fixed(1)), words=12, reasoning=6, tools=TOOLS, usage=True), 3)
    return [frame for frame in units(made.response) if frame.kind == "event"]


def event(payload: Any, event_type: str = "") -> Frame:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    kind = event_type or (payload.get("type") if isinstance(payload, dict) else "") or "message"
    return Frame(0, 0, kind, data)


def called(arguments: str) -> Frame:
    return chunk(tool_calls=[{"index": 0, "id": "a", "function": {"name": "f", "arguments": arguments}}])


def chunk(finish: str | None = None, **delta: Any) -> Frame:
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


DONE = event(b"[DONE]")


def read(api: str, *found: Frame) -> Answer:
    """To the end of the answer, or the first failure."""
    answer = Answer(APIS[api])
    for frame in found:
        answer.take(frame)
        if answer.over:
            break
    answer.close()
    return answer


def failure(api: str, *found: Frame) -> str:
    with pytest.raises(Failure) as raised:
        read(api, *found)
    return raised.value.kind.removeprefix("reference.")


@pytest.mark.parametrize("api", ENCODERS)
def test_a_whole_answer_counts_and_no_part_of_it_does(api: str) -> None:
    found = frames(api)
    seen = Seen()
    read(api, *found).tell(seen)
    result = seen.result()
    assert (len(result.text.split()), [call.name for call in result.tool_calls]) == (12, ["weather", "time"])
    last = next(i for i, frame in enumerate(found, 1) if ends(api, frame))
    for count in range(last):
        assert failure(api, *found[:count]) in {"NoAnswer", "Truncated"}


def ends(api: str, frame: Frame) -> bool:
    """Whether nothing is missing behind this one: of Chat the reason to finish, of Gemini too."""
    if api in {"openai-chat", "gemini"}:
        return any(found.kind == "finish" for found in registry.fragments_of(APIS[api], frame))
    return registry.is_done(APIS[api], frame) and not registry.is_done_mark(frame)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ((), "NoAnswer"),
        ((DONE,), "NoAnswer"),
        ((event({"error": {"message": "m", "type": "t"}}),), "ErrorEvent"),
        ((chunk(content="a"), event(b"not json")), "BrokenEvent"),
        ((chunk(content="a"), event(b'{"a": 1}{"b": 2}')), "BrokenEvent"),
        ((chunk(content="a"), event(b"[]")), "BrokenEvent"),
        ((chunk(content="a"), DONE), "NoFinish"),
        ((chunk("None", content="a"),), "Truncated"),
        ((chunk(content="a"), chunk("error")), "ErrorFinish"),
        (
            (called('{"a'), chunk("stop")),
            "BrokenToolCall",
        ),
    ],
)
def test_what_is_no_answer_of_chat(found: tuple[Frame, ...], kind: str) -> None:
    assert failure("openai-chat", *found) == kind


@pytest.mark.parametrize(
    "found",
    [
        (chunk(content="a"), chunk("stop")),
        (chunk(content="a"), chunk("stop"), DONE, event(b"behind the end")),
        (chunk("stop", content="a"), chunk(content="b"), DONE),
        (chunk(content="a"), event(b""), event(b"alive", "heartbeat"), event({"choices": None}), chunk("stop")),
        (chunk(tool_calls=[{"type": "custom", "custom": {"name": "f", "input": "any"}}]), chunk("tool_calls")),
        (called(""), chunk("stop")),
    ],
)
def test_what_is_one_all_the_same(found: tuple[Frame, ...]) -> None:
    read("openai-chat", *found)


def test_a_choice_without_a_reason_is_missing_something() -> None:
    second = event({"choices": [{"index": 1, "delta": {"content": "b"}}]})
    assert failure("openai-chat", chunk(content="a"), second, chunk("stop"), DONE) == "NoFinish"


@pytest.mark.parametrize("api", ["anthropic", "cohere", "openai-responses"])
def test_events_out_of_their_order_are_told(api: str) -> None:
    found = frames(api)
    for place, frame in enumerate(found):
        told = json.loads(frame.data).get("type", "") if frame.data != b"[DONE]" else ""
        if told.endswith(("_start", "-start", "output_item.added", "response.created")):
            rest = found[:place] + found[place + 1 :]
            if told == "response.created":  # in_progress says as much
                rest = [one for one in rest if b"response.in_progress" not in one.data]
            assert failure(api, *rest) == "Order", told
    stops = (b"_stop", b"-end", b".done")
    again = next(i for i, frame in enumerate(found) if any(stop in frame.data for stop in stops))
    assert failure(api, *found[: again + 1], found[again], *found[again + 1 :]) == "Order"


def test_an_answer_that_is_cut_off_by_its_own_account_is_no_success() -> None:
    begun = [event({"type": "response.created", "response": {}})]
    for status in ("incomplete", "failed", "cancelled"):
        end = event({"type": f"response.{status}", "response": {"status": status, "object": "response"}})
        assert failure("openai-responses", *begun, end) == "Incomplete"
