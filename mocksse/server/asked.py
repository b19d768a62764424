"""A request as a session takes it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.replay.draft import PLAIN, Context

if TYPE_CHECKING:
    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.resume import Last


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `last` is what it came back with, `faults` and `pacing` are what its own headers say.

    `headers`: those that a session's rules chose to match by, as (name, value).
    """

    method: str
    target: str
    body: bytes = b""
    context: Context = PLAIN
    faults: tuple[Spec, ...] = ()
    pacing: Pacing | None = None
    last: Last | None = None
    headers: tuple[tuple[str, str], ...] = ()
