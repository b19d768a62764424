"""The tables of `show`: interactions in rows, and one interaction's chunks with their times."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

import click

from mocksse.figures import bytes_text, plural, printable, us_text
from mocksse.view.columns import clip
from mocksse.view.summary import describe, summary_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Interaction, Piece, Response

_HEADINGS = ("interaction", "request", "status", "events", "chunks", "bytes", "first byte", "duration", "end")
_RIGHT = frozenset({2, 3, 4, 5, 6, 7})
_SPARED = (4, 6, 1)
"""Columns to leave out of a narrow terminal, the first first."""
_LEAST = 20
"""Columns of text that a name keeps, however narrow the terminal."""


def interaction_lines(named: Sequence[tuple[str, Interaction]], width: int) -> list[str]:
    """A row for each interaction, under headings. `named`: the file's name and the interaction."""
    rows = [_HEADINGS, *(_row(file, interaction) for file, interaction in named)]
    columns = list(range(len(_HEADINGS)))
    widths = [max(len(row[column]) for row in rows) for column in columns]
    for column in _SPARED:
        if sum(widths[c] + 2 for c in columns if c > 1) + 2 * (_LEAST + 2) > width:
            columns.remove(column)
    for column in (1, 0):  # the two that can be cut without losing a figure
        over = sum(widths[c] + 2 for c in columns) - width
        widths[column] = max(min(widths[column], _LEAST), widths[column] - max(over, 0))
    lines = []
    for number, row in enumerate(rows):
        cells = {
            c: clip(row[c], widths[c]).rjust(widths[c]) if c in _RIGHT else clip(row[c], widths[c]).ljust(widths[c])
            for c in columns
        }
        if number:
            cells[2] = click.style(cells[2], fg="green" if row[2].startswith("2") else "red")
            cells[8] = click.style(row[8], fg=None if row[8] == "complete" else "yellow")
        line = "  ".join(cells.values()).rstrip()
        lines.append(line if number else click.style(line, dim=True))
    return lines


def _row(file: str, interaction: Interaction) -> tuple[str, ...]:
    shown = describe(interaction)
    first = shown["first_byte_ms"]
    return (
        printable(f"{file}#{interaction.name}"),
        printable(interaction.request.label),
        str(shown["status"]),
        f"{shown['events']:,}",
        f"{shown['chunks']:,}",
        bytes_text(shown["bytes"]),
        us_text(round(first * 1000)) if first is not None else "-",
        us_text(interaction.response.end_us),
        shown["end"],
    )


def chunk_lines(file: str, interaction: Interaction, width: int) -> list[str]:
    """The interaction's head, each piece of its body, and its end."""
    response = interaction.response
    title = click.style(printable(f"{file}#{interaction.name}"), bold=True)
    lines = [f"{title}  {printable(interaction.request.label)}", f"  {summary_line(response)}"]
    lines.append(
        _line(
            response.head_after_us,
            response.head_after_us,
            f"head, {plural(len(response.headers), 'header')}",
            "",
            width,
        )
    )
    for at_us, piece in zip(response.piece_times_us, response.pieces, strict=True):
        lines.append(_line(at_us, piece.after_us, _kind(piece), _shown(piece), width))
    lines.append(_line(response.end_us, response.end.after_us, response.end.how, "", width))
    rest_us = accumulate((piece.after_us for piece in response.end.rest), initial=response.end_us)
    for at_us, piece in zip(list(rest_us)[1:], response.end.rest, strict=True):
        lines.append(_line(at_us, piece.after_us, f"rest {bytes_text(len(piece.data))}", _shown(piece), width))
    return [*lines, ""]


def _kind(piece: Piece) -> str:
    return bytes_text(len(piece.data)) + (" …" if piece.more else f" of {piece.of}" if piece.of is not None else "")


def _shown(piece: Piece) -> str:
    return printable(piece.data.decode("utf-8", "replace").rstrip("\r\n"))


def _line(at_us: int, gap_us: int, kind: str, text: str, width: int) -> str:
    lead = f"{at_us / 1_000_000:10.3f} s  {f'+{us_text(gap_us)}':>8}  {kind:>12}  "
    return click.style(lead, dim=True) + clip(text, max(width - len(lead), 20))


def chunk_rows(response: Response) -> list[dict[str, Any]]:
    """The pieces for `--json`: `data` is text where it is UTF-8, else `base64`."""
    from base64 import b64encode

    rows = []
    for at_us, piece in zip(response.piece_times_us, response.pieces, strict=True):
        row: dict[str, Any] = {"at_ms": at_us / 1000, "after_ms": piece.after_us / 1000, "bytes": len(piece.data)}
        if piece.more:
            row["more"] = True
        if piece.of is not None:
            row["of"] = piece.of
        try:
            row["data"] = piece.data.decode()
        except UnicodeDecodeError:
            row["base64"] = b64encode(piece.data).decode()
        rows.append(row)
    return rows
