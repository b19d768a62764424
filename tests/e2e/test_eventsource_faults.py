"""Chromium's own EventSource against faults: the legal ones change no event, and drops it survives as it was told.

Every fault whose law leaves the events as they are is played, those to come as well, all over one page's streams.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from breaking import quick, recording
from eventsource import hearing, listen, listen_to_all
from served import serving

from mocksse.cassette.model import Request
from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eventsource import Hearing, Listened
    from playwright.sync_api import Browser

    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.fault import Fault

Events = list[tuple[str, str]]

CONNECTING, OPEN, CLOSED = 0, 1, 2
pytestmark = pytest.mark.long

FAST = Pacing(speed=20)
TYPES = ("start", "tick")
DELTAS = ("", "Grüße", ", 🌍", " — 東京", "!")
CHAT = (*(f'{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}' for text in DELTAS), "[DONE]")
NAMED = (
    b": warming up\r\n\r\n",
    b'event: start\r\nid: a-1\r\ndata: {\r\ndata:   "n": 1}\r\n\r\n',
    "id: a-2\r\ndata: zwölf 🌍\r\n\r\n".encode(),
    b"data\r\ndata:\r\ndata:  two spaces\r\nid: a-3\r\nevent: tick\r\n\r\n",
    b"id: a-4\r\nevent: tick\r\ndata: four\r\nretry: 40\r\n\r\n: still there\r\n\r\n",
    b"data: [DONE]\r\n\r\n",
)


def tape(chunks: Iterable[bytes]) -> Interaction:
    """A recording that a GET asks for."""
    return replace(recording(*chunks), request=Request("/events", "GET"))


STREAMS: dict[str, tuple[Interaction, Events]] = {
    "chat": (
        tape(f"data: {data}\n\n".encode() for data in CHAT),
        [("message", data) for data in CHAT],
    ),
    "named": (
        tape(NAMED),
        [
            ("start", '{\n  "n": 1}'),
            ("message", "zwölf 🌍"),
            ("tick", "\n\n two spaces"),
            ("tick", "four"),
            ("message", "[DONE]"),
        ],
    ),
}
"""Two streams and the events in them: OpenAI's manner, and all that an event stream may have."""


def split(specs: str) -> tuple[str, ...]:
    return tuple(specs.split("; ")) if specs else ()


def variants(fault: Fault) -> list[str]:
    """The fault behind what stands before it in its example, alone, everywhere, and with each word it may be given."""
    before: list[str] = []
    for spec in split(quick(fault.name)):
        before.append(spec)
        if spec.partition(" ")[0] == fault.name:
            break
    alone = before[-1].split(" ")  # a value in quotes is taken apart as well, and put together again
    everywhere = [word for word in alone if not word.startswith("at=")]
    found = ["; ".join(before), " ".join(alone), " ".join(everywhere)]
    for param in fault.params:
        kept = [word for word in everywhere if not word.startswith(f"{param.name}=")]
        found += [" ".join([*kept, f"{param.name}={word}"]) for word in param.words if param.unit == "word"]
    return list(dict.fromkeys(found))


LEGAL = {fault.name: variants(fault) for fault in FAULTS.values() if fault.law in {"REFRAMING", "SHAPING"}} | {
    "several": ["leading-bom; split in=bom", "crlf; split in=crlf", "ids; cr; rechunk size=3; gzip"]
}
"""Specs of every fault that leaves all events as they are."""


def fits(spec: str, stream: Interaction) -> bool:
    with suppress(Refused):
        compile_plan(stream, FAST, faults=parse(spec), strict=True)
        return True
    return False


@pytest.fixture(scope="module")
def heard(browser: Browser) -> dict[tuple[str, str], Listened]:
    """What a page hears of each stream, by the stream and the faults it can have; "" is none."""
    specs = ["", *(spec for each in LEGAL.values() for spec in each)]
    served = {
        (name, spec): replace(stream, name=f"{name} {n}", request=Request(f"/{name}/{n}", "GET"), faults=split(spec))
        for name, (stream, _) in STREAMS.items()
        for n, spec in enumerate(specs)
        if not spec or fits(spec, stream)
    }
    with serving(*served.values(), pacing=FAST) as server:
        urls = [f"http://127.0.0.1:{server.port}{one.request.path}" for one in served.values()]
        return dict(zip(served, listen_to_all(browser, urls, TYPES), strict=True))


def told(one: Listened) -> Events:
    return [(type_, data) for type_, data, _ in one.events]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_page_hears_what_the_stream_says(stream: str, heard: dict[tuple[str, str], Listened]) -> None:
    assert told(heard[stream, ""]) == STREAMS[stream][1]


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_fault_changes_no_event(name: str, heard: dict[tuple[str, str], Listened]) -> None:
    played = [(stream, spec) for stream in STREAMS for spec in LEGAL[name] if (stream, spec) in heard]
    assert played, "it can be played over neither stream"
    for stream, spec in played:
        one = heard[stream, spec]
        assert told(one) == STREAMS[stream][1], f"{spec} over {stream}"
        assert (one.states, one.result.outcome) == ([("open", OPEN)], "ok"), f"{spec} over {stream}"


# --- Drops


WORDS = ("eins", "zwölf", "🌍", "東京", "fünf", "[DONE]")
WHOLE = [("message", word, str(number)) for number, word in enumerate(WORDS, 1)]
"""All events, with the ids that `ids` gives them."""


EVENTS = tape(f"data: {word}\n\n".encode() for word in WORDS)


@contextmanager
def heard_by(monkeypatch: pytest.MonkeyPatch, faults: str, stream: Interaction) -> Iterator[tuple[str, Hearing]]:
    """Where the stream is served with the faults, and what is asked for there."""
    with hearing(monkeypatch) as asked, serving(replace(stream, faults=split(faults))) as server:
        yield f"http://127.0.0.1:{server.port}/events", asked


def waits(asked: Hearing) -> list[float]:
    """Seconds from each request to the next: as long as the time to come back was at least."""
    return [then.at - first.at for first, then in pairwise(asked.requests)]


@pytest.mark.parametrize("drop", ["reset", "truncate", "fin-mid-chunk", "missing-final-chunk"])
def test_it_comes_back_for_the_rest_after_the_time_it_was_told(
    drop: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with heard_by(monkeypatch, f"ids; retry 300ms; {drop} at=event:2 times=1", EVENTS) as (url, asked):
        found = listen(browser, url)
    assert found.events == WHOLE
    assert found.states == [("open", OPEN), ("error", CONNECTING), ("open", OPEN)]
    assert asked.last_event_ids() == [None, "2"]
    assert waits(asked)[0] >= 0.3


@pytest.mark.parametrize("drop", ["reset", "truncate"])
def test_it_comes_back_as_often_as_it_is_dropped(drop: str, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    with heard_by(monkeypatch, f"ids; retry 60ms; {drop} at=event:1 times=4", EVENTS) as (url, asked):
        found = listen(browser, url)
    assert found.events == WHOLE
    assert asked.last_event_ids() == [None, "1", "2", "3", "4"]
    assert min(waits(asked)) >= 0.06


def test_ids_of_the_streams_own_count_as_well(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    stream, wanted = STREAMS["named"]
    with heard_by(monkeypatch, "retry 20ms; truncate at=event:1", stream) as (url, asked):
        found = listen(browser, url, types=TYPES)
    assert told(found) == wanted
    assert asked.last_event_ids() == [None, "a-1", "a-2", "a-3", "a-4"]


@pytest.mark.parametrize(
    "answer",
    ["status 204", "status 503", "status 404", "content-type application/json", "html-error 200", "redirect to=none"],
)
def test_it_stops_for_good_where_it_is_told_to_or_the_answer_is_no_stream(
    answer: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = f"ids; retry 20ms; truncate at=event:2; {answer} on=resume"
    with heard_by(monkeypatch, faults, EVENTS) as (url, asked):
        found = listen(browser, url, until_closed=True)
    assert found.events == WHOLE[:2]
    assert found.states == [("open", OPEN), ("error", CONNECTING), ("error", CLOSED)]
    assert asked.last_event_ids() == [None, "2"]


@pytest.mark.parametrize("value", ["1x", "-1", "1e1", "\u0661"])
def test_a_bogus_time_to_come_back_leaves_the_old_one(
    value: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = f"ids; bogus-retry at=event:1 value={value}; retry 200ms; truncate at=event:2 times=1"
    with heard_by(monkeypatch, faults, EVENTS) as (url, asked):
        found = listen(browser, url)
    assert found.events == WHOLE
    assert waits(asked)[0] >= 0.2


def test_an_id_with_a_nul_in_it_leaves_the_one_before(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = "ids every=2; nul-in-id; retry 20ms; truncate at=event:3 times=1"
    with heard_by(monkeypatch, faults, EVENTS) as (url, asked):
        found = listen(browser, url)
    assert asked.last_event_ids() == [None, "2"]
    # What came behind the last id comes again.
    assert [data for _, data, _ in found.events] == [*WORDS[:3], *WORDS[2:]]
