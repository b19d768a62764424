"""One request and what was written for it, as plain values: what is judged, and what reports show. Made of a record.

A record keeps no bytes: its play is planned again, which gives the same plan, and is cut off where the client left.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from mocksse.torture.told import Heard
from mocksse.view.plan_steps import take_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.providers.framing import Frame
    from mocksse.replay.plan import Plan
    from mocksse.server.journal import Record

_AROUND = 2
"""Writes shown before a fault, and behind it."""
_MOST = 320
"""Bytes shown of one write."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One write, as it is shown. `at_ms`: since the request; `fault`: what took hold here."""

    at_ms: float
    size: int
    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request. Times are seconds since the first one."""

    number: int
    at_s: float
    """When it was there."""
    seconds: float
    """Until the answer had ended, or broke off."""
    connection: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    kind: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    finish: str
    broken_off: str
    written: int
    sent: tuple[Sent, ...] = ()
    """Those around the fault; all where they are few."""
    left_out: int = 0
    """Writes that are not shown."""
    frames: tuple[Frame, ...] = ()
    """The units of the body, decoded."""
    is_stream: bool = False
    """A 200 whose type is that of an event stream."""
    over_s: float | None = None
    """Seconds until the client could know that it was over, where that is not `seconds`."""

    def header(self, name: str) -> str:
        """The request's header of that name; empty where it has none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def heard(self) -> tuple[Heard, ...]:
        """The events that the standard dispatches of it."""
        if not self.is_stream:
            return ()
        return tuple(
            Heard(frame.type or "message", frame.data.decode("utf-8", "replace"))
            for frame in self.frames
            if frame.kind == "event"
        )


def exchanges(records: Sequence[Record], *, frames: bool = True) -> tuple[Exchange, ...]:
    """All requests of a play. `frames`: their bodies are taken apart too."""
    return tuple(_exchange(record, records[0].at, frames) for record in records)


def _exchange(record: Record, began: float, frames: bool) -> Exchange:
    plan = _plan(record)
    steps = take_apart(plan) if plan is not None and frames else None
    kind = ""
    if steps is not None and steps.head is not None:
        kind = next((v.decode("latin-1") for n, v in steps.head.headers if n.lower() == b"content-type"), "")
    sent, left_out = _sent(record, plan) if plan is not None else ((), 0)
    return Exchange(
        record.number,
        round(record.at - began, 6),
        record.seconds,
        record.connection,
        record.method,
        record.target,
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in record.headers),
        record.body,
        record.status,
        record.kind,
        record.faults,
        record.notes,
        record.finish,
        record.broken_off,
        record.written,
        sent,
        left_out,
        steps.frames if steps is not None else (),
        record.status == 200 and kind.partition(";")[0].strip().lower() == "text/event-stream",
        record.over_s,
    )


def _plan(record: Record) -> Plan | None:
    """What was planned for it; None where no tape answered."""
    tape = record.replay.tape() if record.replay is not None else None
    if tape is None or record.replay is None:
        return None
    return tape.plan(record.replay.kind, record.replay.number, record.target, apart=True)[0]


def _sent(record: Record, plan: Plan) -> tuple[tuple[Sent, ...], int]:
    """The writes around the first fault that were made, and how many others there are."""
    ends = list(accumulate(record.sizes))
    upto = [write.upto for write in plan.writes]
    marks = {
        (0 if mark.offset < 0 else min(bisect_right(upto, mark.offset), len(upto) - 1)): mark.fault
        for mark in reversed(plan.marks)
        if upto
    }
    middle = min(marks, default=0)
    first = max(0, min(middle - _AROUND, len(upto) - 2 * _AROUND - 1))
    shown: list[Sent] = []
    for index, end in enumerate(accumulate(len(write.data) for write in plan.writes)):
        if end > record.written:
            break
        near = first <= index <= max(middle, first + _AROUND) + _AROUND
        if not (near or index in (0, 1) or index >= len(upto) - 2):
            continue
        send = bisect_right(ends, end - 1)
        late = record.late_us[send] if send < len(record.late_us) else 0
        at_us = record.planned_us[send] + late if send < len(record.planned_us) else plan.writes[index].at_us
        shown.append(
            Sent(
                round(at_us / 1000, 3),
                len(plan.writes[index].data),
                _text(plan.writes[index].data),
                marks.get(index, ""),
            )
        )
    return tuple(shown), max(0, len(upto) - len(shown))


def _text(data: bytes) -> str:
    """The bytes as people read them, the middle of long ones left out."""
    if len(data) > _MOST:
        half = _MOST // 2
        return f"{_plain(data[:half])} … {_plain(data[-half:])}"
    return _plain(data)


def _plain(data: bytes) -> str:
    text = data.decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() else {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(c, f"\\x{ord(c):02x}") for c in text
    )
