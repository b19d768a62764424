"""The arithmetic of the pacing words, and the draws: seeded, in order, and of the shape that their name says."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from statistics import fmean, median, quantiles, stdev
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tapes import responses

from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, LogNormal, Normal, Pacing
from mocksse.replay.pacing import Times, is_drawn, resolve, schedule

if TYPE_CHECKING:
    from collections.abc import Iterable

RECORDED = Response(
    200,
    (),
    "chunked",
    (Piece(2_000, b"a"), Piece(30_000, b"b"), Piece(1_000, b"c", more=True), Piece(500, b"d"), Piece(90_000, b"e")),
    End(4_000, "complete", (Piece(1_000, b"r"), Piece(2_000, b"s"))),
    head_after_us=100_000,
)


def no_draw() -> float:
    raise AssertionError("nothing to draw")


def times(pacing: Pacing, response: Response = RECORDED, text: tuple[int, ...] = ()) -> Times:
    return schedule(response, pacing, no_draw, text)


def ms(*values: float) -> tuple[int, ...]:
    return tuple(round(value * 1000) for value in values)


@pytest.mark.parametrize(
    ("pacing", "head", "pieces", "end", "rest"),
    [
        (Pacing(), 100, (102, 132, 133, 133.5, 223.5), 227.5, (228.5, 230.5)),
        (Pacing(speed=2.0), 50, (51, 66, 66.5, 66.75, 111.75), 113.75, (114.25, 115.25)),
        (Pacing(speed=0.5), 200, (204, 264, 266, 267, 447), 455, (457, 461)),
        (Pacing(speed=INSTANT), 0, (0, 0, 0, 0, 0), 0, (0, 0)),
        (Pacing(max_gap=10), 10, (12, 22, 23, 23.5, 33.5), 37.5, (38.5, 40.5)),
        (Pacing(max_gap=0), 0, (0, 0, 0, 0, 0), 0, (0, 0)),
        (Pacing(gap=Fixed(7)), 100, (102, 109, 116, 116.5, 123.5), 127.5, (128.5, 130.5)),
        (Pacing(gap=Fixed(7), speed=INSTANT), 0, (0, 7, 14, 14, 21), 21, (21, 21)),
        (Pacing(gap=Fixed(7), max_gap=3), 3, (5, 8, 11, 11.5, 14.5), 17.5, (18.5, 20.5)),
        (Pacing(ttft=Fixed(400)), 100, (400, 430, 431, 431.5, 521.5), 525.5, (526.5, 528.5)),
        (Pacing(ttft=Fixed(40)), 40, (40, 70, 71, 71.5, 161.5), 165.5, (166.5, 168.5)),
        (Pacing(ttft=Fixed(0)), 0, (0, 30, 31, 31.5, 121.5), 125.5, (126.5, 128.5)),
        (Pacing(ttft=Fixed(400), speed=INSTANT), 0, (400,) * 5, 400, (400, 400)),
        (Pacing(ttft=Fixed(400), max_gap=250), 100, (250, 280, 281, 281.5, 371.5), 375.5, (376.5, 378.5)),
    ],
)
def test_each_word_does_what_it_says(
    pacing: Pacing, head: float, pieces: tuple[float, ...], end: float, rest: tuple[float, ...]
) -> None:
    assert times(pacing) == Times(*ms(head), ms(*pieces), *ms(end), ms(*rest))


def test_tps_waits_before_text_and_before_nothing_else() -> None:
    # 50 text events a second are 20 ms each; the piece that shares a chunk with the one before keeps its recorded time.
    found = times(Pacing(tps=50), text=(1, 1, 0, 0, 2))
    assert found.pieces_us == ms(102, 122, 122, 122.5, 162.5)
    assert times(Pacing(tps=50), text=()).pieces_us == ms(102, 102, 102, 102.5, 102.5)


def test_an_answer_without_a_body_has_a_head_and_an_end() -> None:
    bare = Response(204, (), "length", (), End(3_000), head_after_us=5_000)
    assert times(Pacing(), bare) == Times(5_000, (), 8_000, ())
    assert times(Pacing(ttft=Fixed(20)), bare).head_us == 5_000
    assert times(Pacing(ttft=Fixed(2)), bare) == Times(2_000, (), 5_000, ())


@given(responses(), st.floats(0.01, 100))
def test_speed_divides_every_wait(response: Response, factor: float) -> None:
    found = times(Pacing(speed=factor), response)
    waits = 2 + len(response.pieces)
    assert abs(found.end_us - response.end_us / factor) <= waits
    assert list(found.pieces_us) == sorted(found.pieces_us)
    assert times(Pacing(speed=1.0), response).pieces_us == response.piece_times_us


# --- Draws

MANY = Response(200, (), "chunked", tuple(Piece(10_000, b"x") for _ in range(5001)))


def gaps_ms(pacing: Pacing, seed: str = "s") -> list[float]:
    at = schedule(MANY, pacing, Random(seed).random).pieces_us
    return [(after - before) / 1000 for before, after in pairwise(at)]


def test_a_normal_distribution_has_its_mean_and_deviation() -> None:
    gaps = gaps_ms(Pacing(gap=Normal(350, 50)))
    assert fmean(gaps) == pytest.approx(350, abs=3)
    assert stdev(gaps) == pytest.approx(50, abs=2)
    below = gaps_ms(Pacing(gap=Normal(10, 20)))
    assert min(below) == 0
    assert sum(gap == 0 for gap in below) / len(below) == pytest.approx(0.31, abs=0.03)


def test_a_log_normal_distribution_has_its_percentiles() -> None:
    gaps = gaps_ms(Pacing(gap=LogNormal(350, 1200)))
    assert median(gaps) == pytest.approx(350, rel=0.05)
    assert quantiles(gaps, n=100)[94] == pytest.approx(1200, rel=0.08)
    assert min(gaps) > 0


def test_a_log_normal_distribution_may_be_a_point() -> None:
    assert set(gaps_ms(Pacing(gap=LogNormal(20, 20)))) == {20}


def test_a_sample_is_drawn_from_evenly() -> None:
    sample = (1_000, 2_000, 5_000)
    gaps = gaps_ms(Pacing(gap=FromCassette("x.yaml", sample)))
    for us in sample:
        assert gaps.count(us / 1000) / len(gaps) == pytest.approx(1 / 3, abs=0.03)


def test_jitter_stays_within_its_share() -> None:
    gaps = gaps_ms(Pacing(jitter=20))
    assert 8 <= min(gaps) < 8.1
    assert 11.9 < max(gaps) <= 12
    assert fmean(gaps) == pytest.approx(10, abs=0.1)
    assert min(gaps_ms(Pacing(jitter=100))) < 0.1


def test_no_wait_is_longer_than_max_gap_not_even_a_drawn_one() -> None:
    assert max(gaps_ms(Pacing(gap=LogNormal(350, 1200), jitter=50, max_gap=400))) == 400


def test_jitter_leaves_what_does_not_wait_alone() -> None:
    assert schedule(RECORDED, Pacing(speed=INSTANT, jitter=50), no_draw).end_us == 0


@pytest.mark.parametrize(
    "pacing",
    [
        Pacing(jitter=10),
        Pacing(gap=Normal(30, 5)),
        Pacing(ttft=LogNormal(300, 900)),
        Pacing(gap=FromCassette("x", (1, 9, 4))),
    ],
)
def test_a_seed_fixes_every_draw(pacing: Pacing) -> None:
    assert is_drawn(pacing)
    one, same, other = (schedule(MANY, pacing, Random(seed).random) for seed in ("0:a:1", "0:a:1", "0:a:2"))
    assert one == same
    assert one != other


def test_nothing_is_drawn_where_nothing_is_left_to_chance() -> None:
    pacing = Pacing(speed=2, gap=Fixed(5), ttft=Fixed(6), max_gap=4, seed=7, jitter=0)
    assert not is_drawn(pacing)
    assert times(pacing).head_us


@pytest.mark.parametrize("value", [0.0, 1 - 2**-53])
def test_the_ends_of_the_range_of_a_draw_are_durations_too(value: float) -> None:
    for duration in (Normal(350, 50), LogNormal(350, 1200), FromCassette("x", (5, 6))):
        found = schedule(RECORDED, Pacing(gap=duration, ttft=duration, jitter=10), lambda: value)
        assert 0 <= found.head_us <= found.end_us < 10**9


# --- from:CASSETTE

TAPES = (
    Interaction("a", Request("/"), RECORDED),
    Interaction("b", Request("/"), replace(RECORDED, pieces=(), head_after_us=1)),
    Interaction("c", Request("/"), replace(RECORDED, pieces=(Piece(5, b"x"), Piece(7, b"y")), head_after_us=50)),
)


def test_a_sample_is_the_gaps_between_chunks_of_a_recording() -> None:
    asked: list[str] = []

    def read(name: str) -> Iterable[Interaction]:
        asked.append(name)
        return TAPES

    found = resolve(Pacing(gap=FromCassette("g.yaml"), ttft=FromCassette("t.yaml"), jitter=3), read)
    assert found.gap == FromCassette("g.yaml", (30_000, 1_000, 90_000, 7))
    assert found.ttft == FromCassette("t.yaml", (102_000, 55))
    assert found.jitter == 3
    assert asked == ["g.yaml", "t.yaml"]


def test_what_is_no_sample_is_left_as_it_is() -> None:
    pacing = Pacing(gap=Fixed(3), ttft=Normal(4, 1))
    assert resolve(pacing, lambda _: ()) is pacing
