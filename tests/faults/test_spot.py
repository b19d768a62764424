"""Where `at=` is: by count, by bytes, by time and by name, on streams of every kind."""

from __future__ import annotations

import pytest
from breaking import CHAT, broken, got, recording
from tapes_of_apis import ANTHROPIC, CHAT_TOOLS, TAPES

from mocksse.cassette.model import Interaction
from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.replay.draft import PLAIN
from mocksse.replay.faults import spot
from mocksse.replay.faults.fault import Refused, Spot
from mocksse.replay.faults.values import parse_place
from mocksse.replay.layout import begin, lay_out
from mocksse.replay.pacing import schedule


def found(place: str, tape: Interaction | None = None, pacing: Pacing | None = None) -> Spot:
    tape = tape or recording()
    layout = lay_out(tape, PLAIN)
    times = schedule(tape.response, pacing or Pacing(), lambda: 0.5)
    return spot.find(begin(tape.response, layout, times), parse_place(place))


def offset(events: int, *chunks: bytes) -> int:
    return sum(map(len, (chunks or CHAT)[:events]))


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("head", Spot(-1, None)),
        ("event:0", Spot(0, 0)),
        ("event:1", Spot(offset(1), 1)),
        ("event:4", Spot(offset(4), 4)),
        ("event:5", Spot(offset(5), None)),
        ("byte:0", Spot(0, 0)),
        (f"byte:{offset(1) - 1}", Spot(offset(1) - 1, 0)),
        (f"byte:{offset(1)}", Spot(offset(1), 1)),
        (f"byte:{offset(5)}", Spot(offset(5), None)),
        ("percent:0", Spot(0, 0)),
        ("percent:50", Spot(offset(5) // 2, 2)),
        ("percent:100", Spot(offset(5), None)),
        ("end", Spot(offset(5), None)),
        ("first-text", Spot(offset(1), 1)),
        ("finish", Spot(offset(3), 3)),
        ("done", Spot(offset(4), 4)),
        ("ms:0", Spot(0, 0)),
        ("ms:110", Spot(0, 0)),
        ("ms:110.001", Spot(offset(1), 1)),
        ("ms:150", Spot(offset(4), 4)),
    ],
)
def test_a_place_is_right_before_what_it_names(place: str, where: Spot) -> None:
    assert found(place) == where


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("event:6", "event:6 is beyond the stream, which has 5 events"),
        (f"byte:{offset(5) + 1}", f"is beyond the body, which has {offset(5)} bytes"),
        ("ms:151", "ms:151 is beyond the stream: at this pace its last byte is due at 150 ms"),
        ("reasoning", "reasoning: no reasoning in this stream"),
        ("tool-args", "tool-args: no tool arguments in this stream"),
    ],
)
def test_a_place_that_is_not_there(place: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        found(place)


def test_a_moment_is_one_of_the_pace_at_hand() -> None:
    assert found("ms:75", pacing=Pacing(speed=2)) == Spot(offset(4), 4)
    with pytest.raises(Refused, match="ms:1 is beyond the stream"):
        found("ms:1", pacing=Pacing(speed=INSTANT))


def test_comments_do_not_count_as_events() -> None:
    tape = recording(b": ping\n\n: ping\n\n", *CHAT)
    assert found("event:1", tape).offset == 16 + len(CHAT[0])
    assert found("event:0", tape) == Spot(0, 0)
    assert found("first-text", tape).event == 1


def test_inside_tool_arguments() -> None:
    where = found("tool-args", recording(*CHAT_TOOLS))
    before, inside = offset(4, *CHAT_TOOLS), offset(5, *CHAT_TOOLS)
    assert where.event == 4
    assert before < where.offset < inside
    cut = got(broken("truncate at=tool-args", recording(*CHAT_TOOLS))).body
    assert cut.endswith((rb"{\"cit", rb"{\"ci", rb"{\"city", rb"{\"c"))


def test_names_by_api() -> None:
    where = {
        name: found(name, recording(*ANTHROPIC, path="/v1/messages")).event for name in ("first-text", "reasoning")
    }
    assert where == {"first-text": 6, "reasoning": 2}
    assert found("finish", TAPES["gemini"]).event == 2
    assert found("done", TAPES["ollama"]).event == 4
    with pytest.raises(Refused, match="done: no terminal event in this stream"):
        found("done", TAPES["gemini"])
    with pytest.raises(Refused, match="no API that mocksse knows: places by name need one"):
        found("finish", TAPES["plain"])


def test_a_body_that_cannot_be_read_is_said_to_be_so() -> None:
    tape = recording(b"\x1f\x8b\x08")
    headers = (*tape.response.headers, (b"Content-Encoding", b"gzip"))
    zipped = Interaction("a", tape.request, type(tape.response)(200, headers, "chunked", tape.response.pieces))
    with pytest.raises(Refused, match=r"which has 0 events \(its body is gzip\)"):
        found("event:1", zipped)
    large = recording(b"data: " + b"x" * (17 << 20) + b"\n\n")
    with pytest.raises(Refused, match=r"which has 0 events \(an SSE event at byte 0 is larger than"):
        found("event:1", large)
