"""A recording as a timeline: a row for each thing that came, with its time, gap, size, lane and fragment.

Stalls and large fragments are marked, and what the stream lacks is said at its end. Rows are values, which `--json`
and the page have too; lines are for terminals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

import click

from mocksse.figures import bytes_text, plural, printable, us_text
from mocksse.providers.fragment import is_large
from mocksse.view.arrivals import read
from mocksse.view.columns import clip
from mocksse.view.missing import ENDS, missing, unread
from mocksse.view.stats import stalls
from mocksse.view.styles import style_of
from mocksse.view.summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.view.arrivals import Arrival, Reading

Clock = Literal["start", "wall", "gap"]
"""What the first column counts: from the request; by the time of day (UTC); not at all, there are only gaps."""
_BAR = 8
_BAR_FROM = 100
"""Columns of a terminal from which gaps are drawn as bars too."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LANE = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that came. Times are microseconds; `gap_us` is since the row before, `bytes` what it took in the body.

    Of several fragments in one event the first has the event's gap and size.
    """

    at_us: int
    gap_us: int
    bytes: int
    lane: str
    text: str
    event: int | None = None
    """Which event, from 0."""
    chunk: int | None = None
    """In which HTTP chunk, from 0."""
    large: bool = False
    stall: bool = False
    """The gap before it is one."""


def rows(interaction: Interaction, reading: Reading | None = None) -> list[Row]:
    """Head, body and end of a recording. `reading`: of this interaction, where the caller has it already."""
    reading = reading or read(interaction)
    response = interaction.response
    found = [Row(response.head_after_us, response.head_after_us, 0, "head", _head(interaction))]
    stalled = {stall.at_us for stall in stalls([arrival.at_us for arrival in reading.arrivals], response.end_us)}
    blocks = unread(response, (arrival.frame for arrival in reading.arrivals))
    event = 0
    for arrival in reading.arrivals:
        number = event if arrival.frame.kind == "event" else None
        event += number is not None
        for index, (lane, text, large) in enumerate(_said(arrival)):
            text = text or blocks.get(arrival.frame.start, "")
            gap_us = arrival.at_us - found[-1].at_us
            size = 0 if index else arrival.frame.end - arrival.frame.start
            stall = arrival.at_us in stalled and gap_us > 0
            found.append(Row(arrival.at_us, gap_us, size, lane, text, number, arrival.chunk, large, stall))
    gap_us = response.end_us - found[-1].at_us
    end = ENDS.get(response.end.how, response.end.how)
    found.append(Row(response.end_us, gap_us, 0, "end", end, stall=response.end_us in stalled and gap_us > 0))
    at_us = response.end_us
    for piece in response.end.rest:
        at_us += piece.after_us
        text = piece.data.decode("utf-8", "replace")
        found.append(Row(at_us, piece.after_us, len(piece.data), "rest", text))
    return found


def _head(interaction: Interaction) -> str:
    response = interaction.response
    return " ".join(filter(None, (str(response.status), response.header("content-type"))))


def _said(arrival: Arrival) -> Iterator[tuple[str, str, bool]]:
    """Lane, text, and whether it is large; one for each fragment, and one where there is none."""
    for fragment in arrival.fragments:
        text = " ".join(filter(None, (fragment.name, fragment.text)))
        yield fragment.kind, text, is_large(fragment)
    if not arrival.fragments:
        frame = arrival.frame
        name = frame.type if frame.type not in {"message", arrival.lane} else ""
        yield arrival.lane, " ".join(filter(None, (name, frame.data.decode("utf-8", "replace")))), False


def timeline_rows(found: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows for `--json`; times in milliseconds."""
    return [
        {
            "at_ms": row.at_us / 1000,
            "gap_ms": row.gap_us / 1000,
            "bytes": row.bytes,
            "lane": row.lane,
            "text": row.text,
            "event": row.event,
            "chunk": row.chunk,
            "large": row.large,
            "stall": row.stall,
        }
        for row in found
    ]


def timeline_lines(
    title: str, interaction: Interaction, width: int, clock: Clock = "start", reading: Reading | None = None
) -> Iterator[str]:
    """The whole timeline under its headings; each line cut off at `width`. `title`: `file#interaction`."""
    reading = reading or read(interaction)
    found = rows(interaction, reading)
    ticking = _Ticking(clock, interaction.recorded.at if interaction.recorded is not None else "")
    drawn = width >= _BAR_FROM
    widest = max((row.gap_us for row in found[2:]), default=0)  # not the wait for the first byte: it would dwarf all
    yield f"{click.style(printable(title), bold=True)}  {printable(interaction.request.label)}"
    api = reading.api.title if reading.api is not None else "no API that is known"
    yield clip(f"  {summary_line(interaction.response)} · {api}", width)
    if ticking.trouble:
        yield click.style(clip(f"  {ticking.trouble}", width), fg="yellow")
    headings = (f"  {ticking.heading:>10}" if clock != "gap" else "", f"{'gap':>8}", f"{'size':>8}")
    bar = " " * (_BAR + 1) if drawn else ""
    yield click.style(f"{'  '.join(filter(None, headings))}  {bar}{'lane':{_LANE}}  fragment", dim=True)
    for row in found:
        if row.stall:
            lead = " " * (12 if clock != "gap" else 0)
            yield click.style(f"{lead}{'┊':>8}  {us_text(row.gap_us)} of silence: a stall", fg="yellow", bold=True)
        yield _line(row, ticking, _bar(row.gap_us, widest) if drawn and row.lane != "head" else bar, width)
    for text in missing(interaction, reading):
        if text not in ENDS.values():  # the end's own row has said it
            yield click.style(clip(f"  missing: {printable(text)}", width), fg="red")
    large = sum(row.large for row in found)
    if large:
        text = f"  {plural(large, 'fragment')} above 1 KB (marked !): collected on the way?"
        yield click.style(clip(text, width), fg="yellow")
    yield ""


def _line(row: Row, ticking: _Ticking, bar: str, width: int) -> str:
    size = f"{bytes_text(row.bytes)}{'!' if row.large else ''}" if row.bytes or row.large else ""
    at = f"  {ticking(row.at_us):>10}  " if ticking.clock != "gap" else ""
    lead = f"{at}{f'+{us_text(row.gap_us)}':>8}  {size:>8}  "
    lane = f"{clip(row.lane, _LANE):{_LANE}}"
    room = max(width - len(lead) - len(bar) - _LANE - 2, 20)
    style = dict(_end_style(row) if row.lane == "end" else style_of(row.lane))
    if row.large:
        style["fg"] = "yellow"
    text = clip(printable(row.text), room)
    return (
        click.style(lead, dim=True)
        + click.style(bar, fg="yellow" if row.stall else "cyan")
        + click.style(lane, **style)
        + "  "
        + (click.style(text, **style) if text else "")
    ).rstrip()


def _end_style(row: Row) -> dict[str, Any]:
    return {"fg": "green"} if row.text == "complete" else {"fg": "red", "bold": True}


def _bar(gap_us: int, widest_us: int) -> str:
    """The gap beside the widest one; by the square root, so that the short ones still show beside a stall."""
    eighths = round(sqrt(min(gap_us / widest_us, 1)) * _BAR * 8) if widest_us else 0
    return f"{'█' * (eighths // 8)}{_EIGHTHS[eighths % 8].strip()}".ljust(_BAR + 1)


class _Ticking:
    """The first column. Where nobody knows the time of day it counts from the request, and says so."""

    def __init__(self, clock: Clock, recorded_at: str) -> None:
        self.clock = clock
        self.heading = "time"
        self.trouble = ""
        self._from: datetime | None = None
        if clock == "wall":
            try:
                self._from = datetime.fromisoformat(recorded_at)
            except ValueError:
                self.trouble = "no time of day is recorded: times count from the request"
            else:
                self._from = self._from.astimezone(UTC) if self._from.tzinfo else self._from.replace(tzinfo=UTC)
                self.heading = "time (UTC)"

    def __call__(self, at_us: int) -> str:
        if self._from is None:
            return f"{at_us / 1_000_000:.3f} s"
        try:
            at = self._from + timedelta(microseconds=at_us)
        except OverflowError:
            return "beyond"
        return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
