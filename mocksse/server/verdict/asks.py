"""Who asks again: the requests for one thing by one client, one after the other.

Two requests are alike where a server would have to take one for the other: method, target, body, whose credentials,
which program. Where several of one kind are under way at once nobody can tell which comes after which: then none does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict.checks import Severity

JUDGED = frozenset({"played", "relayed"})
"""Kinds of answers that are an upstream's, as far as the client knows."""
HAIR_S = 0.05
"""A client's clock may be a little fast, and that it has left is known a little late."""
_SKEW_S = 0.002
"""When a request is there and when its answer is over are read one after the other."""
_BY_ITSELF_S = 60.0
"""Who asks again later than this is somebody else, or somebody who was told to."""
_BY_HAND_S = 2.0
"""Sooner than this nobody asks again by hand."""
_WHO = (b"user-agent", b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key")
_CALLS = (b"idempotency-key", b"amz-sdk-invocation-id")
"""The same for all attempts of one call, another for the next one."""
_ATTEMPT = re.compile(rb"attempt=([0-9]{1,4})")

Lane = tuple["Record", ...]
"""Requests that are alike, in their order."""


@dataclass(frozen=True, slots=True)
class Return:
    """A request, and the next one that is like it. `waited`: seconds from the end of the first one's answer."""

    before: Record
    after: Record
    waited: float

    @property
    def numbers(self) -> tuple[int, int]:
        """Those of both."""
        return self.before.number, self.after.number

    @property
    def by_itself(self) -> Severity | None:
        """Whether no person asked again: surely (fail), or so it seems, though the client calls it a first attempt."""
        if self.waited > _BY_ITSELF_S:
            return None
        attempt = _attempt(self.after)
        if attempt == 0:
            return "warn" if self.waited < _BY_HAND_S else None
        return "fail"


def header(record: Record, name: bytes) -> bytes | None:
    """The first of that name, which is in lower case."""
    return next((value for key, value in record.headers if key.lower() == name), None)


def wants_stream(record: Record) -> bool:
    """It asks as an EventSource does."""
    return record.method == "GET" and b"text/event-stream" in (header(record, b"accept") or b"").lower()


def as_recorded(record: Record) -> bool:
    """The answer was all that was recorded: nothing has to be planned again to know that."""
    return not (record.broken or record.broken_off or record.faults)


def end_of(record: Record) -> float:
    """When its answer was over, in seconds since 1970; never, where it is under way."""
    return record.at + record.seconds if record.done else float("inf")


def lanes(records: Iterable[Record]) -> list[Lane]:
    """All that were answered as an upstream would, those that are alike together."""
    found: dict[tuple[object, ...], list[Record]] = {}
    for record in records:
        if record.kind in JUDGED:
            found.setdefault(_likeness(record), []).append(record)
    return [tuple(lane) for lane in found.values()]


def _likeness(record: Record) -> tuple[object, ...]:
    headers = {key.lower(): value for key, value in reversed(record.headers)}
    who = tuple(headers.get(name) for name in (*_WHO, *_CALLS))
    return record.method, record.target, record.body, record.body_bytes, record.body_sum, who


def is_shared(lane: Lane) -> bool:
    """Whether several clients are at it, or one that does several things at once.

    Quick answers never overlap, however many ask. But who has nothing else to do neither opens another connection
    before the answer on the first one is over, nor comes back to a connection that it has left for another.
    """
    last, left = float("-inf"), set[int]()
    for before, after in pairwise(lane):
        last = max(last, end_of(before) - (HAIR_S if before.broken_off else _SKEW_S))
        if after.at < last or after.connection in left:
            return True
        if after.connection != before.connection:
            left.add(before.connection)
            if after.connected and after.connected < last:
                return True
    return False


def returns(lane: Lane) -> Iterator[Return]:
    """Each with the next one; none where they are several clients', or can't be told apart."""
    if not is_shared(lane):
        for before, after in pairwise(lane):
            waited = after.at - before.at - before.over_s if before.done else 0.0
            yield Return(before, after, max(0.0, waited))


def runs(found: Iterable[Return], goes_on: Sequence[bool]) -> list[list[Return]]:
    """The returns, cut wherever one does not go on with the one before."""
    lists: list[list[Return]] = [[]]
    for one, is_more in zip(found, goes_on, strict=True):
        if is_more:
            lists[-1].append(one)
        else:
            lists.append([])
    return [run for run in lists if run]


def _attempt(record: Record) -> int | None:
    """Which attempt the client says it is, from 0; None where it does not say."""
    told = header(record, b"x-stainless-retry-count")
    if told is not None and told.isdigit() and len(told) < 5:
        return int(told)
    found = _ATTEMPT.search(header(record, b"amz-sdk-request") or b"")
    return int(found[1]) - 1 if found else None
