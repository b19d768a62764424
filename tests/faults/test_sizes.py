"""Large events, lines without an end, characters that only look like line ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, events, got, recording
from tapes_of_apis import TAPES

from mocksse.errors import LimitError
from mocksse.providers.framing import frames
from mocksse.replay.faults.fault import Refused
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

LINES = (b'{"message":{"content":"Hi"},"done":false}\n', b'{"done":true}\n')
NDJSON = recording(*LINES, path="/api/chat", content_type="application/x-ndjson")


def longest_line(body: bytes) -> int:
    return max(map(len, body.splitlines()))


@pytest.mark.parametrize("size", [1000, 65_537])
@pytest.mark.parametrize("where", ["padding", "text"])
@pytest.mark.parametrize(
    ("first", "tape"),
    [
        ("", recording()),
        ("", recording(b"".join(CHAT))),
        ("", NDJSON),
        ("", recording(b"data: plain\n\n", b'data: {"and": "JSON"}\n\n')),
        ("crlf; ", recording()),
        ("cr; ", recording()),
        ("no-space; ", recording()),
        ("multiline-data; ", recording()),
    ],
)
def test_the_line_has_the_size(size: int, where: str, first: str, tape: Interaction) -> None:
    body = got(broken(f"{first}large-event size={size} in={where}", tape)).body
    assert longest_line(body) == size


@pytest.mark.parametrize("where", ["padding", "text"])
def test_an_element_of_an_array_has_the_size(where: str) -> None:
    plan = broken(f"large-event size=3000 in={where}", TAPES["gemini-array"])
    found = frames("application/json", got(plan).body)
    assert [frame.end - frame.start == 3000 for frame in found if frame.kind == "event"].count(True) == 1


def test_padding_leaves_the_values_what_they_are() -> None:
    body = got(broken("large-event size=4000")).body
    before, after = events(b"".join(CHAT)), events(body)
    assert [data.startswith(b"{   ") for _, data in after] == [False, False, True, False, False]
    assert [json.loads(data) for _, data in after[:-1]] == [json.loads(data) for _, data in before[:-1]]


@pytest.mark.parametrize(
    ("spec", "index"),
    [
        ("large-event size=2000", 2),
        ("large-event size=2000 at=event:0", 0),
        ("large-event size=2000 at=finish", 3),
        ("large-event size=2000 in=text", 1),
        ("large-event size=2000 in=text at=event:2", 2),
    ],
)
def test_which_event_is_large(spec: str, index: int) -> None:
    assert [len(chunk) > 2000 for chunk in got(broken(spec)).chunks] == [i == index for i in range(5)]


def test_the_middle_one_may_be_no_json() -> None:
    body = got(broken("large-event size=50", recording(b"data: {}\n\n", b"data: [DONE]\n\n"))).body
    assert body == b"data: {" + b" " * 42 + b"}\n\ndata: [DONE]\n\n"


def test_a_grown_text() -> None:
    data = events(got(broken("large-event size=1000 in=text")).body)[1][1]
    text = json.loads(data)["choices"][0]["delta"]["content"]
    assert text == "Gr" + "x" * (len(text) - 5) + "üße"


def test_a_large_event_in_many_chunks() -> None:
    chunks = got(broken("large-event size=128KiB+1; rechunk size=1KiB")).chunks
    assert len(chunks) > 128
    assert {len(chunk) for chunk in chunks[:-1]} == {1024}
    assert longest_line(b"".join(chunks)) == 128 * 1024 + 1


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ("endless-line size=100 at=event:2", 2),
        ("endless-line size=100 at=event:0", 0),
        ("endless-line size=100 at=end", 5),
        ("endless-line size=100 at=byte:100", 1),
    ],
)
def test_an_endless_line(spec: str, kept: int) -> None:
    answer = got(broken(spec))
    assert answer.body == b"".join(CHAT[:kept]) + b"data: " + b"x" * 94
    assert answer.whole
    assert events(answer.body) == events(b"".join(CHAT[:kept]))


def test_an_endless_line_of_another_stream() -> None:
    assert got(broken("endless-line size=10 at=event:1", NDJSON)).body == LINES[0] + b"x" * 10


def test_our_own_parser_stops_before_it_ends() -> None:
    with pytest.raises(LimitError, match="larger than"):
        sse.parse(got(broken("endless-line size=17MiB at=event:0")).body)


@pytest.mark.parametrize(("char", "text"), [("2028", "\u2028"), ("2029", "\u2029"), ("85", "\x85")])
def test_a_character_that_is_no_line_end(char: str, text: str) -> None:
    body = got(broken(f"unicode-line-separator char={char}")).body
    assert body == b"".join(CHAT).replace(b"Gr\xc3\xbc", b"Gr" + text.encode() + b"\xc3\xbc")
    assert json.loads(events(body)[1][1])["choices"][0]["delta"]["content"] == f"Gr{text}üße"
    assert len(body.decode().splitlines()) == len(body.splitlines()) + 1


@pytest.mark.parametrize("name", sorted(name for name in TAPES if name not in {"converse", "invoke"}))
def test_a_text_of_every_api(name: str) -> None:
    tape = TAPES[name]
    body = got(broken("unicode-line-separator", tape)).body
    assert body.count("\u2028".encode()) == 1
    assert body.replace("\u2028".encode(), b"") == tape.response.body


@pytest.mark.parametrize(
    ("spec", "tape", "reason"),
    [
        ("large-event size=10", recording(), "already"),
        ("large-event size=10", TAPES["gemini-array"], "already"),
        ("large-event at=done", recording(), "no JSON at this place or behind it"),
        ("large-event", recording(b"data: x\n\n"), "no JSON in this stream"),
        ("large-event at=end", recording(), "no event at this place or behind it"),
        ("large-event in=text", recording(b"data: [DONE]\n\n"), "no text in this stream"),
        ("endless-line", recording(b": c\n\n"), "no events in this body"),
        ("unicode-line-separator at=done", recording(), "no text at this place or behind it"),
        ("unicode-line-separator", TAPES["converse"], "needs server-sent events or NDJSON or a JSON array"),
    ],
)
def test_refused(spec: str, tape: Interaction, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, tape)
