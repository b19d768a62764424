"""`--follow`: what is read off a plan's run, and what an upstream's recorder tells; the rest stays as it is."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.replay.plan import Sends
from mocksse.server.following import Following
from mocksse.server.journal import Record

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECES = (HEAD, b"3\r\nabc\r\n", b"3\r\ndef\r\n", b"0\r\n\r\n")


@dataclass
class Running:
    """As much of a run as is looked at."""

    sent: int = 0
    late_us: array[int] = field(default_factory=lambda: array("i", [0, 5, 0, 0]))


@dataclass
class Eyes:
    """A view that notes what it is told."""

    path: str
    told: list[object]

    def __call__(self, item: Seen, /) -> None:
        match item:
            case HeadSeen():
                self.told.append(("head", item.at_us, item.status))
            case DataSeen():
                self.told.append(("rest" if item.rest else "data", item.at_us, item.data))
            case EndSeen():
                self.told.append(("end", item.at_us, item.how))

    def tick(self) -> None:
        pass

    def aside(self, text: str) -> None:
        self.told.append(("aside", text))

    def close(self, why: str = "") -> None:
        self.told.append(("closed", why))


class Watched:
    def __init__(self) -> None:
        self.told: list[object] = []
        self.following = Following(lambda path: Eyes(path, self.told), self.told.append)

    def record(self, number: int = 1, kind: str = "played") -> Record:
        record = Record(
            number, "default", 0.0, 1, "POST", "/v1/chat/completions?api_key=sk-proj-0123456789abcdef", (), b""
        )
        record.kind, record.interaction, record.faults = kind, "chat#a", ("reset at=event:5",)  # type: ignore[assignment]
        return record


def sends(*pieces: bytes, finish: str = "complete") -> Sends:
    return Sends(tuple(range(0, len(pieces) * 1000, 1000)), pieces, (False,) * len(pieces), 9000, finish)  # type: ignore[arg-type]


def followed(act: Callable[[Watched], None]) -> list[object]:
    async def main() -> list[object]:
        watched = Watched()
        act(watched)
        return watched.told

    return asyncio.run(main())


def over(record: Record, broken_off: str = "") -> None:
    record.done, record.seconds, record.broken_off = True, 0.004, broken_off  # type: ignore[assignment]


def test_what_was_written_is_shown_and_no_more() -> None:
    def act(watched: Watched) -> None:
        record, run = watched.record(), Running()
        watched.following.begun(record, run, sends(*PIECES))  # type: ignore[arg-type]
        run.sent = 2
        watched.following._read(watched.following._shown)  # type: ignore[arg-type]
        watched.told.append("so far")
        run.sent = 4
        over(record)
        watched.following.done(record)

    first, *told = followed(act)
    assert str(first).startswith("▶ POST /v1/chat/completions?api_key=")
    assert str(first).endswith(" · chat#a · reset at=event:5\n")
    assert "0123456789" not in str(first)
    assert told == [
        ("head", 0, 200),
        ("data", 1005, b"abc"),
        "so far",
        ("data", 2000, b"def"),
        ("end", 4000, "complete"),
    ]


@pytest.mark.parametrize(
    ("pieces", "finish", "broken_off", "last"),
    [
        (PIECES[:2], "fin", "", ("end", 4000, "cut")),
        (PIECES[:2], "reset", "", ("end", 4000, "reset")),
        (PIECES[:2], "complete", "", ("closed", "left open, the answer not whole")),
        (PIECES[:2], "hold", "the client left", ("closed", "the client left")),
        ((HEAD, b"zz\r\n"), "fin", "", ("end", 4000, "malformed")),
        ((HEAD.replace(b"200 OK", b"200 OK"), b"0\r\n\r\n"), "fin", "", ("end", 4000, "complete")),
    ],
)
def test_how_it_ends(pieces: tuple[bytes, ...], finish: str, broken_off: str, last: object) -> None:
    def act(watched: Watched) -> None:
        record, run = watched.record(), Running(len(pieces))
        watched.following.begun(record, run, sends(*pieces, finish=finish))  # type: ignore[arg-type]
        over(record, broken_off)
        watched.following.done(record)

    assert followed(act)[-1] == last


def test_one_at_a_time_and_what_others_say_stands_aside() -> None:
    def act(watched: Watched) -> None:
        first, second, third = (watched.record(n) for n in (1, 2, 3))
        watched.following.begun(first, Running(), sends(*PIECES))  # type: ignore[arg-type]
        watched.following.begun(second, Running(), sends(*PIECES))  # type: ignore[arg-type]
        over(second)
        watched.following.done(second)
        watched.following.write("the second's access line\n")
        over(first)
        watched.following.done(first)
        watched.following.write("the first's access line\n")
        watched.following.begun(third, Running(), sends(*PIECES))  # type: ignore[arg-type]

    told = followed(act)
    assert told[1] == ("aside", "the second's access line\n")
    assert told[3] == "the first's access line\n"
    assert [line for line in told if str(line).startswith("▶")] == [told[0], told[4]]


@pytest.mark.parametrize("kind", ["missed", "made-up", "own"])
def test_what_is_no_stream_of_anybody_is_not_shown(kind: str) -> None:
    assert followed(lambda watched: watched.following.begun(watched.record(kind=kind), None, None)) == []


def test_an_upstream_s_answer_is_told_by_its_recorder() -> None:
    def act(watched: Watched) -> None:
        record = watched.record(kind="relayed")
        watched.following.begun(record)
        watch = watched.following.watcher(record)
        watch(HeadSeen(1, 200, b"OK", "1.1", (), "chunked"))
        over(record)
        watched.following.done(record)  # the client has it all, its recorder is a little behind
        watch(DataSeen(2, b"abc"))
        watch(EndSeen(3, "complete"))
        watch(DataSeen(4, b"behind its end"))

    assert followed(act)[1:] == [("head", 1, 200), ("data", 2, b"abc"), ("end", 3, "complete")]


def test_an_upstream_that_did_not_answer() -> None:
    def act(watched: Watched) -> None:
        record = watched.record(kind="relayed")
        watched.following.begun(record)
        record.note = "no answer came"
        over(record)
        watched.following.done(record)

    assert followed(act)[-1] == ("closed", "no answer came")
