"""What is counted, and how Prometheus reads it: with its own parser, and labels that no request can multiply."""

from __future__ import annotations

from array import array

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mocksse.server.journal import Record
from mocksse.server.metrics import NAMES, Counts, outcome


def record(kind: str = "played", **more: object) -> Record:
    made = Record(1, "default", 0.0, 1, "GET", "/a", (), b"")
    made.kind = kind  # type: ignore[assignment]
    made.interaction = "chat#rivers" if kind == "played" else ""
    for name, value in more.items():
        setattr(made, name, value)
    return made


def read(counts: Counts) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    _, body = counts.exposition()
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_an_empty_server_has_them_all() -> None:
    _, body = Counts(lambda: 1, lambda: 0).exposition()
    names = {line.split()[2].removesuffix("_total") for line in body.decode().splitlines() if line.startswith("# TYPE")}
    assert names == set(NAMES)


def test_what_is_done_is_counted() -> None:
    counts = Counts(lambda: 3, lambda: 2)
    counts.observe(record(written=100, faults=("reset at=event:5 at byte 12", "crlf")))
    counts.observe(record(written=50, finish="reset", broken=True, faults=("reset at=event:5 at byte 12",)))
    counts.observe(record("missed"))
    counts.recordings["kept"] += 1
    found = read(counts)
    assert found["mocksse_requests_total"] == {
        (("cassette", "chat"), ("outcome", "whole")): 1,
        (("cassette", "chat"), ("outcome", "broken")): 1,
        (("cassette", ""), ("outcome", "missed")): 1,
    }
    assert found["mocksse_faults_injected_total"] == {(("fault", "reset"),): 2, (("fault", "crlf"),): 1}
    assert found["mocksse_bytes_written_total"] == {(): 150}
    assert found["mocksse_recordings_total"] == {(("outcome", "kept"),): 1}
    assert (found["mocksse_sessions"], found["mocksse_streams_active"]) == ({(): 3}, {(): 2})


@pytest.mark.parametrize("sent", [1, 5])
def test_lateness_falls_into_buckets_whatever_its_order(sent: int) -> None:
    counts = Counts(lambda: 1, lambda: 0)
    late = [700, 5000, 3, 2_000_000, 500]
    counts.observe(record(late_us=array("i", [*late, 9_999]), sent=sent))
    found = read(counts)
    buckets = {dict(labels)["le"]: n for labels, n in found["mocksse_write_lateness_seconds_bucket"].items()}
    expected = {bound: sum(us <= float(bound) * 1e6 for us in late[:sent]) for bound in buckets}
    assert buckets == expected
    assert found["mocksse_write_lateness_seconds_sum"] == {(): sum(late[:sent]) / 1e6}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, "whole"),
        ({"finish": "complete"}, "whole"),
        ({"finish": "fin"}, "whole"),
        ({"finish": "fin", "broken": True}, "broken"),
        ({"broken_off": "the client left"}, "left"),
        ({"broken_off": "the server was stopped"}, "broken"),
        ({"kind": "relayed"}, "relayed"),
        ({"kind": "made-up"}, "own"),
        ({"kind": "own"}, "own"),
        ({"kind": "missed", "broken_off": "the client left"}, "left"),
    ],
)
def test_the_outcome_is_one_of_few_words(more: dict[str, object], word: str) -> None:
    assert outcome(record(**{"kind": "played", **more})) == word  # type: ignore[arg-type]
