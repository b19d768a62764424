"""A tape is played from work done once, and every play is drawn from its own seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.model import Interaction, Piece, Request, Response
from mocksse.cassette.pacing import Normal, Pacing
from mocksse.replay.draft import Context
from mocksse.replay.faults.grammar import parse
from mocksse.server.tape import Kind, Tape

if TYPE_CHECKING:
    from mocksse.replay.plan import Sends

CHAT = (
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
    b'data: {"choices":[{"index":0,"delta":{"content":"Ri"}}]}\n\n',
    b'data: {"choices":[{"index":0,"delta":{"content":"ve',
    b'rs"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"."}}]}\n\n',
    b"data: [DONE]\n\n",
)
SSE = ((b"Content-Type", b"text/event-stream"),)


def tape(*data: bytes, pacing: Pacing | None = None, file: str = "f", headers: object = SSE) -> Tape:
    pieces = tuple(Piece(20_000, part) for part in data)
    response = Response(200, headers, "chunked", pieces)  # type: ignore[arg-type]
    return Tape(file, Interaction("a", Request("/v1/chat/completions"), response), pacing or Pacing())


def plays(made: Tape, count: int) -> list[Sends]:
    return [made.play(Kind(), number).sends for number in range(1, count + 1)]


def test_without_chance_every_play_is_the_same_object() -> None:
    made = tape(*CHAT)
    first, second = plays(made, 2)
    assert first is second
    assert made.play(Kind(Context(origin="http://a"))).sends is not first


def test_with_chance_every_play_is_another_and_the_bytes_are_shared() -> None:
    made = tape(*CHAT, pacing=Pacing(gap=Normal(20, 5)))
    first, second = plays(made, 2)
    assert first.at_us != second.at_us
    assert b"".join(first.data) == b"".join(second.data)
    assert first.data[1] is second.data[1]
    assert not made._kept


def test_the_draws_depend_on_seed_tape_and_count_and_on_nothing_else() -> None:
    drawn = Pacing(gap=Normal(20, 5))
    one, same = tape(*CHAT, pacing=drawn), tape(*CHAT, pacing=drawn)
    same.play(Kind(Context(origin="http://elsewhere")), 7)
    assert plays(one, 2) == plays(same, 2)
    first = plays(tape(*CHAT, pacing=drawn), 1)
    assert plays(tape(*CHAT, pacing=drawn, file="g"), 1) != first
    assert plays(tape(*CHAT, pacing=Pacing(gap=Normal(20, 5), seed=1)), 1) != first
    assert plays(tape(*CHAT, pacing=Pacing(gap=Normal(20, 5), seed=0)), 1) == first


def test_the_kinds_that_are_kept_are_those_asked_for_last() -> None:
    made = tape(*CHAT)
    first = made.play(Kind())
    for i in range(100):
        made.play(Kind(Context(origin=f"http://page{i}")))
        assert made.play(Kind()) is first
    assert len(made._kept) == 64


def test_what_a_request_makes_large_is_not_kept() -> None:
    big = parse(f"comment-keepalive where=inside text={'x' * 200}")
    for size, kept in ((1000, True), (5 * 2**20, False)):
        made = tape(b"data: " + b"x" * size + b"\n\n")
        assert made.play(Kind()) is made.play(Kind()), "the recording itself, whatever its size"
        for kind in (Kind(faults=big), Kind(Context(origin="http://a")), Kind(pacing=Pacing(speed=2), is_paced=True)):
            assert (made.play(kind) is made.play(kind)) == kept


def test_where_nothing_is_drawn_all_seeds_have_one_play() -> None:
    made = tape(*CHAT)
    kinds = [
        Kind(faults=parse("truncate at=event:2"), pacing=Pacing(speed=2), seed=seed) for seed in (None, *range(99))
    ]
    assert len({id(made.play(kind)) for kind in kinds}) == 1
    drawn = [Kind(pacing=Pacing(gap=Normal(20, 5)), seed=seed) for seed in (0, 1, 1)]
    first, second, third = (made.play(kind).sends for kind in drawn)
    assert first != second
    assert second == third


def test_a_play_of_many_small_sends_weighs_what_they_take() -> None:
    """Counted by its bytes it would be kept, and so would 63 more like it."""
    made = tape(b"data: " + b"x" * 40_000 + b"\n\n")
    for spec, kept in (("byte-at-a-time flush=yes", False), ("rechunk size=100 flush=yes", True)):
        kind = Kind(faults=parse(spec))
        ready = made.play(kind)
        assert ready.weight >= 150 * len(ready.sends.at_us)
        assert (made.play(kind) is ready) == kept
    assert made._kept_bytes == ready.weight


def test_any_number_of_origins_is_answered_and_few_are_kept() -> None:
    made = tape(*CHAT)
    for i in range(200):
        assert f"http://page{i}".encode() in made.play(Kind(Context(origin=f"http://page{i}"))).sends.data[0]
    assert len(made._kept) <= 64
    assert made._layout.cache_info().currsize == 1


def test_an_event_counts_where_its_last_byte_comes() -> None:
    assert tape(*CHAT).text_events == (0, 1, 0, 2, 0)
    assert tape(b"".join(CHAT)).text_events == (3,)


def test_tps_is_of_events_with_text() -> None:
    at = tape(*CHAT, pacing=Pacing(tps=100)).play(Kind()).sends.at_us
    # 20 ms to the first piece; 10 ms before an event with text, nothing before others: those go with the one before.
    assert at == (0, 20_000, 30_000, 50_000)


@pytest.mark.parametrize(
    ("data", "headers"), [((b"\xff\x00", b"{"), SSE), ((), SSE), ((b"<html>",), ((b"Content-Type", b"text/html"),))]
)
def test_what_is_no_stream_has_no_text_events(data: tuple[bytes, ...], headers: object) -> None:
    assert tape(*data, headers=headers).text_events == (0,) * len(data)
