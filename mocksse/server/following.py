"""`--follow`: one answer at a time shown to whoever runs the server, while it streams.

The executor is not asked and does not wait: a few times a second what it says it has written is read off the plan, and
given to a view. What an upstream says comes from the recorder, redacted. A request that comes while another is shown is
not shown; its access line tells of it as ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen
from mocksse.figures import printable
from mocksse.server.access import brief
from mocksse.wire import http1

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.cassette.model import Ending
    from mocksse.cassette.seen import Seen
    from mocksse.replay.execute import Run
    from mocksse.replay.plan import Sends
    from mocksse.server.journal import Record

TICK_S = 0.05
_STREAMS = frozenset({"played", "relayed"})
"""Answers worth looking at; others are an error of ours, or made up, and the access line has it all."""


class View(Protocol):
    """What an answer is shown to."""

    def __call__(self, item: Seen, /) -> None: ...

    def tick(self) -> None:
        """Time has passed."""

    def aside(self, text: str) -> None:
        """Whole lines of somebody else, with their line ends."""

    def close(self, why: str = "") -> None:
        """Nothing more will come."""


@dataclass(slots=True)
class _Shown:
    """The answer that is on the screen."""

    record: Record
    view: View
    play: _Play | None
    begun: bool = False
    """Its head was there."""


@dataclass(slots=True)
class _Play:
    """A planned answer: what has been read off the plan so far."""

    run: Run
    sends: Sends
    parser: http1.ResponseParser
    read: int = 0
    broken: bool = field(default=False)


class Following:
    """`open_view` makes a view of an answer to a request for a path; `write` takes text, line ends and all."""

    def __init__(self, open_view: Callable[[str], View], write: Callable[[str], None]) -> None:
        self._open_view = open_view
        self._write = write
        self._shown: _Shown | None = None

    # --- What the server tells

    def begun(self, record: Record, run: Run | None = None, sends: Sends | None = None) -> None:
        """A session's request is about to be answered: by this run of a plan, or by an upstream."""
        if record.kind not in _STREAMS:
            return
        if self._shown is not None:
            if not self._shown.record.done:
                return
            self._close()
        parts = [f"{record.method} {record.shown}", record.interaction or record.note, *record.faults]
        self._write(f"▶ {printable(' · '.join(map(brief, parts)))}\n")
        play = None
        if run is not None and sends is not None:
            play = _Play(run, sends, http1.ResponseParser(record.method))
        self._shown = _Shown(record, self._open_view(record.target), play)
        asyncio.get_running_loop().call_later(TICK_S, self._tick, self._shown)

    def done(self, record: Record) -> None:
        """Its answer is over."""
        showing = self._shown
        if showing is None or showing.record is not record:
            return
        if showing.play is not None:
            self._read(showing)
            self._finish(showing, showing.play)
        elif not showing.begun:
            self._close(record.note)
        # Else its recorder tells how it ended.

    def watcher(self, record: Record) -> Callable[[Seen], None]:
        """For the recorder of an answer that comes from an upstream."""

        def watch(item: Seen) -> None:
            showing = self._shown
            if showing is None or showing.record is not record:
                return
            showing.begun = True
            showing.view(item)
            if isinstance(item, EndSeen):
                self._shown = None

        return watch

    def write(self, text: str) -> None:
        """Lines of somebody else; they must not tear the view."""
        if self._shown is not None:
            self._shown.view.aside(text)
        else:
            self._write(text)

    # --- Reading off

    def _tick(self, showing: _Shown) -> None:
        if self._shown is not showing:
            return
        self._read(showing)
        showing.view.tick()
        asyncio.get_running_loop().call_later(TICK_S, self._tick, showing)

    def _read(self, showing: _Shown) -> None:
        """Show what has been written since."""
        play = showing.play
        if play is None:
            return
        while play.read < play.run.sent:
            index = play.read
            play.read += 1
            at_us = play.sends.at_us[index] + max(play.run.late_us[index], 0)
            for part in play.parser.feed(play.sends.data[index]):
                match part:
                    case http1.Head():
                        showing.view(HeadSeen(at_us, part.status, part.reason, "1.1", part.headers, "chunked"))
                    case http1.Data(data):
                        showing.view(DataSeen(at_us, data))
                    case http1.Rest(data):
                        showing.view(DataSeen(at_us, data, rest=True))
                    case http1.Broken():
                        play.broken = True

    def _finish(self, showing: _Shown, play: _Play) -> None:
        record = showing.record
        self._shown = None
        if record.broken_off:
            showing.view.close(record.broken_off)
            return
        how = _how(play)
        if how is None:
            showing.view.close("left open, the answer not whole")
        else:
            showing.view(EndSeen(round(record.seconds * 1_000_000), how))

    def _close(self, why: str = "") -> None:
        showing, self._shown = self._shown, None
        if showing is not None:
            showing.view.close(why)


def _how(play: _Play) -> Ending | None:
    """How a client sees it end; None: it does not."""
    play.parser.close()
    if play.broken:
        return "malformed"
    if play.parser.done:
        return "complete"
    ends: dict[str, Literal["cut", "reset"]] = {"fin": "cut", "reset": "reset"}
    return ends.get(play.sends.finish)
