"""Figures and times as people read them, and what strangers wrote as a terminal may have it.

Pure, and quick to import, because every command shows some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Number = TypeVar("Number", int, float)


def bytes_text(count: int) -> str:
    """`812 B`, `6.9 kB`, `1.2 MB`."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def seconds_text(seconds: float) -> str:
    """`0.8 ms`, `12 ms`, `1.24 s`, `2 min 5 s`."""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:
        return f"{seconds:.2f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.0f} s"


def us_text(us: int) -> str:
    """Microseconds as `seconds_text` has them."""
    return seconds_text(us / 1_000_000)


def utc_text(seconds: float) -> str:
    """A moment in seconds since 1970 as RFC 3339 has it: `2026-11-22T09:43:18.120Z`."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def percentile(ordered: Sequence[Number], share: float) -> Number | int:
    """The value below which that share of them lies; 0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


def plural(count: int, noun: str) -> str:
    """`1 event`, `3 events`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


_VISIBLE = {"\n": "⏎", "\r": "␍", "\t": "⇥"}


def printable(text: str) -> str:
    """The text on one line, with what a terminal would take as an order made visible."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _VISIBLE.get(c, "·") for c in text)
