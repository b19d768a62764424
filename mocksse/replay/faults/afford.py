"""What a fault puts in many times, counted before it is made: a limit that is looked at afterwards is none for memory.

The engine counts the edits of every fault once more, when they are there.
"""

from __future__ import annotations

from mocksse import limits
from mocksse.replay.faults.fault import Refused


def afford(size: int, count: int) -> None:
    """Refused where `count` times `size` bytes are more than one fault may put into a body."""
    if size * count > limits.MAX_FAULT_BYTES:
        raise Refused(f"{count:,} times {size:,} bytes to put in; {limits.MAX_FAULT_BYTES:,} is the most")
