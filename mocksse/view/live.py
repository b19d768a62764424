"""One answer in a terminal while it streams: text types itself, reasoning is dimmed, tool calls are boxed, and a line
below shows the gaps, what has come so far, and how long it has been silent.

Fed with what a recorder keeps, or a server writes; the same reader as everywhere says what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.figures import bytes_text, plural, printable, us_text
from mocksse.view.arrivals import Arrival, Arriving
from mocksse.view.columns import clip, columns
from mocksse.view.missing import ENDS
from mocksse.view.sparkline import sparkline
from mocksse.view.stats import STALL_US
from mocksse.view.styles import style_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.providers.fragment import Fragment
    from mocksse.view.screen import Screen

_SPARK = 24
_BOX = 72
_DRAW_US = 25_000
"""Between two drawings; what comes in between is drawn by the next tick."""


class Live:
    """Draws one answer. `now_us`: a clock that only runs forward; `tick` wants to be called some times a second."""

    def __init__(self, path: str, screen: Screen, now_us: Callable[[], int]) -> None:
        self._path = path
        self._screen = screen
        self._now_us = now_us
        self._arriving: Arriving | None = None
        self._gaps: list[int] = []
        self._last_us = 0
        self._heard_us = now_us()
        self._drawn_us = 0
        self._events = self._bytes = 0
        self._block: tuple[str, int, int] | None = None  # kind, choice, and of tool calls the index
        self._over = False

    def __call__(self, item: Seen) -> None:
        self._heard_us = self._now_us()
        match item:
            case HeadSeen():
                self._head(item)
            case DataSeen(rest=False):
                self._data(item)
            case DataSeen():
                self._close_block()
                self._screen.line(f"outside the framing: {item.data.decode('utf-8', 'replace')}", fg="red")
            case EndSeen():
                self._end(item)
        if self._over or self._heard_us - self._drawn_us >= _DRAW_US:
            self._draw()

    def tick(self) -> None:
        """Time has passed."""
        if not self._over:
            self._draw()

    def aside(self, text: str) -> None:
        """Whole lines of somebody else, with their line ends."""
        self._screen.aside(text)

    def close(self, why: str = "") -> None:
        """Nothing more will come, and nobody has told how it ended; `why` is all there is to say."""
        if not self._over:
            self._close_block()
            if why:
                self._screen.line(why, fg="yellow")
            self._over = True
            self._screen.close()

    # --- What comes

    def _head(self, head: HeadSeen) -> None:
        named = {name.lower(): value.decode("latin-1") for name, value in reversed(head.headers)}
        kind, coding = named.get(b"content-type", ""), named.get(b"content-encoding", "")
        self._arriving = Arriving(self._path, kind, coding, inside=False)
        self._last_us = head.at_us
        status = click.style(str(head.status), fg="green" if head.status < 400 else "red", bold=True)
        rest = clip(printable(kind), self._screen.width - 20)
        self._screen.styled(f"{status} {click.style(f'{rest} after {us_text(head.at_us)}', dim=True)}")

    def _data(self, item: DataSeen) -> None:
        self._bytes += len(item.data)
        self._gaps.append(item.at_us - self._last_us)
        self._last_us = item.at_us
        if self._arriving is not None:
            for arrival in self._arriving.feed(item.at_us, item.data):
                self._arrived(arrival)

    def _end(self, end: EndSeen) -> None:
        self._last_us = end.at_us
        trouble = ""
        if self._arriving is not None:
            for arrival in self._arriving.close():
                self._arrived(arrival)
            trouble = self._arriving.trouble
        self._close_block()
        if trouble:
            self._screen.line(f"events can't be told: {trouble}", fg="yellow")
        if end.how in ENDS:
            self._screen.line(ENDS[end.how], fg="red", bold=True)
        gaps = self._gaps[1:]  # without the wait for the first byte
        if gaps:
            spark = click.style(sparkline(gaps, self._screen.width // 2), fg="cyan")
            self._screen.styled(f"{spark}  {click.style(f'longest gap {us_text(max(gaps))}', dim=True)}")
        self._over = True

    def _arrived(self, arrival: Arrival) -> None:
        frame = arrival.frame
        self._events += frame.kind == "event"
        for fragment in arrival.fragments:
            self._said(fragment)
        known = self._arriving is not None and self._arriving.api is not None
        if not arrival.fragments and (arrival.lane == "pending" or (arrival.lane == "other" and not known)):
            self._close_block()
            text = frame.data.decode("utf-8", "replace")
            lead = "unfinished: " if arrival.lane == "pending" else ""
            self._screen.line(f"{lead}{text}", **style_of(arrival.lane))

    def _said(self, fragment: Fragment) -> None:
        match fragment.kind:
            case "text" | "reasoning" | "refusal":
                self._open_block(fragment)
                self._screen.type(fragment.text, **style_of(fragment.kind))
            case "tool":
                self._open_block(fragment)
                self._screen.type(fragment.text, **style_of("tool"))
            case "error":
                self._close_block()
                self._screen.line(f"error: {fragment.text}", **style_of("error"))
            case "finish" if fragment.text:
                self._close_block()
                self._screen.line(f"finish: {fragment.text}", **style_of("finish"))
            case _:
                pass  # usage: the summary behind the stream has it

    # --- Blocks: what belongs together

    def _open_block(self, fragment: Fragment) -> None:
        index = fragment.index if fragment.kind == "tool" else 0
        block = (fragment.kind, fragment.choice, index)
        again = fragment.kind == "tool" and bool(fragment.name) and self._block == block and not self._screen.at_start
        if block == self._block and not again:
            return
        before = self._block
        self._close_block()
        if before is not None and before[0] != "tool" and fragment.kind != "tool":
            self._screen.line()
        if fragment.choice and (before is None or before[1] != fragment.choice):
            self._screen.line(f"choice {fragment.choice}", dim=True)
        self._block = block
        if fragment.kind == "reasoning":
            self._screen.border("┆ ", dim=True)
        elif fragment.kind == "tool":
            width = min(self._screen.width, _BOX)
            title = clip(printable(fragment.name or f"tool call {fragment.index + 1}"), width - 6)
            self._screen.line(f"╭─ {title} {'─' * (width - columns(title) - 5)}╮", **style_of("tool"))
            self._screen.border("│ ", " │", **style_of("tool"))
            self._screen.narrow(width)

    def _close_block(self) -> None:
        if self._block is None:
            return
        if not self._screen.at_start:
            self._screen.end_line()
        kind = self._block[0]
        self._block = None
        self._screen.border()
        if kind == "tool":
            self._screen.line(f"╰{'─' * (self._screen.width - 2)}╯", **style_of("tool"))
            self._screen.narrow(None)

    # --- The line below

    def _draw(self) -> None:
        self._drawn_us = self._now_us()
        if self._over:
            self._screen.close()
            return
        silent_us = self._now_us() - self._heard_us
        stalled = silent_us >= STALL_US
        size = min(_SPARK, self._screen.width // 3)
        spark = sparkline([*self._gaps[-size + 1 :], silent_us], size)
        parts = [plural(self._events, "event"), bytes_text(self._bytes), us_text(self._last_us + silent_us)]
        text = " · ".join(parts)
        silence = f"  silent for {us_text(silent_us)}" if stalled else ""
        room = self._screen.width - size - 2
        shown = clip(f"{text}{silence}", room)
        self._screen.status(
            click.style(f"{spark:{size}}  ", fg="cyan")
            + click.style(shown, fg="yellow" if stalled else None, dim=not stalled)
        )
        self._screen.draw()
