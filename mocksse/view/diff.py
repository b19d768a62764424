"""Two recordings side by side: what of the answer, of the events and of the times is not the same.

Pure. Events are compared by what they say: ids, dates and padding differ from run to run and mean nothing. Times
differ from run to run too, so a figure counts as another only where it is off by a tenth and by a tenth of a second.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from mocksse.cassette.match.rules import DATES, IDS
from mocksse.cassette.match.volatile import is_date, plain
from mocksse.figures import plural
from mocksse.providers.lenient import decode
from mocksse.view.arrivals import read
from mocksse.view.stats import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.turn import Choice, Turn
    from mocksse.view.arrivals import Arrival, Reading
    from mocksse.view.stats import Stats

TOLERANCE = 0.1
TOLERANCE_US = 100_000
"""Both have to be exceeded before a time counts as another."""
_PADDING = frozenset({"obfuscation", "p", "timings"})
_CLOCKED = ("_duration", "_time", "_ms", "_per_second")
"""How members are called that hold a server's own times."""
_QUIET = (IDS, DATES)
_ALIKE = 4000
"""Events up to which the longest common run is looked for; beyond them what each has is counted."""

What = Literal["lost", "added", "doubled", "changed"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the answer, or of how it came: `a` and `b` are its two values as text."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Change:
    """Events that are not the same. `a`, `b`: indices among each one's events, empty where it has none there."""

    what: What
    a: range
    b: range
    text: str
    """What the events say; of changed ones both."""


@dataclass(frozen=True, slots=True)
class Time:
    """A figure of each, in microseconds; `differs`: by more than two runs of one recording would."""

    name: str
    a: int | None
    b: int | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Diff:
    """All that is not the same; `times` has every figure, also those that are."""

    answer: tuple[Part, ...]
    events: tuple[Change, ...]
    times: tuple[Time, ...]

    @property
    def same(self) -> bool:
        """Nothing differs."""
        return not self.answer and not self.events and not any(time.differs for time in self.times)


def diff(a: Interaction, b: Interaction, *, timing: bool = True) -> Diff:
    """What is not the same in `b`. Without `timing` times are told and never count."""
    first, second = read(a), read(b)
    answer = tuple(part for part in _parts(a, first, b, second) if part.a != part.b)
    times = tuple(_times(measure(a, first), measure(b, second), timing=timing))
    return Diff(answer, tuple(_events(first.arrivals, second.arrivals)), times)


def describe(found: Diff) -> dict[str, Any]:
    """The difference as `--json` has it; times in milliseconds."""
    return {
        "same": found.same,
        "answer": [{"what": part.name, "a": part.a, "b": part.b} for part in found.answer],
        "events": [
            {"what": change.what, "a": list(change.a), "b": list(change.b), "text": change.text}
            for change in found.events
        ],
        "times": [
            {
                "what": time.name,
                "a_ms": None if time.a is None else time.a / 1000,
                "b_ms": None if time.b is None else time.b / 1000,
                "differs": time.differs,
            }
            for time in found.times
        ],
    }


def _parts(a: Interaction, first: Reading, b: Interaction, second: Reading) -> Iterator[Part]:
    """Every part of both."""
    yield Part("status", str(a.response.status), str(b.response.status))
    yield Part("content type", a.response.content_type, b.response.content_type)
    yield Part("end", a.response.end.how, b.response.end.how)
    yield Part("api", _name(first), _name(second))
    one, other = first.turn, second.turn
    for index in range(max(len(one.choices), len(other.choices))):
        lead = f"choice {index} " if max(len(one.choices), len(other.choices)) > 1 else ""
        yield from _choice(lead, _at(one, index), _at(other, index))
    yield Part("usage", _usage(one), _usage(other))
    yield Part("errors", "\n".join(one.errors), "\n".join(other.errors))
    if not one.choices and not other.choices and not first.arrivals + second.arrivals:
        yield Part("body", str(a.response.body), str(b.response.body))


def _usage(turn: Turn) -> str:
    return _json(dict(turn.usage)) if turn.usage else ""


def _name(reading: Reading) -> str:
    return reading.api.name if reading.api is not None else ""


def _at(turn: Turn, index: int) -> Choice | None:
    return turn.choices[index] if index < len(turn.choices) else None


def _choice(lead: str, a: Choice | None, b: Choice | None) -> Iterator[Part]:
    for name in ("text", "reasoning", "refusal", "finish"):
        yield Part(f"{lead}{name}", getattr(a, name, ""), getattr(b, name, ""))
    calls = [choice.tool_calls if choice is not None else () for choice in (a, b)]
    for index in range(max(map(len, calls))):
        spelt = [f"{of[index].name} {of[index].arguments}".strip() if index < len(of) else "" for of in calls]
        yield Part(f"{lead}tool call {index + 1}", *spelt)


# --- Events


def _events(a: Sequence[Arrival], b: Sequence[Arrival]) -> Iterator[Change]:
    first, second = ([arrival for arrival in of if arrival.lane not in {"comment", "ping"}] for of in (a, b))
    one, other = [_key(arrival) for arrival in first], [_key(arrival) for arrival in second]
    ahead = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    most = min(len(one), len(other)) - ahead
    behind = next((i for i in range(most) if one[-1 - i] != other[-1 - i]), most)
    left, right = one[ahead : len(one) - behind], other[ahead : len(other) - behind]
    if len(left) + len(right) > _ALIKE:
        yield from _counted(left, right)
        return
    known = set(one)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        lost, came = range(ahead + i1, ahead + i2), range(ahead + j1, ahead + j2)
        if tag == "delete":
            yield Change("lost", lost, came, _texts(one, lost))
        elif tag == "insert":
            doubled = all(other[j] in known for j in came)
            yield Change("doubled" if doubled else "added", lost, came, _texts(other, came))
        elif tag == "replace":
            twice = next((n for n, j in enumerate(came) if not j or other[j] != other[came[0] - 1]), len(came))
            if 0 < twice < len(came):
                yield Change("doubled", range(0), came[:twice], _texts(other, came[:twice]))
                came = came[twice:]
            yield Change("changed", lost, came, f"{_texts(one, lost)} → {_texts(other, came)}")


def _counted(left: Sequence[str], right: Sequence[str]) -> Iterator[Change]:
    """Of very long streams that differ all over: how many of each event there are, wherever."""
    fewer, more = Counter(left) - Counter(right), Counter(right) - Counter(left)
    if not fewer and not more:
        yield Change("changed", range(0), range(0), f"{plural(len(left), 'event')} in another order")
    known = set(left)
    for what, counts in (
        ("lost", fewer),
        ("doubled", Counter({key: n for key, n in more.items() if key in known})),
        ("added", Counter({key: n for key, n in more.items() if key not in known})),
    ):
        if counts:
            text = f"{plural(counts.total(), 'event')}, such as {next(iter(counts))}"
            yield Change(what, range(0), range(0), text)  # type: ignore[arg-type]


def _key(arrival: Arrival) -> str:
    """What an event says, as text; equal for two that mean the same."""
    if arrival.fragments:
        return " ".join(map(_said, arrival.fragments))
    frame = arrival.frame
    payload = decode(frame.data)
    text = _json(payload) if payload is not None else plain(frame.data.decode("utf-8", "replace"), _QUIET)
    name = frame.type if frame.type != "message" else ""
    return " ".join(filter(None, (name, text)))


def _said(fragment: Fragment) -> str:
    kind = "" if fragment.kind == "text" else fragment.kind
    text = _json(decode(fragment.text)) if fragment.kind == "usage" else fragment.text
    return " ".join(filter(None, (kind, fragment.name, text)))


def _json(value: Any) -> str:
    """The value without what differs from run to run, its keys in order."""
    try:
        return json.dumps(_steady(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return ""


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _steady(item)
            for key, item in value.items()
            if key not in _PADDING and not key.endswith(_CLOCKED) and not is_date(key, item, _QUIET)
        }
    if isinstance(value, list):
        return [_steady(item) for item in value]
    return plain(value, _QUIET) if isinstance(value, str) else value


def _texts(keys: Sequence[str], span: range) -> str:
    return " ".join(keys[i] for i in span)


# --- Times


def _times(a: Stats, b: Stats, *, timing: bool) -> Iterator[Time]:
    for name, one, other in (
        ("head", a.head_us, b.head_us),
        ("first byte", a.first_byte_us, b.first_byte_us),
        ("first event", a.first_event_us, b.first_event_us),
        ("first reasoning", a.first_reasoning_us, b.first_reasoning_us),
        ("first text", a.first_text_us, b.first_text_us),
        ("first tool call", a.first_tool_us, b.first_tool_us),
        ("gap p50", getattr(a.event_gaps, "p50_us", None), getattr(b.event_gaps, "p50_us", None)),
        ("gap p95", getattr(a.event_gaps, "p95_us", None), getattr(b.event_gaps, "p95_us", None)),
        ("longest gap", getattr(a.event_gaps, "max_us", None), getattr(b.event_gaps, "max_us", None)),
        ("duration", a.duration_us, b.duration_us),
    ):
        if one is not None or other is not None:
            yield Time(name, one, other, timing and _differs(one, other))


def _differs(a: int | None, b: int | None) -> bool:
    """A time that only one of them has is no matter of time: the answer has told of it."""
    if a is None or b is None:
        return False
    return abs(a - b) > TOLERANCE_US and abs(a - b) > TOLERANCE * max(a, b)
