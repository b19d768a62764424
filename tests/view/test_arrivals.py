import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import DONE, SSE, delta, finish, recording

from mocksse import limits
from mocksse.cassette.load import load
from mocksse.cassette.model import Interaction
from mocksse.cassette.units import units
from mocksse.providers.turn import merge
from mocksse.view.arrivals import Arriving, read

SHIPPED = [i for path in sorted(Path("cassettes").glob("*.yaml")) for i in load(path)]


def test_each_unit_has_the_time_of_its_last_byte_and_its_chunk() -> None:
    text = delta(content="Hel")
    found = read(recording((20, text[:9]), (5, text[9:] + b": ping\n\n"), (7, b"retry: 9\n\n"), (1, DONE)))
    assert [(a.at_us, a.lane, a.chunk) for a in found.arrivals] == [
        (35_000, "text", 1),
        (35_000, "comment", 1),
        (42_000, "retry", 2),
        (43_000, "done", 3),
    ]
    assert found.turn.first.text == "Hel"
    assert found.turn.done


@pytest.mark.parametrize(
    ("path", "body", "lanes"),
    [
        ("/v1/chat/completions", delta(reasoning_content="Hm") + finish(), ["reasoning", "finish"]),
        ("/v1/messages", b'event: ping\ndata: {"type": "ping"}\n\n', ["ping"]),
        ("/v1/responses", b'data: {"type":"keepalive","sequence_number":3}\n\n', ["ping"]),
        ("/x", b"data: hello\n\n", ["other"]),
        ("/x", b"data: hel", ["pending"]),
        ("/x", b"data: {\n\n", ["other"]),
        ("/v1/chat/completions", b'data: {"error":{"message":"no"}}\n\n', ["error"]),
    ],
)
def test_lanes(path: str, body: bytes, lanes: list[str]) -> None:
    assert [a.lane for a in read(recording((1, body), path=path)).arrivals] == lanes


def test_a_compressed_body_is_read_as_it_comes() -> None:
    body = gzip.compress(delta(content="Hi") + DONE)
    coded = (*SSE, (b"Content-Encoding", b"gzip"))
    found = read(recording((1, body[:20]), (2, body[20:]), headers=coded))
    assert [(a.at_us, a.lane) for a in found.arrivals] == [(13_000, "text"), (13_000, "done")]
    assert found.trouble == ""


@pytest.mark.parametrize(
    ("coding", "body", "trouble", "lanes"),
    [
        (b"snappy", b"abc", "compressed (snappy), which can't be looked into here", ["bytes"]),
        (b"gzip", b"no gzip at all", "a compressed body can't be decoded", []),
    ],
)
def test_what_cannot_be_taken_apart_says_why(coding: bytes, body: bytes, trouble: str, lanes: list[str]) -> None:
    found = read(recording((1, body), headers=(*SSE, (b"Content-Encoding", coding))))
    assert found.trouble.startswith(trouble)
    assert [a.lane for a in found.arrivals] == lanes


def test_an_event_too_large_is_said_to_be() -> None:
    found = read(recording((1, DONE + b"data: " + b"x" * limits.MAX_EVENT_BYTES)))
    assert found.trouble == "an event larger than can be shown"


def test_the_api_may_show_only_later_and_nothing_is_lost() -> None:
    arriving = Arriving("/unknown", "text/event-stream")
    assert arriving.api is None
    arriving.feed(1, b'data: {"usage":{"completion_tokens":3},"choices":[]}\n\n')
    arriving.feed(2, delta(content="Hi"))
    assert arriving.api is not None
    assert (arriving.turn.first.text, arriving.turn.usage) == ("Hi", {"completion_tokens": 3})


@pytest.mark.parametrize("interaction", SHIPPED, ids=lambda i: i.name)
def test_a_shipped_recording_reads_as_its_whole_body_does(interaction: Interaction) -> None:
    found = read(interaction)
    whole = units(interaction.response)
    assert [a.frame.data for a in found.arrivals] == [frame.data for frame in whole]
    assert found.turn == merge(found.api, whole)
    assert [a.at_us for a in found.arrivals] == sorted(a.at_us for a in found.arrivals)


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    read(recording(*((1, piece) for piece in pieces)))
