"""Finish reasons that are null, odd, early, or come twice, in each API where a client reads them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from breaking import CHAT, broken, got, recording
from tapes_of_apis import ANTHROPIC, CONVERSE, OLLAMA, RESPONSES, TAPES

from mocksse.cassette.units import api_of
from mocksse.providers.framing import frames
from mocksse.providers.registry import fragments_of
from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

A, B, C, D, DONE = CHAT


def with_reason(event: bytes, reason: bytes) -> bytes:
    return event.replace(b"}]}", b',"finish_reason":"' + reason + b'"}]}')


STREAMS = [
    "chat",
    "chat-tools",
    "anthropic",
    "responses",
    "gemini",
    "gemini-array",
    "cohere",
    "ollama",
    "converse",
    "invoke",
    "tgi",
]


def body(faults: str, tape: Interaction | None = None) -> bytes:
    return got(broken(faults, tape)).body


def said(tape: Interaction, body: bytes, *kinds: str) -> list[str]:
    """All that a client reads of these kinds."""
    api = api_of(tape)
    assert api
    read = frames(tape.response.header("content-type") or "", body)
    return [f.text for frame in read for f in fragments_of(api, frame) if f.kind in kinds]


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("null-finish", A + B + C + D.replace(b'"stop"', b"null") + DONE),
        ("duplicate-finish", A + B + C + D + D + DONE),
        ("early-finish", A + with_reason(B, b"stop") + C + D + DONE),
        ("early-finish events=all", A + with_reason(B, b"stop") + with_reason(C, b"stop") + D + DONE),
        ("odd-finish-reason", b"".join(with_reason(event, b"") for event in (A, B, C)) + D + DONE),
        ("odd-finish-reason value=None", b"".join(with_reason(event, b"None") for event in (A, B, C)) + D + DONE),
    ],
)
def test_a_chat(faults: str, expected: bytes) -> None:
    assert body(faults) == expected


def test_of_several_choices_each_has_its_own() -> None:
    both = b'data: {"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}\n\n'
    ends = (
        b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
        b'data: {"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}\n\n',
    )
    tape = recording(both, *ends)
    odd = both.replace(b'"a"}', b'"a"},"finish_reason":""').replace(b'"b"}', b'"b"},"finish_reason":""')
    assert body("odd-finish-reason", tape) == odd + b"".join(ends)
    assert body("null-finish", tape) == both + ends[0].replace(b'"stop"', b"null") + ends[1].replace(
        b'"length"', b"null"
    )
    assert body("missing-finish", tape) == both


@pytest.mark.parametrize("name", STREAMS)
def test_null_finish(name: str) -> None:
    tape = TAPES[name]
    there = body("null-finish", tape)
    reasons = said(tape, there, "finish")
    assert reasons in ([], [""]), "Ollama's and Responses' last event ends the answer by itself"
    assert said(tape, there, "text", "reasoning", "tool") == said(tape, tape.response.body, "text", "reasoning", "tool")


@pytest.mark.parametrize("name", [name for name in STREAMS if name != "gemini"])
def test_the_reason_comes_twice_and_the_text_once(name: str) -> None:
    tape = TAPES[name]
    there = body("duplicate-finish", tape)
    assert said(tape, there, "finish") == 2 * said(tape, tape.response.body, "finish")
    assert said(tape, there, "text", "reasoning", "tool") == said(tape, tape.response.body, "text", "reasoning", "tool")


@pytest.mark.parametrize("name", [name for name in STREAMS if name != "gemini"])
def test_the_reason_is_there_with_the_first_text(name: str) -> None:
    tape = TAPES[name]
    there = body("early-finish", tape)
    kinds = ("text", "reasoning", "tool")
    assert said(tape, there, *kinds) == said(tape, tape.response.body, *kinds)
    (reason,) = said(tape, tape.response.body, "finish")
    assert said(tape, there, "finish") == [reason, reason]
    order = said(tape, there, *kinds, "finish")
    assert order.index(reason) <= 1 + order.index(said(tape, there, *kinds)[0])


@pytest.mark.parametrize(
    ("name", "index", "event"),
    [
        ("anthropic", 2, ANTHROPIC[-2]),
        ("responses", 2, RESPONSES[-1]),
        ("ollama", 0, OLLAMA[-1]),
        ("converse", 1, CONVERSE[-2]),
    ],
)
def test_a_reason_with_an_event_of_its_own_comes_in_a_copy_of_it(name: str, index: int, event: bytes) -> None:
    tape = TAPES[name]
    before = b"".join(piece.data for piece in tape.response.pieces[:index])
    whole = tape.response.body
    assert body("early-finish", tape) == before + event + whole[len(before) :]
    with pytest.raises(Refused, match="an event of its own"):
        broken("early-finish events=all", tape)
    with pytest.raises(Refused, match="an event of its own"):
        broken("odd-finish-reason", tape)


def test_a_reason_beside_text_comes_again_without_it() -> None:
    tape = TAPES["gemini-array"]
    whole = tape.response.body
    last = whole[whole.index(b'{"candidates"', 5) : -1]
    assert body("duplicate-finish", tape) == whole[:-1] + b"\r\n,\r\n" + last.replace(" Flüsse".encode(), b"") + b"]"


def test_gemini_has_its_reason_in_every_chunk() -> None:
    tape = TAPES["gemini-array"]
    whole = tape.response.body
    assert body("odd-finish-reason value=null", tape) == whole.replace(b"]}}]}", b']},"finishReason":"null"}]}', 1)


@pytest.mark.parametrize("name", ["null-finish", "odd-finish-reason", "early-finish", "duplicate-finish"])
@pytest.mark.parametrize(
    ("tape", "why"),
    [
        (recording(A, B), "no finish reason in this stream"),
        (TAPES["plain"], "no API that mocksse knows"),
        (recording(b"not JSON\n\n"), "no events in this body|no finish reason"),
    ],
)
def test_refusals(name: str, tape: Interaction, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(name, tape)


def test_refusals_of_their_own() -> None:
    with pytest.raises(Refused, match="no text or tool call is in front"):
        broken("early-finish", recording(A, D, DONE))
    with pytest.raises(Refused, match="in one event with a tool call"):
        broken("duplicate-finish", TAPES["gemini"])


def test_what_is_too_much_is_counted_as_it_is_made() -> None:
    with pytest.raises(Refused, match="to put in; 67,108,864 is the most"):
        broken(f"odd-finish-reason value={'x' * 20_000}", recording(CHAT[1] * 5000, *CHAT[3:]))


def inside_bedrock(*inner: dict[str, Any]) -> Interaction:
    """A stream of InvokeModel whose chunks hold these."""
    hidden = (base64.b64encode(json.dumps(value).encode()) for value in inner)
    chunks = [eventstream.encode(((":event-type", "chunk"),), b'{"bytes":"%b"}' % text) for text in hidden]
    path, content_type = "/model/m/invoke-with-response-stream", "application/vnd.amazon.eventstream"
    return recording(*chunks, path=path, content_type=content_type)


NOVA = (
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "Hello"}, "contentBlockIndex": 0}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"inputTokens": 1, "outputTokens": 1}}},
)
TITAN = ({"outputText": "Hel", "index": 0}, {"outputText": "lo", "index": 0, "completionReason": "FINISH"})


def finishes(tape: Interaction, body: bytes) -> list[str]:
    api = api_of(tape)
    assert api is not None
    events = frames(tape.response.content_type, body)
    return [said.text for event in events for said in fragments_of(api, event) if said.kind == "finish"]


@pytest.mark.parametrize(("inner", "reason"), [(NOVA, "end_turn"), (TITAN, "FINISH")], ids=["nova", "titan"])
def test_what_bedrock_alone_can_read_is_read_by_it(inner: Any, reason: str) -> None:
    tape = inside_bedrock(*inner)
    for faults, found in (("null-finish", []), ("early-finish", [reason] * 2), ("incomplete-terminal", ["max_tokens"])):
        assert finishes(tape, got(broken(faults, tape)).body) == found


def test_recorded_models_inside_bedrock(recorded: dict[str, Interaction]) -> None:
    """Those whose events are no vendor's own stream too: Nova's, Titan's, Claude's before Messages."""
    found = [tape for name, tape in recorded.items() if name.startswith("bedrock_invoke")]
    assert found
    for tape in found:
        assert len(finishes(tape, tape.response.body)) == 1
        assert finishes(tape, got(broken("null-finish", tape)).body) == []
