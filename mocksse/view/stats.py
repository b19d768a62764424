"""A recording in figures: how long until what, the gaps between events, and how fast the model wrote.

Pure, and all derived. A token gap is one between two events that carry a piece of what the model wrote: text,
reasoning, a refusal or tool arguments. Percentiles are values that were measured, never between two.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Any

from mocksse.figures import percentile
from mocksse.providers.fragment import GENERATED
from mocksse.providers.usage import output_tokens
from mocksse.view.arrivals import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.view.arrivals import Arrival, Reading

STALL_US = 1_000_000
STALL_FACTOR = 5
"""A stall is a silence of STALL_US or more that is also STALL_FACTOR times the median gap: a model that always takes
two seconds does not stall. The wait for the first byte is no stall, the one for the end can be."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps in microseconds; `all_us` in their order in time."""

    all_us: tuple[int, ...]
    p50_us: int
    p95_us: int
    p99_us: int
    max_us: int


@dataclass(frozen=True, slots=True)
class Stall:
    """A silence of `gap_us` that ended at `at_us`."""

    at_us: int
    gap_us: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Times in microseconds since the request was sent; None for what never came."""

    head_us: int
    first_byte_us: int | None
    first_event_us: int | None
    first_reasoning_us: int | None
    first_text_us: int | None
    first_tool_us: int | None
    duration_us: int
    end: str
    bytes: int
    chunks: int
    events: int
    comments: int
    event_gaps: Gaps | None
    token_gaps: Gaps | None
    output_tokens: int | None
    """By the answer's own usage."""
    tokens_per_s: float | None
    """Output tokens over the time from the first event with a token to the last; reasoning that was counted but not
    streamed is left out. None where usage tells nothing, or all came at one moment."""
    stalls: tuple[Stall, ...]

    @property
    def events_per_chunk(self) -> float | None:
        """The mean."""
        return self.events / self.chunks if self.chunks else None


def measure(interaction: Interaction, reading: Reading | None = None) -> Stats:
    """The figures. `reading`: of this interaction, where the caller has it already."""
    reading = reading or read(interaction)
    response = interaction.response
    times = response.piece_times_us
    events = [arrival for arrival in reading.arrivals if arrival.frame.kind == "event"]
    written = [arrival for arrival in events if _is_written(arrival)]
    tokens, speed = _speed(reading, written)
    return Stats(
        head_us=response.head_after_us,
        first_byte_us=times[0] if times else None,
        first_event_us=events[0].at_us if events else None,
        first_reasoning_us=_first(events, "reasoning"),
        first_text_us=_first(events, "text"),
        first_tool_us=_first(events, "tool"),
        duration_us=response.end_us,
        end=response.end.how,
        bytes=response.size,
        chunks=response.chunks,
        events=len(events),
        comments=sum(arrival.frame.kind == "comment" for arrival in reading.arrivals),
        event_gaps=_gaps(events),
        token_gaps=_gaps(written),
        output_tokens=tokens,
        tokens_per_s=speed,
        stalls=tuple(stalls([arrival.at_us for arrival in reading.arrivals], response.end_us)),
    )


def stats(interaction: Interaction, reading: Reading | None = None) -> dict[str, Any]:
    """The figures as `--json` has them: times in milliseconds, null for what never came."""
    found = measure(interaction, reading)
    per_chunk = found.events_per_chunk
    return {
        "head_ms": _ms(found.head_us),
        "first_byte_ms": _ms(found.first_byte_us),
        "first_event_ms": _ms(found.first_event_us),
        "first_reasoning_ms": _ms(found.first_reasoning_us),
        "first_text_ms": _ms(found.first_text_us),
        "first_tool_ms": _ms(found.first_tool_us),
        "duration_ms": _ms(found.duration_us),
        "end": found.end,
        "bytes": found.bytes,
        "chunks": found.chunks,
        "events": found.events,
        "comments": found.comments,
        "events_per_chunk": None if per_chunk is None else round(per_chunk, 3),
        "event_gap_ms": _told(found.event_gaps),
        "token_gap_ms": _told(found.token_gaps),
        "output_tokens": found.output_tokens,
        "tokens_per_s": None if found.tokens_per_s is None else round(found.tokens_per_s, 3),
        "stalls": [{"at_ms": _ms(stall.at_us), "gap_ms": _ms(stall.gap_us)} for stall in found.stalls],
    }


def stalls(times_us: Sequence[int], end_us: int) -> Iterable[Stall]:
    """The stalls between these moments, and before the end."""
    moments = sorted({*times_us})
    gaps = [b - a for a, b in pairwise(moments)]
    pace_us = median_low(gaps) if len(gaps) > 1 else 0  # one gap tells nothing of a pace
    least_us = max(STALL_US, STALL_FACTOR * pace_us)
    for before, after in pairwise([*moments, end_us] if moments else []):
        if after - before >= least_us:
            yield Stall(after, after - before)


def _is_written(arrival: Arrival) -> bool:
    return any(fragment.kind in GENERATED and fragment.text for fragment in arrival.fragments)


def _first(events: Iterable[Arrival], kind: str) -> int | None:
    return next((e.at_us for e in events if any(f.kind == kind for f in e.fragments)), None)


def _gaps(events: Sequence[Arrival]) -> Gaps | None:
    """Of fewer than two events there are none."""
    found = tuple(after.at_us - before.at_us for before, after in pairwise(events))
    if not found:
        return None
    ordered = sorted(found)
    p50_us, p95_us, p99_us = (percentile(ordered, share) for share in (0.5, 0.95, 0.99))
    return Gaps(found, p50_us, p95_us, p99_us, ordered[-1])


def _speed(reading: Reading, written: Sequence[Arrival]) -> tuple[int | None, float | None]:
    usage = reading.turn.usage
    tokens = output_tokens(usage)
    streamed = any(choice.reasoning for choice in reading.turn.choices)
    counted = output_tokens(usage, reasoning=streamed)
    if counted is None or len(written) < 2 or written[-1].at_us == written[0].at_us:
        return tokens, None
    return tokens, counted * 1_000_000 / (written[-1].at_us - written[0].at_us)


def _told(gaps: Gaps | None) -> dict[str, float | None] | None:
    if gaps is None:
        return None
    return {"p50": _ms(gaps.p50_us), "p95": _ms(gaps.p95_us), "p99": _ms(gaps.p99_us), "max": _ms(gaps.max_us)}


def _ms(us: int | None) -> float | None:
    return None if us is None else us / 1000
