"""An interaction in figures: for the line under a recording, the table of `show`, and `--json`. All derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.cassette.units import api_of, units
from mocksse.figures import bytes_text, plural, us_text

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction, Response


def count_events(response: Response) -> int:
    """Events, lines or frames in the body; 0 where it has none, or can't be read."""
    return sum(unit.kind == "event" for unit in units(response))


def describe(interaction: Interaction) -> dict[str, Any]:
    """The interaction as `--json` has it. Times in milliseconds since the request was sent."""
    response, request = interaction.response, interaction.request
    times = response.piece_times_us
    api = api_of(interaction)
    return {
        "name": interaction.name,
        "method": request.method,
        "path": request.path,
        "api": api.name if api is not None else None,
        "status": response.status,
        "content_type": response.content_type,
        "events": count_events(response),
        "chunks": response.chunks,
        "bytes": response.size,
        "head_ms": response.head_after_us / 1000,
        "first_byte_ms": times[0] / 1000 if times else None,
        "duration_ms": response.end_us / 1000,
        "end": response.end.how,
    }


def summary_line(response: Response) -> str:
    """`200 · 41 events · 41 chunks · 6.9 kB · first byte 812 ms · 2.10 s · complete`."""
    times = response.piece_times_us
    parts = [str(response.status)]
    if events := count_events(response):
        parts.append(plural(events, "event"))
    parts += [plural(response.chunks, "chunk"), bytes_text(response.size)]
    if times:
        parts.append(f"first byte {us_text(times[0])}")
    return " · ".join([*parts, us_text(response.end_us), response.end.how])
