"""Figures in a terminal: one recording in full, or a row for each of several, and p50 and p95 over repeats.

Repeats are recordings of the same request: same method, path and body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mocksse.figures import bytes_text, percentile, printable, us_text
from mocksse.view.arrivals import read
from mocksse.view.columns import clip
from mocksse.view.sparkline import sparkline
from mocksse.view.stats import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.view.arrivals import Reading
    from mocksse.view.stats import Gaps, Stats

    Figure = tuple[str, Callable[[Stats], float | None], Callable[[float], str]]

_SPARK = 60
_LEAST = 16
"""Columns that a name keeps, however narrow the terminal."""


def _us(value: float) -> str:
    return us_text(round(value))


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _one(value: float) -> str:
    return f"{value:,.1f}"


def _bytes(value: float) -> str:
    return bytes_text(round(value))


def _gap(share: str) -> Callable[[Stats], float | None]:
    return lambda stats: getattr(stats.token_gaps, share, None)


_FIGURES: tuple[Figure, ...] = (
    ("first byte", lambda s: s.first_byte_us, _us),
    ("first text", lambda s: s.first_text_us, _us),
    ("gap p50", _gap("p50_us"), _us),
    ("p95", _gap("p95_us"), _us),
    ("p99", _gap("p99_us"), _us),
    ("max", _gap("max_us"), _us),
    ("tok/s", lambda s: s.tokens_per_s, _one),
    ("duration", lambda s: s.duration_us, _us),
    ("events", lambda s: s.events, _count),
    ("ev/chunk", lambda s: s.events_per_chunk, _one),
    ("bytes", lambda s: s.bytes, _bytes),
)
_SPARED = ("ev/chunk", "bytes", "p99", "events", "first byte", "p95", "max", "tok/s", "gap p50")
"""Columns to leave out of a narrow terminal, the first first."""


def stats_lines(title: str, interaction: Interaction, width: int, reading: Reading | None = None) -> Iterator[str]:
    """All figures of one recording. `title`: `file#interaction`."""
    found = measure(interaction, reading)
    yield f"{click.style(printable(title), bold=True)}  {printable(interaction.request.label)}"
    for name, us in (
        ("head", found.head_us),
        ("first byte", found.first_byte_us),
        ("first event", found.first_event_us),
        ("first reasoning", found.first_reasoning_us),
        ("first text", found.first_text_us),
        ("first tool call", found.first_tool_us),
        ("duration", found.duration_us),
    ):
        if us is not None or name in {"first byte", "first event", "first text"}:
            yield _figure(name, _us(us) if us is not None else "-", found.end if name == "duration" else "", width)
    yield _figure("event gaps", *_gaps(found.event_gaps), width)
    yield _figure("token gaps", *_gaps(found.token_gaps), width)
    if found.token_gaps is not None:
        yield _figure("", "", sparkline(found.token_gaps.all_us, min(max(width - 30, 20), _SPARK)), width, fg="cyan")
    if found.output_tokens is not None:
        speed = f"{found.tokens_per_s:,.1f} tokens/s" if found.tokens_per_s is not None else ""
        yield _figure("output tokens", f"{found.output_tokens:,}", speed, width)
    if found.events:
        per_chunk = f"{found.events_per_chunk:,.2f} a chunk" if found.events_per_chunk is not None else ""
        yield _figure("events", f"{found.events:,}", per_chunk, width)
    if found.comments:
        yield _figure("comments", f"{found.comments:,}", "", width)
    yield _figure("chunks", f"{found.chunks:,}", "", width)
    yield _figure("bytes", bytes_text(found.bytes), "", width)
    for stall in found.stalls:
        yield _figure("stall", us_text(stall.gap_us), f"until {us_text(stall.at_us)}", width, fg="yellow")
    yield ""


def _figure(name: str, figure: str, more: str, width: int, fg: str | None = None) -> str:
    lead = f"  {click.style(f'{name:15}', dim=True)}  {click.style(f'{figure:>9}', fg=fg)}"
    return f"{lead}  {click.style(clip(more, max(width - 30, 20)), fg=fg)}" if more else lead


def _gaps(gaps: Gaps | None) -> tuple[str, str]:
    if gaps is None:
        return "-", ""
    return (
        f"{us_text(gaps.p50_us)}",
        f"p95 {us_text(gaps.p95_us)} · p99 {us_text(gaps.p99_us)} · max {us_text(gaps.max_us)}",
    )


def table_lines(
    named: Sequence[tuple[str, Interaction]], width: int, read: Callable[[Interaction], Reading] = read
) -> Iterator[str]:
    """A row for each recording, its gaps those between tokens; under repeats p50 and p95 of each figure.

    `named`: the file's name and the interaction. `read`: what reads one.
    """
    rows: list[tuple[str, list[str]]] = []
    for group in _repeats(named):
        measured = [(printable(f"{file}#{i.name}"), measure(i, read(i))) for file, i in group]
        rows += [(name, [_cell(figure, figure[1](stats)) for figure in _FIGURES]) for name, stats in measured]
        if len(measured) > 1:
            for word, share in (("p50", 0.5), ("p95", 0.95)):
                rows.append((f"  {word} of {len(measured)}", [_over(figure, measured, share) for figure in _FIGURES]))
    headings = [heading for heading, _, _ in _FIGURES]
    widths = [max(len(cell) for cell in column) for column in zip(headings, *(cells for _, cells in rows), strict=True)]
    names = max(len("interaction"), *(len(name) for name, _ in rows))
    kept = list(range(len(_FIGURES)))
    for spared in _SPARED:
        if _LEAST + sum(widths[c] + 2 for c in kept) > width:
            kept.remove(headings.index(spared))
    names = max(min(names, _LEAST), min(names, width - sum(widths[c] + 2 for c in kept)))
    for name, cells in (("interaction", headings), *rows):
        line = f"{clip(name, names):{names}}" + "".join(f"  {cells[c]:>{widths[c]}}" for c in kept)
        if name == "interaction" and cells is headings:
            yield click.style(line, dim=True)
        else:
            yield click.style(line, bold=True) if name.startswith("  ") else line


def _cell(figure: Figure, value: float | None) -> str:
    return figure[2](value) if value is not None else "-"


def _over(figure: Figure, measured: Sequence[tuple[str, Stats]], share: float) -> str:
    found = sorted(value for _, stats in measured if (value := figure[1](stats)) is not None)
    return figure[2](percentile(found, share)) if found else "-"


def _repeats(named: Sequence[tuple[str, Interaction]]) -> list[list[tuple[str, Interaction]]]:
    """Those of one request together, in the order of the first of each."""
    groups: dict[tuple[str, bytes | None], list[tuple[str, Interaction]]] = {}
    for file, interaction in named:
        request = interaction.request
        groups.setdefault((request.label, request.body), []).append((file, interaction))
    return list(groups.values())
