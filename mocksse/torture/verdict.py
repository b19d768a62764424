"""A verdict: what a client did in one play, held against what is right, and how bad it is where it is not.

PASS        as it has to be
FAIL        not so, in a case that a standard or practice decides
NON-STRICT  not as the standard has it, in a case in which practice disagrees; with --strict it is a FAIL
INFO        what it did, in a case that nobody has decided
SKIP        not played: the client does not claim what is needed, or nothing can play it
TIMEOUT     it did not come to an end, and was ended
NOT JUDGED  it did not say what reached its caller, and what the server saw tells nothing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.torture.case import Play
    from mocksse.torture.exchange import Exchange

Status = Literal["PASS", "FAIL", "NON-STRICT", "INFO", "SKIP", "TIMEOUT", "NOT JUDGED"]
STATUSES: tuple[Status, ...] = ("FAIL", "TIMEOUT", "NON-STRICT", "NOT JUDGED", "PASS", "INFO", "SKIP")
"""The worst first. What is undecided says nothing of a case that has also passed."""
FAILED = frozenset({"FAIL", "TIMEOUT"})
Wrong = Literal["", "silent", "money", "hang", "crash", "loud", "rude", "late", "unclear"]
WRONG: dict[Wrong, str] = {
    "silent": "a wrong answer, without a word",
    "money": "asked again where that costs money or harm",
    "hang": "no end",
    "crash": "crashed, or what it said is no result",
    "loud": "an error where the answer was whole",
    "rude": "came back too soon, too often, or not as it was told",
    "late": "took too long",
    "unclear": "an error that does not say what happened",
}
"""What can be wrong, the worst first, and what that is in words."""
_WORST = tuple(WRONG)
_SEVERITIES = "CHML"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one play. `why`: in one line; `expected` and `got`: in words, for whoever looks closer."""

    play: Play
    status: Status
    why: str = ""
    wrong: Wrong = ""
    expected: str = ""
    got: str = ""
    seconds: float = 0.0
    exchanges: tuple[Exchange, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it counts against the client."""
        return self.status in FAILED

    @property
    def rank(self) -> tuple[int, int, int]:
        """Sorts the worst first: its status, what is wrong, and how grave the case is."""
        wrong = _WORST.index(self.wrong) if self.wrong else len(_WORST)
        return STATUSES.index(self.status), wrong, _SEVERITIES.index(self.play.case.severity)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one that speaks for a case with several plays: the worst; of equals the first. ValueError for none."""
    return min(verdicts, key=lambda verdict: verdict.rank)
