"""Laws over the cases: each of the hundred is there once, rests on something, and can be played over its tapes."""

from __future__ import annotations

from collections import Counter

import pytest

from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.cassette.units import api_of, units
from mocksse.errors import UsageError
from mocksse.providers.places import places
from mocksse.replay.compile import Play as Moment
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.cases import CASES as NUMBERED
from mocksse.replay.faults.grammar import parse
from mocksse.torture.case import APIS, EVENTS, MODELS, SEVERITIES, Case
from mocksse.torture.cases import CASES, FAMILIES
from mocksse.torture.clients.described import CAN
from mocksse.torture.cuts import KINDS, cuts
from mocksse.torture.plays import chosen, fits, plays_of
from mocksse.torture.quirk_tapes import QUIRKS
from mocksse.torture.tapes import NAMES, tape_of

CUTS = 2
"""Of a sweep: the laws hold for each alike."""


def test_each_of_the_hundred_is_there_once_under_its_name() -> None:
    numbers = Counter(case.number for case in CASES if case.number)
    assert numbers == Counter(list(NUMBERED))
    for case in CASES:
        if case.number:
            known = NUMBERED[case.number]
            assert (case.family, case.name, case.title) == (known.group, known.name, known.should)


EITHER = {45, 76, 84, 94}
"""The answer or an error, as the catalogue has it: which of them nobody decides, only silence is wrong."""


def test_what_is_right_is_what_the_catalogue_says() -> None:
    for case in CASES:
        if case.number and case.ways:
            kinds = {way.expect.kind for way in case.ways}
            assert NUMBERED[case.number].expect in kinds or case.number in EITHER, case.id
            assert ((case.level == "POLICY") is (NUMBERED[case.number].expect == "POLICY")) is not (
                case.number in EITHER
            )


def test_ids_are_unique_and_families_known() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
    assert FAMILIES == ("transport", "framing", "payload", "http", "reconnection", "quirks")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_rests_on_something_and_can_be_played(case: Case) -> None:
    assert len(case.source) > 5
    assert case.severity in SEVERITIES
    assert set(case.needs) <= CAN.keys()
    assert bool(case.ways) is not bool(case.left_out)
    assert set(case.apis) <= set(APIS)
    for way in case.ways:
        assert set(way.apis) <= set(APIS)
        assert ("{cut}" in way.faults) is bool(way.sweep)
        if way.expect.kind == "POLICY":
            assert (way.level or case.level) == "POLICY", "what nobody decides can't be demanded"


@pytest.mark.parametrize("api", APIS)
def test_every_play_can_be_played_over_its_tape(api: str) -> None:
    names: Counter[str] = Counter()
    for case in CASES:
        for play in plays_of(case, api, most=CUTS):
            names[play.id] += 1
            specs = [spec for spec in parse(play.faults) if spec.when.on != "resume"] if play.faults else []
            specs = [spec for spec in specs if spec.fault.name != "resume" and "MiB" not in spec.text]
            interaction = tape_of(api, play.tape).interaction
            compile_plan(interaction, Pacing(speed=INSTANT), Moment(interaction="tape"), faults=specs, strict=True)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("api", MODELS)
def test_a_tape_says_what_it_is_for(api: str) -> None:
    text, tools, call, empty = (tape_of(api, name).turn.first for name in NAMES)
    assert {len(character.encode()) for character in text.text} == {1, 2, 3, 4}
    assert text.reasoning
    assert len(tools.tool_calls) == 2
    assert len(call.tool_calls) == 1
    assert empty.text == ""
    assert tape_of(api, "text").turn.done or api == "gemini"


def test_the_stream_of_events_is_a_get() -> None:
    request = tape_of(EVENTS, "text").interaction.request
    assert (request.method, request.path) == ("GET", "/stream")


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_is_of_its_api(name: str) -> None:
    quirk = QUIRKS[name]
    api = api_of(quirk.interaction)
    assert api is not None
    assert api.name == quirk.api


@pytest.mark.parametrize("kind", KINDS)
def test_cuts_are_within_the_body_and_the_same_every_time(kind: str) -> None:
    body = tape_of("openai-chat", "text").interaction.response.body
    every, some = cuts(kind, "openai-chat", "text", 0), cuts(kind, "openai-chat", "text", 8)
    assert some == cuts(kind, "openai-chat", "text", 8)
    assert set(some) < set(every)
    assert len(some) == 8
    assert all(0 < int(cut.removeprefix("byte:")) < len(body) for cut in every)


@pytest.mark.parametrize("api", MODELS)
def test_cuts_amid_the_answer_are_behind_its_first_text(api: str) -> None:
    tape = tape_of(api, "text").interaction
    place = places(api_of(tape), units(tape.response), tape.response.body)["first-text"]
    assert all(int(cut.removeprefix("byte:")) > place.offset for cut in cuts("middle", api, "text", 0))


def test_cuts_inside_characters_are_all_of_them() -> None:
    body = tape_of("openai-chat", "text").interaction.response.body
    inside = {int(cut.removeprefix("byte:")) for cut in cuts("utf8", "openai-chat", "text", 0)}

    def parts_a_character(offset: int) -> bool:
        try:
            body[:offset].decode()
        except UnicodeDecodeError:
            return True
        return False

    assert inside == {offset for offset in range(len(body)) if parts_a_character(offset)}


def test_silences_are_made_shorter_and_said_to_be() -> None:
    case = next(case for case in CASES if case.number == 17)
    once, thrice = plays_of(case, "openai-chat", idle_s=2.0)
    assert once.faults == "stall at=event:3 for=1000ms"
    assert once.scaled == "61 s of silence made 1 s"
    assert thrice.scaled == "11 s, 101 s, 301 s of silence made 1 s"
    assert plays_of(case, "openai-chat", idle_s=200.0)[0].scaled == ""


@pytest.mark.parametrize(
    ("run", "skip", "ids"),
    [
        (["27"], [], {"framing/split-utf8"}),
        (["framing/split-*"], [], {"framing/split-utf8", "framing/split-crlf"}),
        (["split-*"], ["33"], {"framing/split-utf8"}),
        (["http"], ["http/r*"], {case.id for case in CASES if case.family == "http" and "/r" not in case.id}),
        (["framing/split-utf8:at=byte:*"], [], {"framing/split-utf8"}),
    ],
)
def test_patterns(run: list[str], skip: list[str], ids: set[str]) -> None:
    assert {case.id for case in chosen(CASES, run, skip)} == ids


def test_a_pattern_picks_one_play() -> None:
    case = next(case for case in CASES if case.number == 64)
    names = [play.name for play in plays_of(case, "openai-chat") if fits(play, ["64:and on*"], [])]
    assert names == ["and on it goes"]
    assert all(fits(play, [play.id], []) for play in plays_of(case, "openai-chat"))


def test_a_pattern_of_nothing_is_said() -> None:
    with pytest.raises(UsageError, match="no case fits 'framing/split-utf'") as error:
        chosen(CASES, ["framing/split-utf"], [])
    assert error.value.hint == "did you mean framing/split-utf8?"
