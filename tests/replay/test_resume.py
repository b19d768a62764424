"""What a client gets that comes back: the very bytes, and when they are due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from breaking import CHAT, got, recording

from mocksse.cassette.model import End, Piece
from mocksse.cassette.pacing import Pacing
from mocksse.errors import UsageError
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.faults.grammar import parse
from mocksse.replay.layout import lay_out
from mocksse.replay.resume import Last, knows, ordered, response_id

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.replay.draft import Layout
    from mocksse.replay.plan import Plan

IDS = (b"id: a\ndata: 1\n\n", b"id: b\ndata: 2\n\n", b"id: c\ndata: 3\n\n", b"id: d\ndata: 4\n\n")


def resumed(last: str | None, *chunks: bytes, faults: str = "", strict: bool = False, **more: Any) -> Plan:
    """The plan for a client that comes back to this recording; without chunks to IDS."""
    return play(recording(*(chunks or IDS), **more), last, faults, strict=strict)


def play(tape: Interaction, last: str | None, faults: str = "", **more: Any) -> Plan:
    return compile_plan(tape, Pacing(), faults=parse(faults) if faults else (), last=last, **more)


def layout(*chunks: bytes, path: str = "/v1/chat/completions") -> Layout:
    return lay_out(recording(*chunks, path=path), Context())


def body(plan: Plan) -> bytes:
    return got(plan).body


@pytest.mark.parametrize(
    ("last", "rest"),
    [("a", IDS[1:]), ("b", IDS[2:]), ("c", IDS[3:]), ("d", ()), (" b\t", IDS[2:]), (None, IDS), ("", IDS)],
)
def test_the_rest_is_what_is_behind_the_event_with_that_id(last: str | None, rest: tuple[bytes, ...]) -> None:
    answer = got(resumed(last))
    assert answer.chunks == rest
    assert (answer.status, answer.whole, answer.header("x-mocksse-note")) == (200, True, None)


def test_who_has_seen_all_gets_a_stream_without_events_and_with_its_proper_end() -> None:
    plan = resumed("d")
    assert plan.wire.endswith(b"\r\n\r\n0\r\n\r\n")
    assert plan.finish == "complete"
    assert plan.end_us == 105_000


@pytest.mark.parametrize(
    ("stream", "last", "rest"),
    [
        (b"id:1\ndata:a\n\nid:2\ndata:b\n\n", "1", b"id:2\ndata:b\n\n"),
        (b"id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", "1", b"data: b\r\n\r\n"),
        (b"id: 1\rdata: a\r\rdata: b\r\r", "1", b"data: b\r\r"),
        (b"\xef\xbb\xbfid: 1\ndata: a\n\ndata: b\n\n", "1", b"data: b\n\n"),
        (b"data: a\nid: 1\n\ndata: b\n\n", "1", b"data: b\n\n"),
        # an id counts where nothing is dispatched
        (b"data: a\n\nid: 1\n\n: ping\n\ndata: b\n\n", "1", b": ping\n\ndata: b\n\n"),
        # an event without an id has that of the one before, and is not seen for sure
        (b"id: 1\ndata: a\n\ndata: b\n\ndata: c\n\n", "1", b"data: b\n\ndata: c\n\n"),
        # of two in a block the second counts, of two blocks the later one
        (b"id: 1\nid: 2\ndata: a\n\ndata: b\n\n", "2", b"data: b\n\n"),
        (b"id: 1\ndata: a\n\nid: 1\ndata: b\n\ndata: c\n\n", "1", b"data: c\n\n"),
        # what is no id field, and no id
        (b"data: id: 1\n\nid: 1\ndata: a\n\n", "1", b""),
        (b"data: x\nid: 1 \n\ndata: b\n\n", "1", b"data: b\n\n"),
        (b"id: \xe2\x80\xa6\ndata: a\n\ndata: b\n\n", "…", b"data: b\n\n"),
        (b"id: \xe2\x80\xa6\ndata: a\n\ndata: b\n\n", "\udce2\udc80\udca6", b"data: b\n\n"),
        (b"id: \xff\ndata: a\n\ndata: b\n\n", "�", b"data: b\n\n"),
        # only the byte order mark that leads a body is stripped: this one was not
        (b"id: 1\ndata: a\n\n\xef\xbb\xbfdata: b\n\n", "1", b"\xef\xbb\xbf\xef\xbb\xbfdata: b\n\n"),
    ],
)
def test_ids_are_found_as_the_standard_has_them(stream: bytes, last: str, rest: bytes) -> None:
    assert body(resumed(last, stream)) == rest


@pytest.mark.parametrize(
    ("stream", "last"),
    [
        (b"id: 1\nid: 2\ndata: a\n\ndata: b\n\n", "1"),
        (b"id: 1\0\ndata: a\n\ndata: b\n\n", "1\0"),
        (b"id: x\ndata: a\n\nid: y\ndata: b", "y"),
        (b"id: x\ndata: a\n\ndata: b\n\n", "1"),
        (b" id: 1\nidx: 1\nid : 1\nid: y\ndata: a\n\n", "1"),
        (b"id: x\ndata: a\n\n", "x\n"),
        (b"data: a\n\n", "2"),
        (b"data: a\n\n", "-1"),
        (b"data: a\n\n", "\N{ARABIC-INDIC DIGIT ONE}"),
        (b"data: a\n\n", "9" * 5000),
    ],
)
def test_an_id_that_nobody_has_brings_everything_and_a_note(stream: bytes, last: str) -> None:
    answer = got(resumed(last, stream))
    assert answer.body == stream
    note = answer.header("x-mocksse-note")
    assert note is not None
    assert note.startswith("resume: no event has the id ")
    assert len(note) < 400
    with pytest.raises(UsageError, match="no event has the id"):
        resumed(last, stream, strict=True)


@pytest.mark.parametrize("count", range(6))
def test_without_ids_a_number_counts_the_events_seen(count: int) -> None:
    assert got(resumed(str(count), *CHAT)).chunks == CHAT[count:]


def test_comments_and_blocks_without_data_are_not_counted() -> None:
    stream = b": ping\n\ndata: 1\n\nevent: x\n\n: ping\ndata: 2\n\ndata: 3\n\n"
    assert body(resumed("2", stream)) == b"data: 3\n\n"
    assert body(resumed("1", stream)) == b"event: x\n\n: ping\ndata: 2\n\ndata: 3\n\n"


@pytest.mark.parametrize(
    ("faults", "last", "rest"),
    [
        ("resume", "b", b"".join(IDS[2:])),
        ("resume exact", "b", b"".join(IDS[2:])),
        ("resume mode=replay", "b", b"".join(IDS[1:])),
        ("resume mode=replay events=2", "b", b"".join(IDS)),
        ("resume mode=replay events=99", "b", b"".join(IDS)),
        ("resume mode=skip", "b", IDS[3]),
        ("resume mode=skip events=2", "b", b""),
        ("resume mode=skip events=99", "a", b""),
        ("resume mode=ignore", "b", b"".join(IDS)),
        ("resume mode=ignore", "unknown", b"".join(IDS)),
        ("resume restart", "b8", b"id: b9\ndata: 1\n\nid: b10\ndata: 2\n\nid: b11\ndata: 3\n\nid: b12\ndata: 4\n\n"),
        ("resume restart", "b", b"id: b.1\ndata: 1\n\nid: b.2\ndata: 2\n\nid: b.3\ndata: 3\n\nid: b.4\ndata: 4\n\n"),
        ("ids format=e{n:03d} replace=yes every=2; resume restart", "e009",
         b"data: 1\n\nid: e010\ndata: 2\n\ndata: 3\n\nid: e011\ndata: 4\n\n"),
        # of several the first holds: the server leaves out those whose turn it is not
        ("resume mode=skip; resume mode=ignore", "b", IDS[3]),
    ],
)  # fmt: skip
def test_a_server_takes_the_id_in_its_own_way(faults: str, last: str, rest: bytes) -> None:
    answer = got(resumed(last, faults=faults))
    assert answer.body == rest
    assert answer.header("x-mocksse-note") is None


def test_a_mode_means_nothing_to_a_client_that_comes_for_the_first_time() -> None:
    for mode in ("exact", "replay", "skip", "ignore", "restart"):
        plan = resumed(None, faults=f"resume {mode}")
        assert (plan.digest, plan.marks) == (resumed(None).digest, ())


def test_skipped_events_are_counted_from_the_ones_that_were_seen() -> None:
    stream = b"data: 1\n\nid: x\n\n: ping\n\ndata: 2\n\ndata: 3\n\n"
    assert body(resumed("x", stream, faults="resume skip")) == b"data: 3\n\n"
    assert body(resumed("x", stream, faults="resume replay")) == stream


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        ("exact", "3 events seen, the rest follows"),
        ("replay", "3 events seen, 1 of them again"),
        ("replay events=9", "3 events seen, 3 of them again"),
        ("skip events=9", "3 events seen, 1 more lost"),
    ],
)
def test_a_mark_says_what_became_of_the_events(mode: str, what: str) -> None:
    (mark,) = resumed("c", faults=f"resume {mode}").marks
    assert (mark.offset, mark.what) == (0, f"behind the id 'c': {what}")


def test_nothing_is_seen_again_where_events_are_lost() -> None:
    assert body(resumed("x", b"data: 1\n\nid: x\n\n: ping\n\n", faults="resume skip")) == b": ping\n\n"


def test_words_that_do_not_go_together_are_refused_where_they_are_written() -> None:
    with pytest.raises(UsageError, match=r"events= means nothing to mode=ignore"):
        parse("resume mode=ignore events=3")
    with pytest.raises(UsageError, match="neither a line end nor a NUL"):
        resumed("a\nid: b", faults="resume restart", strict=True)


def test_the_rest_keeps_its_gaps_and_begins_as_late_as_its_first_event_did_behind_the_one_before() -> None:
    tape = recording(*IDS, end=End(9000))
    waits = (1000, 20_000, 300_000, 4000)
    pieces = tuple(Piece(us, chunk) for us, chunk in zip(waits, IDS, strict=True))
    tape = replace(tape, response=replace(tape.response, pieces=pieces))

    def times(last: str | None) -> list[int]:
        plan = play(tape, last)
        return [write.at_us - 100_000 for write in plan.writes if write.upto >= 0] + [plan.end_us - 100_000]

    assert times(None) == [1000, 21_000, 321_000, 325_000, 334_000, 334_000]
    assert times("a") == [20_000, 320_000, 324_000, 333_000, 333_000]
    assert times("b") == [300_000, 304_000, 313_000, 313_000]
    assert times("d") == [9000, 9000]
    assert times("x") == times(None)


def test_what_is_behind_the_body_comes_as_long_behind_it() -> None:
    tape = recording(*IDS, end=End(5000, "malformed", (Piece(2000, b"zz"), Piece(3000, b"z"))))
    for last, last_us in ((None, 140_000), ("a", 130_000), ("d", 100_000)):
        plan = play(tape, last)
        assert [(write.at_us, write.data) for write in plan.writes[-2:]] == [
            (last_us + 7000, b"zz"),
            (last_us + 10_000, b"z"),
        ]


def test_marks_are_where_they_are_in_the_rest() -> None:
    plan = resumed("b", faults="retry 1ms at=event:1; retry 2ms at=event:3; truncate at=event:1")
    rest = b"retry: 1\n\n" + IDS[2]
    assert body(plan) == rest
    assert [mark.offset for mark in plan.marks] == [0, len(rest), 0, len(rest)]


def test_an_id_amid_a_chunk_cuts_there_and_what_was_due_together_is_due_at_once() -> None:
    plan = resumed("a", IDS[0] + IDS[1], IDS[2] + IDS[3][:5], IDS[3][5:])
    assert got(plan).chunks == (IDS[1], IDS[2] + IDS[3][:5], IDS[3][5:])
    assert [write.at_us for write in plan.writes] == [100_000, 100_000, 110_000, 120_000, 125_000]


@pytest.mark.parametrize(("last", "rest"), [("a", IDS[1:]), ("d", ()), (None, IDS)])
def test_a_length_is_that_of_the_rest(last: str | None, rest: tuple[bytes, ...]) -> None:
    tape = recording(*IDS, framing="length")
    headers = (*tape.response.headers, (b"Content-Length", b"60"))
    answer = got(play(replace(tape, response=replace(tape.response, headers=headers)), last))
    assert (answer.body, answer.whole) == (b"".join(rest), True)
    assert answer.header("content-length") == str(sum(map(len, rest)))


def test_a_length_that_never_came_whole_is_short_by_as_much() -> None:
    tape = recording(*IDS, framing="length", end=End(0, "cut"))
    headers = (*tape.response.headers, (b"Content-Length", b"100"))
    tape = replace(tape, response=replace(tape.response, headers=headers))
    for last, rest in ((None, IDS), ("b", IDS[2:]), ("d", ())):
        plan = play(tape, last)
        answer = got(plan)
        assert (answer.body, answer.whole, plan.finish) == (b"".join(rest), False, "fin")
        missing = int(answer.header("content-length") or 0) - len(answer.body)
        assert missing == 100 - sum(map(len, IDS))


def test_a_chunk_that_never_came_whole_is_short_by_as_much() -> None:
    tape = recording(*IDS, end=End(0, "reset"))
    pieces = (*tape.response.pieces[:-1], Piece(0, IDS[3], of=len(IDS[3]) + 7))
    tape = replace(tape, response=replace(tape.response, pieces=pieces))
    for last, size in (("b", len(IDS[3]) + 7), ("d", 7)):
        plan = play(tape, last)
        assert b"\r\n%x\r\n" % size in plan.wire
        assert (got(plan).whole, plan.finish) == (False, "reset")


@pytest.mark.parametrize(
    ("stream", "faults", "rest"),
    [
        (b"".join(IDS), "retry 100ms", b"retry: 100\n\n"),
        (b"".join(IDS), "retry 100ms at=event:1", b"retry: 100\n\n"),
        (b"retry: 5\n\n" + b"".join(IDS), "", b"retry: 5\n\n"),
        (b"id: 0\nretry: 5\ndata:\n\nretry: 7x\nretry: 06\n" + b"".join(IDS), "", b"retry: 6\n\n"),
        (b"retry: 5\n\n" + b"".join(IDS), "retry 1s", b"retry: 5\n\n"),
        (b"retry: 5\r\n\r\n" + b"".join(IDS), "", b"retry: 5\r\n\r\n"),
    ],
)
def test_how_long_to_wait_is_said_again(stream: bytes, faults: str, rest: bytes) -> None:
    plan = resumed("b", stream, faults=faults)
    assert got(plan).chunks == (rest, IDS[2] + IDS[3])
    assert body(resumed("d", stream, faults=faults)) == rest, "also where there is nothing else to say"


def test_how_long_to_wait_is_said_once_where_it_is_still_to_come() -> None:
    assert body(resumed("b", faults="retry 100ms at=event:3")) == IDS[2] + b"retry: 100\n\n" + IDS[3]


def test_faults_break_the_rest_and_count_its_events() -> None:
    for faults in ("reset at=event:1; retry 10ms; ids replace=yes", "ids replace=yes; retry 10ms; reset at=event:1"):
        plan = resumed("2", faults=faults)
        assert body(plan) == b"retry: 10\n\nid: 3\ndata: 3\n\n"
        assert plan.finish == "reset"
    assert body(resumed("2", *CHAT, faults="truncate at=first-text; ids")) == b"", "the next text is the first one"
    note = got(resumed("b", faults="reset at=event:3")).header("x-mocksse-note")
    assert note == "reset at=event:3: event:3 is beyond the stream, which has 2 events"


@pytest.mark.parametrize(
    ("tape", "note"),
    [
        (
            recording(b'{"a":1}\n{"b":2}\n', content_type="application/x-ndjson"),
            "needs server-sent events, and this is NDJSON",
        ),
        (
            recording(b'{"error":{}}', content_type="application/json", status=429),
            "this is an answer that is no stream",
        ),
        (recording(b"data: ", b"1"), "no events in this body"),
        (recording(b"\x1f\x8b\x08"), "no events in this body"),
    ],
)
def test_a_body_that_is_no_stream_of_events_comes_whole_with_a_note(tape: Interaction, note: str) -> None:
    answer = got(play(tape, "1"))
    assert answer.body == tape.response.body
    assert note in str(answer.header("x-mocksse-note"))


def test_a_look_at_the_head_has_no_rest() -> None:
    answer = got(compile_plan(recording(*IDS), Pacing(), context=Context("HEAD"), last="b"))
    assert answer.body == b""
    assert answer.header("x-mocksse-note") == "resume: this answer has no body"


# --- OpenAI's Responses: the id is a number in the payload

CREATED = (
    b'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}\n\n'
)
DELTAS = tuple(
    b'data: {"type":"response.output_text.delta","sequence_number":%d,"delta":"%d"}\n\n' % (n, n) for n in (1, 2, 4)
)
RESPONSES = (CREATED, *DELTAS)
PATH = "/v1/responses"


@pytest.mark.parametrize(
    ("last", "rest"),
    [("0", RESPONSES[1:]), ("1", RESPONSES[2:]), ("2", RESPONSES[3:]), ("3", RESPONSES[3:]), ("4", ()), ("9", ())],
)
def test_responses_go_on_behind_a_sequence_number(last: str, rest: tuple[bytes, ...]) -> None:
    assert got(resumed(last, *RESPONSES, path=PATH)).chunks == rest


def test_what_has_no_number_goes_with_the_event_before_it() -> None:
    stream = (RESPONSES[0], b": ping\n\n", b"data: x\n\n", *RESPONSES[1:], b"data: [DONE]\n\n")
    assert body(resumed("0", *stream, path=PATH)) == b"".join(stream[3:])
    for last in ("4", "99999"):
        assert body(resumed(last, *stream, path=PATH)) == b""


def test_numbers_count_events_where_an_answer_has_none() -> None:
    stream = (b'data: {"type":"response.created"}\n\n', b'data: {"type":"response.completed"}\n\n')
    assert got(resumed("1", *stream, path=PATH)).chunks == stream[1:]


def test_a_recording_is_known_by_the_ids_in_it() -> None:
    assert [knows(layout(*IDS), Last(last)) for last in ("a", " d", "e", "1", "")] == [True, True, False, False, False]
    assert not knows(layout(*CHAT), Last("1")), "a count is no id"
    assert [knows(layout(*CHAT), Last(last), parse("ids; reset")) for last in ("1", "6")] == [True, False]
    assert knows(layout(*IDS), Last("a"), parse("ids")), "which can't be put where there are some"
    found = [knows(layout(*RESPONSES, path=PATH), Last(last)) for last in ("0", "3", "4", "-1")]
    assert found == [True, False, True, False]


def test_a_count_of_events_is_no_id_even_where_there_are_ids() -> None:
    stream = (b"id: 2\ndata: a\n\n", b"id: 1\ndata: b\n\n", b"data: c\n\n")
    for last, rest in ((Last("1"), stream[2:]), (Last("1", is_number=True), stream[1:])):
        assert got(compile_plan(recording(*stream), Pacing(), last=last)).chunks == rest
    assert knows(layout(*stream), Last("1"))
    assert not knows(layout(*stream), Last("1", is_number=True))
    assert knows(layout(*RESPONSES, path=PATH), Last("4", is_number=True), parse("ids"))


def test_a_response_is_known_by_its_id() -> None:
    assert response_id(layout(*RESPONSES, path=PATH)) == "resp_1"
    assert response_id(layout(b'data: {"type":"keepalive","sequence_number":0}\n\n', CREATED, path=PATH)) == "resp_1"
    assert response_id(layout(b"data: [DONE]\n\n", path=PATH)) is None
    assert response_id(layout(*CHAT)) is None


def test_without_a_client_that_comes_back_the_list_of_faults_is_as_it_was() -> None:
    specs = parse("reset; truncate")
    assert ordered(specs, None) is specs
    assert [spec.text for spec in ordered(parse("reset; resume; ids"), "")] == ["ids", "reset"]
    assert [spec.text for spec in ordered(parse("reset; ids"), "1")] == ["ids", "resume", "reset"]


def test_the_work_on_a_body_is_done_once_and_the_recording_stays_as_it_is() -> None:
    tape = recording(*IDS)
    kept = lay_out(tape, Context())
    plans = [play(tape, "b", "ids replace=yes format=x{n}; resume", layout=kept) for _ in range(2)]
    clean = play(tape, None, layout=kept)
    assert plans[0].digest == plans[1].digest
    assert clean.digest == play(tape, None).digest
