"""How much of an answer still fits into its cassette, so that whatever is recorded can be loaded again.

Pure. It counts the bytes and nodes of YAML that each item is going to take, and never too few: which of its spellings
an item gets is known only when the whole answer is.
"""

from __future__ import annotations

from mocksse import limits
from mocksse.cassette import entries
from mocksse.cassette.compose import compose
from mocksse.cassette.document import SseStyle
from mocksse.cassette.emit import flow
from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen

_ENTRY_BYTES = 80
"""Of an entry beside its data: indent, keys and times."""
_ENTRY_NODES = 3
"""Of an entry beside its data: itself, `after_ms` and `more`."""
_LINE_BYTES = 12
"""Indent of a line of text."""
_RESERVED_BYTES = 256
"""For a number behind the interaction's name, and an end."""
_RESERVED_NODES = 200


class Room:
    """What is left of a cassette in which so many bytes and nodes are taken already."""

    def __init__(self, taken_bytes: int = 0, taken_nodes: int = 0) -> None:
        self._bytes = limits.MAX_CASSETTE_BYTES - _RESERVED_BYTES - taken_bytes
        self._nodes = limits.MAX_YAML_NODES - _RESERVED_NODES - taken_nodes
        self.lacks = self._lacks(0, 0)
        """The cap that was hit: `64 MiB`, `2,000,000 values`; empty as long as all has fitted."""

    def take(self, item: Seen) -> bool:
        """Take the room that the item needs, if there is as much; else `lacks` says of what there is not."""
        size, nodes = _cost(item)
        self.lacks = self._lacks(size, nodes)
        if self.lacks:
            return False
        self._bytes -= size
        self._nodes -= nodes
        return True

    def _lacks(self, size: int, nodes: int) -> str:
        if size > self._bytes:
            return f"{limits.MAX_CASSETTE_BYTES / limits.MIB:g} MiB"
        return f"{limits.MAX_YAML_NODES:,} values" if nodes > self._nodes else ""


def count_nodes(text: str, source: str) -> int:
    """The nodes of YAML in a text, counted as loading it does. `source` names it in errors. Raises CassetteError."""
    places: dict[tuple[str | int, ...], int] = {}
    compose(text, source, places=places)
    return len(places)


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
    nodes = len(spelt) + sum(1 + len(event) for event in spelt.get("events", ()))
    if "base64" not in spelt:
        # What is an event in this style of stream is just text in another.
        text = len(flow({"text": data.decode()}).encode()) + _LINE_BYTES * data.count(b"\n")
        size = max(size, text)
    if "text" in spelt:
        # And the other way round: then every line is a field, or the end of an event.
        nodes += max(data.count(b"\n"), data.count(b"\r"))
    return size + _ENTRY_BYTES, _ENTRY_NODES + nodes
