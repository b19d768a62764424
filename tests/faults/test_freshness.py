"""Ids and times that are new at each play: their shape, that they agree with each other, and what stays as it was."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from answers import answer, body_of, values
from breaking import CHAT, broken, recording
from hypothesis import given
from hypothesis import strategies as st
from tapes_of_apis import TAPES

from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN, Shelf
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.freshness import renewed
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.times import seconds, shifted
from mocksse.replay.layout import lay_out
from mocksse.wire import eventstream

NOW = 1_800_000_123.9


def play(number: int = 1, seed: int = 0, now: float = NOW) -> Play:
    return Play(seed=seed, interaction="a", number=number, now=lambda: now)


def fresh(name: str, number: int = 1, seed: int = 0) -> list[Any]:
    return values(TAPES[name], body_of("fresh-ids", TAPES[name], play(number, seed)))


def test_each_play_has_its_own() -> None:
    bodies = {body_of("fresh-ids", TAPES["chat-tools"], play(number, seed)) for number in (1, 2) for seed in (0, 1)}
    assert len(bodies) == 4
    again = [broken("fresh-ids", TAPES["chat-tools"], play=play(7, 3)).digest for _ in range(2)]
    assert again[0] == again[1]


def test_a_plan_with_fresh_ids_is_no_other_plays() -> None:
    asked = play()
    broken("fresh-ids", TAPES["chat-tools"], play=asked)
    assert asked.asked


def test_chat() -> None:
    before, after = values(TAPES["chat-tools"]), fresh("chat-tools")
    (id_,) = {event["id"] for event in after if event}
    assert re.fullmatch(r"chatcmpl-[A-Za-z0-9]{3}", id_)
    assert id_ != "chatcmpl-Ab3"
    calls = [tool["id"] for event in after if event for choice in event["choices"]
             for tool in choice["delta"].get("tool_calls", ()) if "id" in tool]  # fmt: skip
    assert len(set(calls)) == 2
    assert all(re.fullmatch(r"call_[0-9a-f]{2}", call) for call in calls)
    assert {event["created"] for event in after if event} == {int(NOW)}
    assert len(body_of("fresh-ids", TAPES["chat-tools"])) == len(TAPES["chat-tools"].response.body)
    assert [e and e["choices"] and e["choices"][0]["delta"].get("content") for e in after] == [
        e and e["choices"] and e["choices"][0]["delta"].get("content") for e in before
    ]


def test_what_belongs_together_still_does() -> None:
    after = fresh("responses")
    items = [event["item"]["id"] for event in after if "item" in event]
    assert [re.sub(r"\d", "1", item) for item in items] == ["rs_1", "msg_1", "fc_1"]
    assert {event["item_id"] for event in after if "item_id" in event} == set(items)
    assert after[0]["response"]["id"] == after[-1]["response"]["id"] != "resp_01"
    assert after[-1]["response"]["created_at"] == int(NOW)


@pytest.mark.parametrize("name", ["anthropic", "invoke", "converse", "cohere", "gemini"])
def test_only_ids_change(name: str) -> None:
    tape = TAPES[name]
    body = body_of("fresh-ids", tape, play())
    assert body != tape.response.body
    assert len(body) == len(tape.response.body)
    api = api_of(tape)
    before, after = (answer(api, tape.response.content_type, b) for b in (tape.response.body, body))
    assert (after.text, after.reasoning, after.args, after.finish) == (
        before.text,
        before.reasoning,
        before.args,
        before.finish,
    )


def test_text_is_never_touched() -> None:
    """Not where it quotes an id, nor an argument that is called one, nor the request that Responses repeats."""
    said = (
        b'data: {"id":"gen-1751918758-SZqPQw","choices":[{"delta":{"content":"gen-1751918758-SZqPQw",'
        b'"tool_calls":[{"index":0,"function":{"arguments":"{\\"id\\":\\"gen-1751918758-SZqPQw\\"}"}}]}}]}\n\n'
    )
    (body,) = values(recording(said), body_of("fresh-ids", recording(said), play()))
    assert re.fullmatch(r"gen-\d{10}-[A-Za-z0-9]{6}", body["id"])
    assert body["choices"] == values(recording(said))[0]["choices"]
    tool = {"id": "toolu_017z", "type": "tool_use", "name": "f", "input": {"id": "user_1", "created": 1_760_000_000}}
    start = json.dumps({"type": "content_block_start", "index": 0, "content_block": tool}).encode()
    tape = recording(b"event: content_block_start\ndata: " + start + b"\n\n", path="/v1/messages")
    (after,) = values(tape, body_of("fresh-ids", tape, play()))
    assert after["content_block"]["input"] == tool["input"]
    assert after["content_block"]["id"] != tool["id"]
    asked = {"id": "resp_1", "previous_response_id": "resp_0", "tools": [{"id": "x1"}], "metadata": {"id": "m1"}}
    tape = recording(b"data: " + json.dumps({"type": "response.created", "response": asked}).encode() + b"\n\n",
                     path="/v1/responses")  # fmt: skip
    (after,) = values(tape, body_of("fresh-ids", tape, play()))
    assert {**after["response"], "id": "resp_1"} == asked


def test_times_of_ollama() -> None:
    line = b'{"created_at":"%b","message":{"content":"a"},"done":%b}\n'
    tape = recording(
        line % (b"2026-11-22T10:00:00.385406455-07:00", b"false"),
        line % (b"2026-11-22T10:00:02.5-07:00", b"true"),
        path="/api/chat",
        content_type="application/x-ndjson",
    )
    body = body_of("fresh-ids", tape, play(now=1_800_000_000.0))
    assert body == line % (b"2027-01-15T01:00:00.385406455-07:00", b"false") + line % (
        b"2027-01-15T01:00:02.5-07:00",
        b"true",
    )


@pytest.mark.parametrize(
    ("old", "late", "new"),
    [
        ("1760000000", 5, "1760000005"),
        ("1760000000.25", 5, "1760000005.25"),
        ("1760000000123", 5, "1760000005123"),
        ("1760000000", -1_759_999_999, "1760000000"),
        ("2026-12-31T23:59:59Z", 1, "2027-01-01T00:00:00Z"),
        ("2026-12-31 23:59:59", 1, "2027-01-01 00:00:00"),
        ("9999-12-31T23:59:59Z", 1, "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_is_written_as_before(old: str, late: int, new: str) -> None:
    assert shifted(old, late) == new


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("1760000000", 1_760_000_000),
        ("1760000000.5", 1_760_000_000),
        ("1760000000500", 1_760_000_000),
        ("2026-11-22T10:00:00Z", 1_795_341_600),
        ("2026-11-22T10:00:00.123456789+05:30", 1_795_321_800),
        ("2026-11-22 03:00:00-07:00", 1_795_341_600),
        ("0001-01-01T00:00:00Z", None),
        ("2026-13-22T10:00:00Z", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_a_time_is_read(text: str, since: int | None) -> None:
    assert seconds(text) == since


END_OF_9999 = 253_402_300_799


@given(st.integers(0, END_OF_9999), st.integers(-(10**11), 10**11))
def test_dates_are_those_of_the_calendar(since: int, late: int) -> None:
    text = datetime.fromtimestamp(since, UTC).isoformat()
    later = since + late if 0 <= since + late <= END_OF_9999 else since
    assert seconds(text) == since
    assert shifted(text, late) == datetime.fromtimestamp(later, UTC).isoformat()


@pytest.mark.parametrize("created", [b"0", b"null", b'"yesterday"', b"true", b'"2026-11-22"'])
def test_what_is_no_time_stays(created: bytes) -> None:
    body = b'data: {"id":"chatcmpl-1","created":%b,"choices":[]}\n\n' % created
    assert body_of("fresh-ids", recording(body), play()).endswith(b',"created":%b,"choices":[]}\n\n' % created)


IDS = (
    "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
    "chatcmpl-00a93bf0-be50-4f2a-a2fa-7729472d1b2d",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "toolu_bdrk_011AUYhUb58oWXYL8oEYMb38",
    "call_00_xjY8Z2BvSlzgEmmw0DtH0464",
    "gen-1751918758-SZqPQwAbCdEf",
    "gen_01KKHTPB0VVB4G1GXQ",
    "8d641f96950f401892c98eff1e4335cd",
    "EscTeQY62",
    "get_time_mp1131yrhbga",
    "chatcmpl-526",
    "c1",
)


@given(st.lists(st.sampled_from(IDS), min_size=1, unique=True), st.randoms(use_true_random=False))
def test_an_id_keeps_its_shape(olds: list[str], random: Any) -> None:
    new = renewed(olds, random.random)
    assert len(set(new.values())) == len(olds)
    for old, renewed_id in new.items():
        assert len(renewed_id) == len(old)
        for one, other in zip(old, renewed_id, strict=True):
            assert other.isalnum() == one.isalnum()
            assert one == other or one.isalnum()
        prefix = re.match(r"(?:[A-Za-z]+[_-])*", old)
        assert prefix
        assert renewed_id.startswith(prefix[0])
    uuid = new.get(IDS[1])
    assert uuid is None or re.fullmatch(
        r"chatcmpl-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", uuid
    )
    for same in ("gen-1751918758-SZqPQwAbCdEf", "chatcmpl-526"):
        assert same not in new or re.fullmatch(r"gen-\d{10}-\w{12}|chatcmpl-\d{3}", new[same])


def test_ten_digits_are_not_enough_for_eleven_ids() -> None:
    olds = [f"call_{digit}" for digit in range(10)]
    assert len(set(renewed(olds, lambda: 0.5).values())) == 10


def test_a_place_in_a_list_is_no_id() -> None:
    """Kimi's ids say which function and which call; a source of Cohere's says which result of a call."""
    call = b'"delta":{"tool_calls":[{"index":0,"id":"functions.weather:0","function":{"arguments":"{}"}}]}'
    tape = recording(b'data: {"id":"chatcmpl-1a","choices":[{"index":0,%b}]}\n\n' % call)
    assert call in body_of("fresh-ids", tape, play())
    source = (
        b'event: tool-call-start\ndata: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":'
        b'{"id":"get_time_mp1131yrhbga"}}}}\n\nevent: citation-start\ndata: {"type":"citation-start","index":0,'
        b'"delta":{"message":{"citations":{"sources":[{"id":"get_time_mp1131yrhbga:0"}]}}}}\n\n'
    )
    tape = recording(source, path="/v2/chat")
    first, second = values(tape, body_of("fresh-ids", tape, play()))
    new = first["delta"]["message"]["tool_calls"]["id"]
    assert re.fullmatch(r"get_time_[a-z0-9]{12}", new)
    assert second["delta"]["message"]["citations"]["sources"] == [{"id": f"{new}:0"}]


@pytest.mark.parametrize(
    ("name", "why"), [("plain", "no API that mocksse knows"), ("tgi", "no id"), ("ollama", "no id and no time")]
)
def test_nothing_to_renew(name: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken("fresh-ids", TAPES[name])


def test_it_composes() -> None:
    """What another fault puts in has the same new id as all else."""
    body = body_of("null-choices; fresh-ids", recording(*CHAT), play())
    assert len({event["id"] for event in values(recording(*CHAT), body) if event}) == 1


@pytest.mark.parametrize("name", ["chat-tools", "responses", "anthropic", "gemini", "cohere", "converse", "invoke"])
def test_nothing_but_the_bytes_of_ids_and_times_is_another(name: str) -> None:
    tape = TAPES[name]
    clean, made = broken("rechunk size=50", tape), broken("rechunk size=50; fresh-ids", tape, play=play())
    assert [(write.at_us, len(write.data)) for write in made.writes] == [
        (write.at_us, len(write.data)) for write in clean.writes
    ]
    assert made.wire != clean.wire


def test_a_frame_that_was_written_another_way_may_be_shorter() -> None:
    """Base64 with line feeds in it is read, and written without."""
    inner = base64.encodebytes(b'{"type":"message_start","message":{"id":"msg_0123456789","role":"assistant"}}')
    data = json.dumps({"bytes": inner.decode()}).encode()
    block = eventstream.encode(((":event-type", "chunk"),), data)
    path, content_type = "/model/m/invoke-with-response-stream", "application/vnd.amazon.eventstream"
    tape = recording(block, block, path=path, content_type=content_type)
    body = body_of("fresh-ids", tape, play())
    assert len(body) < 2 * len(block)
    assert all(isinstance(item, eventstream.Frame) for item in eventstream.parse(body))


def test_what_a_play_makes_of_its_own_body_does_not_push_out_what_all_need() -> None:
    tape = TAPES["chat-tools"]
    layout = replace(lay_out(tape, PLAIN), shelf=Shelf(10_000))
    for number in range(1, 10):
        compile_plan(tape, Pacing(), play(number), layout=layout, faults=parse("fresh-ids; crlf"))

    def again() -> None:
        pytest.fail("where the ids are is looked for once")

    assert layout.once("fresh-ids", again)


@pytest.mark.parametrize(
    ("path", "body", "ids"),
    [
        (
            "/v1/chat/completions",
            b'{"id": "chatcmpl-Ab3", "object": "chat.completion", "created": 1760000000, "choices": [{"index": 0, '
            b'"message": {"content": "chatcmpl-Ab3", "tool_calls": [{"id": "call_7f", "type": "function"}]}}]}',
            ["chatcmpl-Ab3", "call_7f"],
        ),
        (
            "/v1/responses",
            b'{"id":"resp_0a1b","created_at":1760000000,"output":[{"id":"fc_9c2d","call_id":"call_77aa"}]}',
            ["resp_0a1b", "fc_9c2d", "call_77aa"],
        ),
        (
            "/v1/messages",
            b'{"id":"msg_0a1b","content":[{"type":"text","text":"x"},{"type":"tool_use","id":"toolu_9c2d","input":{"id":"k"}}]}',
            ["msg_0a1b", "toolu_9c2d"],
        ),
    ],
)
def test_an_answer_that_is_no_stream_has_new_ones_too(path: str, body: bytes, ids: list[str]) -> None:
    tape = recording(body[:30], body[30:], path=path, content_type="application/json")
    new = body_of("fresh-ids", tape, play())
    assert len(new) == len(body)
    assert new != body
    for old in ids:
        assert new.count(b'"%s"' % old.encode()) == body.count(b'"%s"' % old.encode()) - 1, "its text stays"
    assert b'"id":"k"' in new or b'"id":"k"' not in body
    assert new == body_of("fresh-ids", tape, play())
