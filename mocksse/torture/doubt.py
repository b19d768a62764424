"""What a verdict may owe to the machine, and not to the client: it counts only where more plays than one show it. Pure.

A busy machine makes every time longer, and waits that a client draws at random are now and then too short or too even.
A client that does wrong by itself shows it each time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.torture.verdict import Verdict

TIMED = re.compile(r"hang|no-reply|stall|drip|heartbeat|ping-only|open-after")
"""Of faults that are about the client's patience. In all other plays it is told to have a lot of it, so that a busy
machine is not held against it."""
_RACED = re.compile(rf"{TIMED.pattern}|bytes-after-end")
"""Of faults in which what a client does hangs on when it does it: a second of delay, and it gives up or asks again
where it would have read on."""
_SHOWN = 3
_ENDLESS = 2
"""Of what takes its whole time, fewer; and of a client that has come to no end as often as that, one."""


def plays_to_show(verdict: Verdict, late: bool, endless: int = 0) -> int:
    """How many plays have to show the same before it counts.

    `late`: the server itself was. `endless`: plays in which this client is known to have come to no end.
    """
    faults = verdict.play.faults
    match verdict.wrong:
        case "late" | "rude":
            return _SHOWN
        case "hang":  # who waits for ever does so at once, where that is what is played
            return _ENDLESS if endless < _ENDLESS and (late or not TIMED.search(faults)) else 1
        case "loud" | "money" | "crash" if late or _RACED.search(faults):
            return _SHOWN
    return _SHOWN if _may_have_lost(verdict) else 1


def _may_have_lost(verdict: Verdict) -> bool:
    """A reset takes with it what its peer has not read: a busy client may have had less than was sent."""
    is_whole = "same" in verdict.play.expect.outcomes
    return verdict.failed and is_whole and any(exchange.finish == "reset" for exchange in verdict.exchanges)
