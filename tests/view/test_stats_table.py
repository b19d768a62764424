from dataclasses import replace

import click
import pytest
from recordings import DONE, delta, finish, recording

from mocksse.view.sparkline import sparkline
from mocksse.view.stats_table import stats_lines, table_lines


def talk(gap_ms: int, body: bytes = b"{}") -> object:
    return recording(
        (50, delta(content="a")),
        (gap_ms, delta(content="b")),
        (gap_ms, finish(usage={"completion_tokens": 2}) + DONE),
        body=body,
    )


def said(lines: object) -> list[str]:
    return [" ".join(click.unstyle(line).split()) for line in lines]  # type: ignore[attr-defined]


def test_one_recording_in_full() -> None:
    lines = said(stats_lines("f#a", recording((50, delta(content="a")), (2000, delta(content="b"))), 80))
    assert lines == [
        "f#a POST /v1/chat/completions",
        "head 10 ms",
        "first byte 60 ms",
        "first event 60 ms",
        "first text 60 ms",
        "duration 2.06 s complete",
        "event gaps 2.00 s p95 2.00 s · p99 2.00 s · max 2.00 s",
        "token gaps 2.00 s p95 2.00 s · p99 2.00 s · max 2.00 s",
        "█",
        "events 2 1.00 a chunk",
        "chunks 2",
        f"bytes {2 * len(delta(content='a'))} B",
        "stall 2.00 s until 2.06 s",
        "",
    ]


def test_rows_and_percentiles_over_repeats() -> None:
    named = [("one", talk(10)), ("other", talk(5, b"[]")), ("two", talk(30)), ("three", talk(20))]
    lines = said(table_lines(named, 200))  # type: ignore[arg-type]
    assert [line.split()[:2] for line in lines] == [
        ["interaction", "first"],
        ["one#a", "60"],
        ["two#a", "60"],
        ["three#a", "60"],
        ["p50", "of"],
        ["p95", "of"],
        ["other#a", "60"],
    ]
    assert lines[4].startswith("p50 of 3 60 ms 60 ms 20 ms")
    assert lines[5].startswith("p95 of 3 60 ms 60 ms 30 ms")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_a_table_fits_the_terminal(width: int) -> None:
    long = [(f"a-file-with-a-long-name-{n}", replace(talk(n), name="a-long-name")) for n in (1, 2)]  # type: ignore[type-var]
    lines = [click.unstyle(line) for line in table_lines(long, width)]  # type: ignore[arg-type]
    assert max(map(len, lines)) <= width
    assert all("duration" in line or "ms" in line for line in lines)


def test_nothing_at_all_has_figures() -> None:
    assert "first text -" in said(stats_lines("f#a", recording(end="cut"), 80))
    assert said(table_lines([("f", recording(end="cut"))], 80))[1].startswith("f#a - - - ")


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [([], 5, ""), ([1], 0, ""), ([0, 0], 5, "▁▁"), ([0, 25, 100], 5, "▁▅█"), ([1, 1, 1, 100, 1, 1], 3, "▂█▂")],
)
def test_sparkline(values: list[float], width: int, line: str) -> None:
    assert sparkline(values, width) == line
