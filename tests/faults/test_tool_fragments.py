"""Arguments in single characters: many events, one answer."""

from __future__ import annotations

import pytest
from answers import answers, body_of, edited_values, values
from breaking import broken, got, recording
from tapes_of_apis import CHAT_TOOLS, TAPES

from mocksse import limits
from mocksse.replay.faults.fault import Refused

FINE = "tool-args-fragmented"
CHUNK = b'data: {"id":"c","choices":[{"index":0,"delta":%b,"finish_reason":%b}],"usage":%b}\n\n'


@pytest.mark.parametrize("name", ["chat-tools", "anthropic", "responses", "cohere", "converse", "invoke"])
def test_the_answer_is_the_same_in_finer_pieces(name: str) -> None:
    before, after = answers(FINE, TAPES[name])
    assert after == before
    size = sum(map(len, before.args.values()))
    pieces = sum(1 for chunk in got(broken(FINE, TAPES[name])).chunks) - len(TAPES[name].response.pieces)
    carriers = {"chat-tools": 3, "anthropic": 2, "invoke": 2}.get(name, 1)
    assert pieces == size - carriers


def test_a_bare_delta_becomes_events_of_its_shape() -> None:
    delta = CHUNK % (b'{"tool_calls":[{"index":0,"function":{"arguments":"%b"}}]}', b"null", b"null")
    characters = (rb"\"", "ö".encode(), rb"\ud83c\udf0d", rb"\n")
    tape = recording(b": hm\nid: 4\n" + delta % b"".join(characters), b"data: [DONE]\n\n")
    first, middle, third = (delta % character for character in characters[:3])
    assert body_of(FINE, tape) == first + middle + third + b": hm\nid: 4\n" + delta % rb"\n" + b"data: [DONE]\n\n"


def test_a_call_that_comes_with_other_things_begins_and_ends_with_them() -> None:
    """One event has a text, two calls whole, a finish reason and usage: each of them is told once."""
    calls = (
        b'[{"id":"x","type":"function","index":0,"function":{"name":"f","arguments":"{}"}},'
        b'{"id":"y","type":"function","index":1,"function":{"name":"g","arguments":""}}]'
    )
    tape = recording(
        CHUNK % (b'{"role":"assistant","content":"Hi","tool_calls":%b}' % calls, b'"tool_calls"', b'{"n":1}')
    )
    begin = b'{"id":"x","type":"function","index":0,"function":{"name":"f","arguments":"{"}}'
    empty = b'{"id":"y","type":"function","index":1,"function":{"name":"g","arguments":""}}'
    more = b'{"index":0,"function":{"arguments":"}"}}'
    assert body_of(FINE, tape) == (
        CHUNK % (b'{"role":"assistant","content":"Hi","tool_calls":[%b]}' % begin, b"null", b"null")
        + CHUNK % (b'{"tool_calls":[%b]}' % more, b"null", b"null")
        + CHUNK % (b'{"tool_calls":[%b]}' % empty, b'"tool_calls"', b'{"n":1}')
    )
    before, after = answers(FINE, tape)
    assert after == before


def test_sequence_numbers_go_on() -> None:
    tape = TAPES["responses"]
    after = edited_values(FINE, tape)
    assert [event["sequence_number"] for event in after] == list(range(len(after)))
    assert len(after) == len(values(tape)) + len('{"city":"Köln"}') - 1


def test_new_events_have_chunks_of_their_own_and_the_time_of_the_old() -> None:
    tape = recording(*CHAT_TOOLS[:5])
    due = [write.at_us for write in broken(FINE, tape).writes if write.upto > 0]
    assert due[:4] == [110_000, 120_000, 130_000, 140_000]
    assert due[4 : 4 + len('{"city": "Kö')] == [150_000] * len('{"city": "Kö')


@pytest.mark.parametrize("name", ["gemini", "ollama"])
def test_an_object_has_no_pieces(name: str) -> None:
    with pytest.raises(Refused, match="none of its events has more than one character"):
        broken(FINE, TAPES[name])


def test_fine_already() -> None:
    delta = CHUNK % (b'{"tool_calls":[{"index":0,"function":{"arguments":"%b"}}]}', b"null", b"null")
    with pytest.raises(Refused, match="more than one character"):
        broken(FINE, recording(delta % b"{", delta % b"}"))


def test_what_would_be_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FAULT_BYTES", 1000)
    with pytest.raises(Refused, match="0 MiB"):
        broken(FINE, TAPES["chat-tools"])
