"""A journal as a newcomer reads it: each request on a line, when it came, what it got, and below it what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.figures import bytes_text, plural, printable, seconds_text
from mocksse.server.access import brief, shown
from mocksse.server.described import differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.server.journal import Record

_ENDS = {
    "complete": "",
    "fin": "then the connection was closed",
    "reset": "then the connection was reset",
    "hold": "then silence",
    "close-on-next-request": "",
}


def told(records: Sequence[Record]) -> list[str]:
    """The lines; none where nothing was asked."""
    if not records:
        return []
    start = records[0].at
    return [line for record in records for line in _request(record, record.at - start)]


def _request(record: Record, at_s: float) -> Iterator[str]:
    what = record.interaction or record.note or record.kind
    asked = f"#{record.number} {record.method} {printable(shown(record.target))}"
    yield f"{at_s:7.3f} s  {asked}  {_status(record)}  {_brief(what)}"
    for fault in record.faults:
        yield f"{'':11} fault  {_brief(fault)}"
    for note in record.notes:
        yield f"{'':11} note   {_brief(note)}"
    for line in differences(record) if record.kind == "missed" else ():
        yield f"{'':11} {line}"
    yield f"{'':11} {_how(record)}"


def _status(record: Record) -> str:
    return str(record.status) if record.status else "no answer"


def _how(record: Record) -> str:
    if not record.done:
        return "under way"
    sent = f"{bytes_text(record.written)} in {seconds_text(record.seconds)}"
    if record.broken_off:
        return f"sent {sent}, {record.broken_off} after {record.sent} of {plural(len(record.sizes), 'write')}"
    end = _ENDS.get(record.finish, "")
    return f"sent {sent}{f', {end}' if end and record.broken else ''}"


def _brief(text: str) -> str:
    return brief(printable(text))
