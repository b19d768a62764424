"""How much of an answer still fits into its cassette, so that whatever is recorded can be loaded again.

Pure. It counts the bytes and nodes of YAML that each item is going to take, and never too few: which of its spellings
an item gets is known only when the whole answer is.
"""

from __future__ import annotations

from mocksse import limits
from mocksse.cassette import entries
from mocksse.cassette.document import SseStyle
from mocksse.cassette.emit import flow
from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen

_ENTRY_BYTES = 80
"""Of an entry beside its data: indent, keys and times."""
_LINE_BYTES = 12
"""Indent of a line of text."""
_RESERVED_BYTES = 256
"""For a number behind the interaction's name, and an end."""
_RESERVED_NODES = 200


class Room:
    """What is left of a cassette in which `taken` bytes are taken already."""

    def __init__(self, taken: int) -> None:
        self._bytes = limits.MAX_CASSETTE_BYTES - _RESERVED_BYTES - taken
        self._nodes = limits.MAX_YAML_NODES - _RESERVED_NODES

    @property
    def left(self) -> int:
        """Bytes; below 0 where not even what is there fits."""
        return self._bytes

    def take(self, item: Seen) -> bool:
        """Take the room that the item needs, if there is as much."""
        size, nodes = _cost(item)
        if size > self._bytes or nodes > self._nodes:
            return False
        self._bytes -= size
        self._nodes -= nodes
        return True


def _cost(item: Seen) -> tuple[int, int]:
    """Bytes and nodes."""
    match item:
        case DataSeen(_, data):
            return _cost_of_data(data)
        case HeadSeen():
            fields = item.headers
        case EndSeen():
            fields = item.trailers
        case _:
            return 0, 0
    # A byte may become `\xff`.
    return sum(4 * (len(name) + len(value)) + 40 for name, value in fields), 5 * len(fields)


def _cost_of_data(data: bytes) -> tuple[int, int]:
    spelt = entries.spell(data, SseStyle())
    size = len(flow(spelt).encode())
    if "base64" not in spelt:
        # What is an event in this style of stream is just text in another.
        text = len(flow({"text": data.decode()}).encode()) + _LINE_BYTES * data.count(b"\n")
        size = max(size, text)
    events = spelt.get("events", ())
    return size + _ENTRY_BYTES, 10 + 2 * len(spelt) + sum(1 + 2 * len(event) for event in events)
