"""What comes behind a complete answer: nothing at all, a connection that is gone, bytes that nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, got, recording

from mocksse.cassette.model import End
from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.faults.fault import Refused
from mocksse.replay.plan import join

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing, Interaction

HTTP10 = Context(http="1.0", close=True)
BODY = b"".join(CHAT)
FRAMINGS = ("chunked", "length", "close")


# --- Open


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("context", [Context(), HTTP10])
def test_all_of_the_body_and_no_end(framing: Framing, context: Context) -> None:
    tape = recording(framing=framing)
    plan = broken("open-after-done", tape, context=context)
    assert plan.finish == "hold"
    here = got(plan)
    assert here.body == BODY
    assert here.header("content-length") is None
    assert not plan.wire.endswith(b"0\r\n\r\n")
    assert here.whole == (here.header("transfer-encoding") is None)  # then the end of the connection would be the end
    assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000, 130_000, 140_000, 150_000]


def test_no_trailers_and_no_rest_behind_an_end_that_never_comes() -> None:
    plan = broken("bytes-after-end; open-after-done")
    assert plan.wire.endswith(b"data: [DONE]\n\n\r\n")
    with pytest.raises(Refused, match="held open already"):
        broken("open-after-done; open-after-done")
    with pytest.raises(Refused, match="held open already"):
        broken("open-after-done", recording(end=End(0, "idle")))


# --- Stale


@pytest.mark.parametrize("framing", ["chunked", "length"])
def test_the_connection_goes_with_the_next_request(framing: Framing) -> None:
    tape = recording(framing=framing)
    plan, clean = broken("stale-keepalive", tape), compile_plan(tape, Pacing())
    assert plan.finish == "close-on-next-request"
    assert (plan.writes, plan.end_us) == (clean.writes, clean.end_us)


@pytest.mark.parametrize(
    ("tape", "context", "before"),
    [
        (recording(framing="close"), Context(), ""),
        (recording(), HTTP10, ""),
        (recording(), Context(close=True), ""),
        (recording(end=End(0, "cut")), Context(), ""),
        (recording(), Context(), "reset; "),
        (recording(), Context(), "hang; "),
        (recording(), Context(), "content-length-mismatch; "),
        (recording(), Context(), "bad-chunk-size; "),
        (recording(), Context(), "stale-keepalive; "),
    ],
)
def test_a_connection_that_is_closed_anyway_is_never_stale(tape: Interaction, context: Context, before: str) -> None:
    with pytest.raises(Refused, match="closed behind this answer anyway"):
        broken(f"{before}stale-keepalive", tape, context=context)


# --- Behind


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("", b": keep-alive\n\n"),
        (" as=comment", b": keep-alive\n\n"),
        (" as=answer", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        (' text="more; of it"', b"more; of it"),
    ],
)
@pytest.mark.parametrize("framing", ["chunked", "length"])
def test_bytes_come_behind_the_message_when_it_ends(said: str, data: bytes, framing: Framing) -> None:
    tape = recording(framing=framing)
    plan, clean = broken("bytes-after-end" + said, tape), compile_plan(tape, Pacing())
    assert plan.writes[:-1] == clean.writes
    assert (plan.writes[-1].at_us, plan.writes[-1].data) == (clean.writes[-1].at_us + 5000, data)
    assert (plan.end_us, plan.finish) == (max(plan.writes[-1].at_us, clean.end_us), "complete")
    assert join(broken(f"bytes-after-end gap=0{said}", tape)).data[-1].endswith(clean.writes[-1].data + data)
    assert broken("bytes-after-end" + said, tape, context=Context(close=True)).finish == "fin"


def test_bytes_too_many_can_come_twice() -> None:
    assert broken("bytes-after-end text=a; bytes-after-end text=b").wire.endswith(b"0\r\n\r\nab")
    late = broken("bytes-after-end text=a; stall at=end for=1s")
    assert [write.at_us for write in late.writes[-2:]] == [1_155_000, 1_160_000]


@pytest.mark.parametrize(
    ("tape", "reason"),
    [
        (recording(framing="close"), "bytes behind it would be part of it"),
        (recording(end=End(0, "cut")), "has no end that bytes could be behind"),
    ],
)
def test_without_an_end_there_is_nothing_behind_it(tape: Interaction, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken("bytes-after-end", tape)
