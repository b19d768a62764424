"""What a case is: what is played to a client, what a right client makes of it, and the sentence that says so.

A case is data. Its ways are fault specs in the one grammar over a tape of each API; where the right answer depends on
the API, each of these has a way of its own; where it depends on the cut, the way is swept over cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from mocksse.replay.faults.cases import CASES as NUMBERED

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["SAME", "FAIL", "RETRY", "POLICY"]
Level = Literal["MUST", "SHOULD", "POLICY"]
Severity = Literal["C", "H", "M", "L"]
Outcome = Literal["same", "error"]

SEVERITIES = {"C": "silent wrong result, or money", "H": "crash or hang", "M": "degraded", "L": "rare"}
EVENTS = "sse"
"""Stands where an API's name does: a GET stream of events with ids, for clients that know events and no API."""
MODELS = ("openai-chat", "openai-responses", "anthropic", "gemini", "cohere", "ollama")
SSE_MODELS = MODELS[:-1]
BLOCKS = ("anthropic", "openai-responses", "cohere")
"""Answers that are made of blocks, each with a start and an end."""
SSE = (*SSE_MODELS, EVENTS)
APIS = (*MODELS, EVENTS)
FEW = 10
"""Requests for one answer, above which it is a storm."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What is right. Held against what the caller got, and against the requests that the server saw."""

    kind: Kind
    outcomes: frozenset[Outcome]
    """Those that are right. `same`: the answer as its tape has it. Of a POLICY those that the standard has; none: it
    has none."""
    as_sent: bool = False
    """`same` is what the bytes that were sent say: the fault has put something into the answer."""
    most: int = 1
    """Requests. Of a stream of events, which is there to be come back for, it counts only where it is a RETRY."""
    least: int = 1
    apart_s: float = 0.0
    """Between the end of an answer and the next request, at least."""
    grows: bool = False
    """The waits are not even, nor none to speak of."""
    unhurried: bool = False
    """One of the waits is one to speak of: those that are drawn may be short now and then, and not all of them."""
    within_s: float | None = None
    """From a request to the moment the client leaves."""
    checks: frozenset[str] = frozenset()
    """Findings of the server's verdict that are a failure of this case."""
    says: str = ""
    """A word that the message of the error has to have."""
    brief: bool = False
    """The message of the error is short, and no page."""
    coding: str = ""
    """A content coding: who did not ask for it may report it as an error."""
    seen_only: bool = False
    """What reaches the caller is another case's: only what the server saw is judged."""


SAME = Expect("SAME", frozenset({"same"}))
SAME_OR_FAIL = Expect("SAME", frozenset({"same", "error"}))
"""Either is right; to lose or to change something without a word is not."""
FAIL = Expect("FAIL", frozenset({"error"}))
FAIL_EARLY = replace(FAIL, most=FEW)
"""Before any output: asking again is allowed, and has to end in an error."""
RETRY = Expect("RETRY", frozenset({"same", "error"}), most=FEW)
GIVE_UP = Expect("RETRY", frozenset({"error"}), most=FEW, grows=True)
COME_BACK = Expect("RETRY", frozenset({"same"}), most=FEW)
POLICY = Expect("POLICY", frozenset(), most=FEW)
POLICY_SAME = replace(POLICY, outcomes=frozenset({"same"}))
POLICY_FAIL = replace(POLICY, outcomes=frozenset({"error"}))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to play a case. `faults` may hold `{cut}`, which stands for each of the cuts of `sweep`."""

    faults: str
    expect: Expect
    name: str = ""
    """Apart from the other ways; without one it is the spec itself."""
    tape: str = "text"
    apis: tuple[str, ...] = ()
    """Without any those of the case."""
    sweep: str = ""
    level: Level | None = None
    """Where it is another than the case's."""


@dataclass(frozen=True, slots=True)
class Case:
    """`number` 0: a provider's own quirk, which has none. `needs`: capabilities without which it says nothing."""

    id: str
    number: int
    title: str
    level: Level
    severity: Severity
    source: str
    ways: tuple[Way, ...]
    apis: tuple[str, ...] = MODELS
    needs: tuple[str, ...] = ()
    left_out: str = ""
    """Why it can't be played."""

    @property
    def family(self) -> str:
        """`framing` of `framing/split-utf8`."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """`split-utf8`."""
        return self.id.partition("/")[2]

    def ways_for(self, api: str) -> tuple[Way, ...]:
        """Those that an API can play."""
        return tuple(way for way in self.ways if api in (way.apis or self.apis))


@dataclass(frozen=True, slots=True)
class Play:
    """One answer of one case to one client: a way over one API's tape, its cut decided."""

    case: Case
    api: str
    name: str
    faults: str
    expect: Expect
    tape: str
    level: Level
    scaled: str = field(default="", compare=False)
    """What was made shorter, in words."""

    @property
    def id(self) -> str:
        """`framing/split-utf8:at=byte:17`: unique within an API, and what --run can ask for."""
        return f"{self.case.id}:{self.name}" if self.name else self.case.id


def numbered(
    number: int,
    level: Level,
    severity: Severity,
    source: str,
    *ways: Way,
    apis: Sequence[str] = MODELS,
    needs: Sequence[str] = (),
) -> Case:
    """One of the hundred: its name, its title and why it is left out are what `replay.faults.cases` says."""
    known = NUMBERED[number]
    return Case(
        f"{known.group}/{known.name}",
        number,
        known.should,
        level,
        severity,
        source,
        ways,
        tuple(apis),
        tuple(needs),
        known.left_out,
    )


def way(
    faults: str,
    expect: Expect,
    *,
    name: str = "",
    tape: str = "text",
    apis: Sequence[str] = (),
    sweep: str = "",
    level: Level | None = None,
) -> Way:
    """A way, in few words."""
    return Way(faults, expect, name, tape, tuple(apis), sweep, level)
