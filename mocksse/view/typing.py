"""A stream as it arrives: a line for each event with its time, the gap before it, its size, and what it says.

Fed with what the recorder keeps, so that nothing is shown that was not redacted first. What a server sends is shown
as text only: control characters, which a terminal would obey, are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.figures import bytes_text, printable, us_text
from mocksse.view.arrivals import Arriving
from mocksse.view.columns import clip
from mocksse.view.missing import ENDS
from mocksse.view.styles import style_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.view.arrivals import Arrival


class Typing:
    """Prints one recording. `say` takes a line; `width` is the terminal's."""

    def __init__(self, path: str, say: Callable[[str], None], width: int = 100) -> None:
        self._path = path
        self._say = say
        self._width = width
        self._arriving: Arriving | None = None
        self._last_us = 0

    def __call__(self, item: Seen) -> None:
        match item:
            case HeadSeen():
                self._head(item)
            case DataSeen(rest=False) if self._arriving is not None:
                for arrival in self._arriving.feed(item.at_us, item.data):
                    self._arrived(item.at_us, arrival)
            case DataSeen():
                self._line(item.at_us, len(item.data), "rest", item.data.decode("utf-8", "replace"), "rest")
            case EndSeen():
                self._end(item)

    def tick(self) -> None:
        """Nothing changes but by what comes."""

    def aside(self, text: str) -> None:
        """Whole lines of somebody else, with their line ends."""
        self._say(text.removesuffix("\n"))

    def close(self, why: str = "") -> None:
        """Nothing more will come, and nobody has told how it ended."""
        if why:
            self._say(why)

    def _head(self, head: HeadSeen) -> None:
        named = {name.lower(): value.decode("latin-1") for name, value in reversed(head.headers)}
        kind = named.get(b"content-type", "")
        self._arriving = Arriving(self._path, kind, named.get(b"content-encoding", ""), inside=False)
        self._last_us = head.at_us
        status = click.style(str(head.status), fg="green" if head.status < 400 else "red", bold=True)
        self._say(f"{_clock(head.at_us)}  {status} {printable(kind)}")

    def _end(self, end: EndSeen) -> None:
        if self._arriving is not None:
            for arrival in self._arriving.close():
                self._arrived(end.at_us, arrival)
            if self._arriving.trouble:
                self._line(end.at_us, 0, "", f"events can't be told: {self._arriving.trouble}", "other", whole=True)
        if end.how in ENDS:
            self._line(end.at_us, 0, "end", ENDS[end.how], "error", whole=True)

    def _arrived(self, at_us: int, arrival: Arrival) -> None:
        frame, size = arrival.frame, arrival.frame.end - arrival.frame.start
        if arrival.lane == "bytes":
            self._line(at_us, size, "bytes", "", "bytes")
        elif not arrival.fragments:
            kind = frame.kind if frame.kind != "event" else frame.type if frame.type != "message" else ""
            self._line(at_us, size, kind, frame.data.decode("utf-8", "replace"), arrival.lane)
        for number, fragment in enumerate(arrival.fragments):
            text = " ".join(filter(None, (fragment.name, fragment.text)))
            self._line(at_us, 0 if number else size, fragment.kind, text, fragment.kind)

    def _line(self, at_us: int, size: int, kind: str, text: str, lane: str, *, whole: bool = False) -> None:
        gap = f"+{us_text(at_us - self._last_us)}"
        self._last_us = at_us
        lead = f"{_clock(at_us)}  {gap:>8}  {bytes_text(size) if size else '':>8}  {clip(printable(kind), 16):16} "
        shown = printable(text) if whole else clip(printable(text), max(self._width - len(lead), 20))
        self._say(click.style(lead, dim=True) + click.style(shown, **style_of(lane)))


def _clock(at_us: int) -> str:
    return f"{at_us / 1_000_000:9.3f} s"
