"""Strangers among the events, orphans, and answers that say they are not whole."""

from __future__ import annotations

import base64
import json

import pytest
from answers import answers, body_of, edited_values, values
from breaking import CHAT, broken, events, recording
from tapes_of_apis import ANTHROPIC, COHERE, CONVERSE, RESPONSES, TAPES

from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

KEEPALIVE = b'data: {"type":"keepalive"}\n\n'


@pytest.mark.parametrize(
    ("spec", "body"),
    [
        ("unknown-event-type at=event:0", (KEEPALIVE, *CHAT)),
        ("unknown-event-type at=event:1", (CHAT[0], KEEPALIVE, *CHAT[1:])),
        ("unknown-event-type at=byte:100", (*CHAT[:2], KEEPALIVE, *CHAT[2:])),
        ("unknown-event-type at=end", (*CHAT, KEEPALIVE)),
        ("unknown-event-type at=done kind=text", (*CHAT[:4], b"event: heartbeat\ndata: still alive\n\n", CHAT[4])),
    ],
)
def test_strangers_in_chat(spec: str, body: tuple[bytes, ...]) -> None:
    assert body_of(spec, recording()) == b"".join(body)


def test_strangers_in_each_framing() -> None:
    assert b'event: keepalive\ndata: {"type":"keepalive"}\n\n' in body_of("unknown-event-type", TAPES["anthropic"])
    assert b"event: vertex_event\r\ndata: {" in body_of("unknown-event-type kind=vertex", TAPES["gemini"])
    assert body_of("unknown-event-type at=event:0 kind=text", TAPES["ollama"]).startswith(b"still alive\n{")
    assert edited_values("unknown-event-type at=event:1", TAPES["ollama"])[1] == {"type": "keepalive"}
    array = body_of("unknown-event-type at=end", TAPES["gemini-array"])
    assert json.loads(array)[-1] == {"type": "keepalive"}
    frame = eventstream.parse(body_of("unknown-event-type at=event:2", TAPES["converse"]))[2]
    assert isinstance(frame, eventstream.Frame)
    assert (frame.header(":event-type"), frame.payload) == ("keepalive", b'{"type":"keepalive"}')
    chunk = values(TAPES["invoke"], body_of("unknown-event-type at=event:2", TAPES["invoke"]))[2]
    assert chunk == {"bytes": base64.b64encode(b'{"type":"keepalive"}').decode()}
    with pytest.raises(Refused, match="cannot be an element of an array"):
        broken("unknown-event-type kind=text", TAPES["gemini-array"])


@pytest.mark.parametrize("at", ["event:0", "event:4", "end"])
def test_a_keepalive_takes_a_sequence_number(at: str) -> None:
    after = edited_values(f"unknown-event-type at={at}", TAPES["responses"])
    assert [event["sequence_number"] for event in after] == list(range(len(RESPONSES) + 1))
    assert sum(event["type"] == "keepalive" for event in after) == 1
    without = [{**event, "sequence_number": 0} for event in after if event["type"] != "keepalive"]
    assert without == [{**event, "sequence_number": 0} for event in values(TAPES["responses"])]
    before = body_of(f"unknown-event-type at={at} kind=vertex", TAPES["responses"])
    assert before.count(b'"sequence_number"') == len(RESPONSES)


def without(blocks: tuple[bytes, ...], *indices: int) -> bytes:
    """The body without these events."""
    return b"".join(block for index, block in enumerate(blocks) if index not in indices)


def moved(blocks: tuple[bytes, ...], index: int, to: int) -> bytes:
    """The body with one event further in front."""
    return b"".join((*blocks[:to], blocks[index], *blocks[to:index], *blocks[index + 1 :]))


@pytest.mark.parametrize(
    ("name", "spec", "body"),
    [
        ("anthropic", "orphan-events", without(ANTHROPIC, 1)),
        ("anthropic", "orphan-events at=first-text", without(ANTHROPIC, 4)),
        ("anthropic", "orphan-events at=tool-args", without(ANTHROPIC, 9)),
        ("anthropic", "orphan-events kind=no-message-start", without(ANTHROPIC, 0)),
        ("responses", "orphan-events", without(RESPONSES, 1)),
        ("responses", "orphan-events kind=no-message-start", without(RESPONSES, 0)),
        ("cohere", "orphan-events", without(COHERE, 1)),
        ("cohere", "orphan-events at=tool-args", without(COHERE, 5)),
        ("converse", "orphan-events", without(CONVERSE, 4)),
        ("converse", "orphan-events kind=no-message-start", without(CONVERSE, 0)),
        ("anthropic", "orphan-events kind=out-of-order at=first-text",
         moved(ANTHROPIC, 8, 7)),
        ("responses", "orphan-events kind=out-of-order", moved(RESPONSES, 8, 7)),
        ("cohere", "orphan-events kind=out-of-order", moved(COHERE, 4, 3)),
        ("converse", "orphan-events kind=out-of-order", moved(CONVERSE, 3, 2)),
        ("anthropic", "orphan-events kind=wrong-index at=first-text",
         b"".join((*ANTHROPIC[:6], ANTHROPIC[6].replace(b'"index":1', b'"index":3'), *ANTHROPIC[7:]))),
        ("responses", "orphan-events kind=wrong-index",
         b"".join((*RESPONSES[:2], RESPONSES[2].replace(b'"output_index":0', b'"output_index":3'), *RESPONSES[3:]))),
    ],
)  # fmt: skip
def test_orphans(name: str, spec: str, body: bytes) -> None:
    assert body_of(spec, TAPES[name]) == body


def test_orphans_inside_of_base64() -> None:
    before, after = answers("orphan-events kind=wrong-index at=event:6", TAPES["invoke"])
    assert after == before  # our reader does not look at the block of a text
    assert body_of("orphan-events", TAPES["invoke"]) != TAPES["invoke"].response.body


@pytest.mark.parametrize(
    ("name", "spec", "why"),
    [
        ("chat", "orphan-events", "OpenAI Chat Completions has no events that begin or end a block"),
        ("gemini", "orphan-events", "has no events"),
        ("plain", "orphan-events", "no API that mocksse knows"),
        ("anthropic", "orphan-events at=finish", "no delta at this place or behind it"),
        ("cohere", "orphan-events at=end", "no event at this place or behind it"),
    ],
)
def test_no_orphans_there(name: str, spec: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(spec, TAPES[name])


@pytest.mark.parametrize(
    ("name", "incomplete", "failed"),
    [
        ("chat", "length", "content_filter"),
        ("chat-tools", "length", "content_filter"),
        ("anthropic", "max_tokens", "refusal"),
        ("invoke", "max_tokens", "refusal"),
        ("responses", "max_output_tokens", "failed"),
        ("gemini", "MAX_TOKENS", "SAFETY"),
        ("gemini-array", "MAX_TOKENS", "SAFETY"),
        ("cohere", "MAX_TOKENS", "ERROR"),
        ("converse", "max_tokens", "content_filtered"),
        ("ollama", "length", ""),
        ("tgi", "length", ""),
    ],
)
def test_bad_ends(name: str, incomplete: str, failed: str) -> None:
    before, after = answers("incomplete-terminal", TAPES[name])
    assert after.finish == [incomplete]
    assert (after.text, after.args, after.usage) == (before.text, before.args, before.usage)
    if failed:
        assert answers("incomplete-terminal kind=failed", TAPES[name])[1].finish == [failed]
    else:
        with pytest.raises(Refused, match="has no finish reason that says so"):
            broken("incomplete-terminal kind=failed", TAPES[name])


def test_bad_ends_of_responses() -> None:
    for kind, detail in (("incomplete", "incomplete_details"), ("failed", "error")):
        body = body_of(f"incomplete-terminal kind={kind}", TAPES["responses"])
        type_, data = events(body)[-1]
        payload = json.loads(data)
        assert type_.decode() == payload["type"] == f"response.{kind}"
        assert payload["response"]["status"] == kind
        assert detail in payload["response"]
        assert body.startswith(b"".join(RESPONSES[:-1]))


def test_a_bad_end_changes_one_word() -> None:
    assert body_of("incomplete-terminal", recording()) == b"".join(CHAT).replace(b'"stop"', b'"length"')


@pytest.mark.parametrize(
    ("tape", "why"),
    [
        (recording(CHAT[3].replace(b"stop", b"length")), "ends so already"),
        (recording(*CHAT[:3]), "no finish reason in this stream"),
        (recording(*RESPONSES[:-1], path="/v1/responses"), "no terminal event"),
        (recording(RESPONSES[-1].replace(b"completed", b"incomplete"), path="/v1/responses"), "ends so already"),
    ],
)
def test_no_bad_end(tape: object, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken("incomplete-terminal", tape)  # type: ignore[arg-type]
