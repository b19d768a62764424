"""An interaction out of a seed: what was wanted is in it, at the pace that was wanted, and always the same."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from growth import assert_linear

from mocksse.cassette.dump import dumps
from mocksse.cassette.load import loads
from mocksse.cassette.model import Cassette, Interaction, Response
from mocksse.cassette.pacing import Fixed, FromCassette, Pacing
from mocksse.cassette.units import api_of, text_counts, units
from mocksse.generate.made import Tool, Wanted, make
from mocksse.providers.encode.counts import counts_of
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.turn import Turn, merge

PACE = Pacing(ttft=Fixed(300), tps=50)
TOOLS = (Tool("weather", {"city": "Köln 🌍"}), Tool("time", {}))
every = pytest.mark.parametrize("api", ENCODERS)


def turn_of(interaction: Interaction) -> Turn:
    return merge(api_of(interaction), units(interaction.response))


def text_times(response: Response, counts: tuple[int, ...]) -> list[int]:
    return [at for at, count in zip(response.piece_times_us, counts, strict=True) if count]


@every
def test_what_was_wanted_is_in_it(api: str) -> None:
    made = make(Wanted(api, PACE, words=20, reasoning=9, tools=TOOLS, usage=True, model="m-1", prompt="Why?"), 4)
    turn = turn_of(made)
    assert len(turn.first.text.split()) == 20
    assert len(turn.first.reasoning.split()) == 9
    assert [(c.name, c.arguments) for c in turn.first.tool_calls] == [("weather", '{"city":"Köln 🌍"}'), ("time", "{}")]
    assert len({call.id for call in turn.first.tool_calls} - {""}) == 2
    assert (b'"m-1"' in made.response.body) == (api != "cohere"), "Cohere does not say its model"
    assert b"Why?" in (made.request.body or b"")
    assert made.name == f"{api}-4"
    assert (made.recorded and made.recorded.by, made.recorded and made.recorded.at) == ("mocksse generate", "")
    assert loads(dumps(Cassette((made,))).encode()) == Cassette((made,))


@every
@pytest.mark.parametrize("text", ["", "👩‍👩‍👧‍👦 ist 日本 «ок»\r\n\u2028\x00", "data: [DONE]\n\n"])
def test_any_text_comes_back(api: str, text: str) -> None:
    made = make(Wanted(api, PACE, text=text), 0)
    assert turn_of(made).first.text == text


@every
def test_a_seed_is_the_same_bytes_and_another_seed_others(api: str) -> None:
    wanted = Wanted(api, replace(PACE, jitter=30), reasoning=5, tools=TOOLS)
    first, again, other = (dumps(Cassette((make(wanted, seed),))) for seed in (1, 1, 2))
    assert first == again != other


def test_pace_and_api_change_no_word() -> None:
    texts = {turn_of(make(Wanted(api, pace), 3)).first.text for api in ENCODERS for pace in (PACE, Pacing())}
    assert len(texts) == 1


@every
def test_the_pace_is_the_one_that_was_wanted(api: str) -> None:
    made = make(Wanted(api, PACE, words=10, reasoning=3), 0)
    response = made.response
    assert response.head_after_us == response.piece_times_us[0] == 300_000
    times = text_times(response, text_counts(api_of(made), response))
    assert {later - before for before, later in pairwise(times)} == {20_000}
    assert response.end_us == response.piece_times_us[-1] == times[-1]
    assert response.end.how == "complete"


def test_jitter_and_gaps_of_a_recording_are_drawn_from_the_seed() -> None:
    jittered = make(Wanted("cohere", replace(PACE, jitter=50), words=30), 0).response
    gaps = [piece.after_us for piece in jittered.pieces[1:] if piece.after_us]
    assert len(set(gaps)) > 10
    assert all(10_000 <= gap <= 30_000 for gap in gaps)

    sample = (1_000, 70_000)
    pace = Pacing(ttft=FromCassette("x", (5_000,)), gap=FromCassette("x", sample))
    drawn = make(Wanted("cohere", pace, words=30), 0).response
    assert drawn.piece_times_us[0] == 5_000
    assert {piece.after_us for piece in drawn.pieces[1:] if piece.after_us} == set(sample)


@every
def test_usage_counts_what_is_in_the_stream(api: str) -> None:
    made = make(Wanted(api, PACE, words=10, reasoning=3, usage=True), 0)
    counts = counts_of(turn_of(made).usage)
    assert counts is not None
    assert counts.output == sum(text_counts(api_of(made), made.response))
    assert counts.input > 0


def test_usage_is_left_out_only_where_it_has_to_be_asked_for() -> None:
    without = [api for api in ENCODERS if not turn_of(make(Wanted(api, PACE), 0)).usage]
    assert without == ["openai-chat"]


@every
def test_twice_the_words_take_twice_the_time(api: str) -> None:
    def cpu_seconds(words: int) -> float:
        began = time.process_time()
        dumps(Cassette((make(Wanted(api, PACE, words=words, usage=True), 0),)))
        return time.process_time() - began

    assert_linear(cpu_seconds, 400)


def test_the_way_of_cutting_is_seen_in_the_stream() -> None:
    api = api_of(made := make(Wanted("openai-chat", PACE, text="🇨🇭", cut="character"), 0))
    assert sum(text_counts(api, made.response)) == 2
    made = make(Wanted("openai-chat", PACE, text="🌍", cut="half"), 0)
    assert rb'"content":"\ud83c"' in made.response.body
