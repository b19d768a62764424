"""How much of an answer still fits into its cassette, so that whatever is recorded can be loaded again.

Pure. It counts the bytes and nodes of YAML that each item is going to take, and never too few: which of its spellings
an item gets is known only when the whole answer is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.compose import compose
from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen

_ENTRY_BYTES = 80
"""Of an entry beside its data: indent, keys and times."""
_ENTRY_NODES = 3
"""Of an entry beside its data: itself, `after_ms` and `more`."""
_LINE_BYTES = 14
"""Of a line beside its text: as text its indent, as a field its key and quotes, and its part of an event's braces."""
_QUOTES = b"'\"\\"
"""They take one byte more where they are quoted."""
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
"""They become `\\x1f`."""
_WIDE_ESCAPED = re.compile("[\x80-\xa0\u2028\u2029\ufeff\ufffe\uffff\U0010ffff]")
"""They become `\\u2028` or more, up to six bytes longer than they were."""
_JSON_LINE_BYTES = 2 * limits.MAX_JSON_DEPTH + 24
"""Of a line of a JSON body beside its text: indent, quotes, and what a number may get longer by."""
_REQUEST_BYTES = 2000
"""Keys, and what is said of the recording."""
_REQUEST_NODES = 40
_RESERVED_BYTES = 256
"""For a number behind the interaction's name, and an end."""
_RESERVED_NODES = 200


if TYPE_CHECKING:
    from mocksse.cassette.model import Request


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


def cost_of_request(request: Request) -> tuple[int, int]:
    """Bytes and nodes of an interaction without its answer, name and origin included: never too few."""
    body = request.body or b""
    # Of JSON each value has a comma, a colon or a bracket of its own, and each line of its text may get one too.
    nodes = sum(map(body.count, (b",", b":", b"[", b"{"))) + 1
    lines = nodes + sum(map(body.count, (b"\\n", b"\\u")))
    size = _text_bytes(body, body.count(b"\n") + body.count(b"\r")) + _JSON_LINE_BYTES * lines
    fields = sum(4 * len((name + value).encode("utf-8", "surrogatepass")) + 40 for name, value in request.headers)
    path = 4 * len(request.path.encode("utf-8", "surrogatepass"))
    return size + fields + path + _REQUEST_BYTES, nodes + 5 * len(request.headers) + _REQUEST_NODES


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
    lines = max(data.count(b"\n"), data.count(b"\r"))
    # Its spelling is chosen with the whole answer: what is an event in one style of stream is just text in another.
    is_one = data.count(b"\n\n") < 2 and b"\r" not in data
    nodes = max(1, lines - 1) if is_one else 1 + lines  # of several events, `events` and each of them
    return _ENTRY_BYTES + _text_bytes(data, lines), _ENTRY_NODES + nodes


def _text_bytes(data: bytes, lines: int) -> int:
    """The most that bytes take as fields, text or base64, on one line or as a block."""
    size = len(data)
    wide = 0
    if not data.isascii():
        try:
            wide = len(_WIDE_ESCAPED.findall(data.decode()))
        except UnicodeDecodeError:
            return size * 4 // 3 + 4
    quotes = size - len(data.translate(None, _QUOTES))
    controls = size - len(data.translate(None, _CONTROLS))
    return size + quotes + 3 * controls + 6 * wide + _LINE_BYTES * lines
