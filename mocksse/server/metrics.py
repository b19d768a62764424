"""What a server counts, and how Prometheus reads it. Counting is cheap; prometheus-client is loaded once it is asked.

Labels are bounded: cassettes there are, faults there are, and four outcomes; never a path, a session or a word of a
request.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mocksse.server.journal import Record

LATE_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds of the buckets of lateness, in seconds."""
_LATE_US = tuple(round(bound * 1e6) for bound in LATE_S)

NAMES = {
    "mocksse_requests": "Requests answered, by cassette and outcome (whole, broken, left, missed, own, relayed).",
    "mocksse_streams_active": "Answers under way.",
    "mocksse_sessions": "Sessions there are.",
    "mocksse_bytes_written": "Bytes handed to the network.",
    "mocksse_faults_injected": "Faults that took hold, by name.",
    "mocksse_recordings": "Answers recorded from an upstream, by outcome (kept, lost).",
    "mocksse_write_lateness_seconds": "How long behind its planned time each write was made.",
}
"""All metrics: name without Prometheus' own endings, and what it counts."""


class Counts:
    """The sums of one server. `sessions` and `active` are asked when somebody looks."""

    def __init__(self, sessions: Callable[[], int], active: Callable[[], int]) -> None:
        self._sessions = sessions
        self._active = active
        self.requests: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self.recordings: Counter[str] = Counter()
        self.bytes = 0
        self.late = [0] * (len(_LATE_US) + 1)
        self.late_us = 0

    def observe(self, record: Record) -> None:
        """Count a request that is done."""
        cassette = record.interaction.partition("#")[0] if record.kind == "played" else ""
        self.requests[cassette, outcome(record)] += 1
        self.bytes += record.written
        for fault in record.faults:
            self.faults[fault.split(None, 1)[0]] += 1
        for late_us in record.late_us[: record.sent]:
            self.late_us += late_us
            self.late[bisect_left(_LATE_US, late_us)] += 1

    def exposition(self) -> tuple[str, bytes]:
        """Content type and body of the answer to Prometheus."""
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return CONTENT_TYPE_LATEST, generate_latest(registry)

    def collect(self) -> Iterator[Any]:
        """The metric families, as prometheus-client's registry asks for them."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        def counter(name: str, labels: Sequence[str], values: dict[tuple[str, ...], int]) -> CounterMetricFamily:
            family = CounterMetricFamily(name, NAMES[name], labels=labels)
            for key, value in sorted(values.items()):
                family.add_metric(key, value)
            return family

        yield counter(
            "mocksse_requests",
            ("cassette", "outcome"),
            {(cassette, out): n for (cassette, out), n in self.requests.items()},
        )
        yield GaugeMetricFamily("mocksse_streams_active", NAMES["mocksse_streams_active"], self._active())
        yield GaugeMetricFamily("mocksse_sessions", NAMES["mocksse_sessions"], self._sessions())
        yield counter("mocksse_bytes_written", (), {(): self.bytes})
        yield counter("mocksse_faults_injected", ("fault",), {(name,): n for name, n in self.faults.items()})
        yield counter("mocksse_recordings", ("outcome",), {(name,): n for name, n in self.recordings.items()})
        name, total, buckets = "mocksse_write_lateness_seconds", 0, []
        for bound, count in zip((*map(repr, LATE_S), "+Inf"), self.late, strict=True):
            total += count
            buckets.append((bound, total))
        yield HistogramMetricFamily(name, NAMES[name], buckets=buckets, sum_value=self.late_us / 1e6)


def outcome(record: Record) -> str:
    """How a request came out, in a word that is one of few."""
    if record.broken_off:
        return "left" if record.broken_off == "the client left" else "broken"
    if record.kind == "played":
        return "broken" if record.broken else "whole"
    return {"missed": "missed", "relayed": "relayed"}.get(record.kind, "own")
