"""A replay is a plan, and a plan is data: timed writes of wire bytes, and one way to end.

What tests assert, `mocksse plan` prints and the executor runs is the same Plan. `join` makes of it what goes to the
socket: one send for each moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.replay.draft import Finish, Mark

FLUSH_GAP_US = 5000
"""After a flushed write: without it a client that reads the socket in one go never sees the cut. On a busy machine one
cut in ten is missed at 1 ms, and one in forty at 5 ms."""
SEND_BYTES = 256 * 1024
"""Writes due together are joined up to about this size."""

RESET_GRACE_US = 20_000
"""Before an RST, so that the peer can read what came before it: bytes it has not read are lost with the connection."""
CUT_GRACE_US = 20_000
"""Before a FIN in mid-message: browsers that meet it right behind the last bytes drop events they have received."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes due at a moment. `flush`: on the wire by themselves, not joined with what is due together with them."""

    at_us: int
    data: bytes
    flush: bool = False
    upto: int = 0
    """How much of the body is out behind this write, in bytes without framing; -1: a piece of the head."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Writes in order, and how it ends. Times are microseconds since the request was there."""

    writes: tuple[Write, ...]
    end_us: int
    finish: Finish
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    status: int = 0
    """Of the head that goes out; 0 where none does."""
    broken: bool = False
    """By its framing the answer does not reach its end: `finish` alone does not tell, a FIN can end a whole one too."""

    @property
    def wire(self) -> bytes:
        """All bytes in one piece."""
        return b"".join(write.data for write in self.writes)

    @property
    def digest(self) -> str:
        """SHA-256 over every write, its time and its flush, and the end: equal plans have equal digests."""
        digest = sha256()
        for write in self.writes:
            digest.update(b"%d %d %d\n" % (write.at_us, write.flush, len(write.data)))
            digest.update(write.data)
        digest.update(f"{self.end_us} {self.finish}".encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Sends:
    """A plan's writes as they go to the socket: those due together are joined, except around a flush."""

    at_us: tuple[int, ...]
    data: tuple[bytes, ...]
    alone: tuple[bool, ...]
    end_us: int
    finish: Finish
    broken: bool = False
    """As of the plan."""
    sizes: tuple[int, ...] = field(init=False, compare=False)
    """Bytes of each send: what is left to tell of one when its bytes are let go."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(map(len, self.data)))


def join(plan: Plan) -> Sends:
    """The plan's writes, one for each moment.

    A long answer at one moment stays in several: a client that is slow to read must not make us hold all of it.
    """
    at: list[int] = []
    data: list[list[bytes]] = []
    alone: list[bool] = []
    size = 0
    for write in plan.writes:
        if at and not write.flush and not alone[-1] and write.at_us <= at[-1] and size < SEND_BYTES:
            data[-1].append(write.data)
            size += len(write.data)
        else:
            at.append(max(write.at_us, at[-1] if at else 0))
            data.append([write.data])
            alone.append(write.flush)
            size = len(write.data)
    return Sends(tuple(at), tuple(b"".join(d) for d in data), tuple(alone), plan.end_us, plan.finish, plan.broken)
