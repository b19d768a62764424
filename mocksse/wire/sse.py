"""Server-sent events, both directions: bytes to items with byte spans, fields to a canonical block.

Follows WHATWG HTML 9.2.5 and 9.2.6, quoted where it decides. It never decodes, never waits for a byte it does not
need, never repairs. Where the standard drops something (a comment, a block without data, an event that the end of the
body cut off) it is an item too, so that every byte can be accounted for:

Lines up to and including a blank line are a block. A block becomes one Event, Block or Pending, and these tile the body
behind its byte order mark. A Comment or Retry is one line inside a block and comes out before it.

A CR ends a line at once: an event must not wait for a byte that may never come. Whether an LF belongs to that CR is not
known then. `Parser` therefore ends every span right behind the CR, however the body was cut; `parse`, which has the
whole body, counts that LF in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mocksse import limits
from mocksse.errors import LimitError
from mocksse.wire.incremental import Incremental

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """A dispatched event. `type` is b"message" where none was given; `id` is the last event id, whoever set it."""

    start: int
    end: int
    type: bytes
    data: bytes
    id: bytes

    @property
    def text(self) -> str:
        """`data` as the standard decodes it: UTF-8, always, with U+FFFD for what is not."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that begins with a colon; `text` is everything behind the colon, spaces included."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Retry:
    """A `retry` field that counts: the client is to wait `ms` milliseconds before it reconnects."""

    start: int
    end: int
    ms: int


@dataclass(frozen=True, slots=True)
class Block:
    """A finished block that dispatches nothing: no data field, or only a blank line. `id` is the last event id."""

    start: int
    end: int
    id: bytes


@dataclass(frozen=True, slots=True)
class Pending:
    """The block that the end of the body left unfinished; the standard discards it.

    `type` and `data` are what a client would see that takes the end of the body for a blank line; `data` is empty where
    even that client sees nothing.
    """

    start: int
    end: int
    type: bytes
    data: bytes


Item = Event | Comment | Retry | Block | Pending


class Parser(Incremental[Item]):
    """Incremental parser of one body. `max_event` bounds a line, and the data lines of an event, in bytes.

    `last_id`: the last event id so far, of a client that comes back: it holds until the body has another.
    """

    def __init__(self, max_event: int = limits.MAX_EVENT_BYTES, last_id: bytes = b"") -> None:
        super().__init__()
        self._max = max_event
        self._opening: bytes | None = b""  # the first bytes, until they are known to be a byte order mark or not
        self._after_cr = False  # the last byte was a CR: an LF that comes next belongs to it
        self._line = bytearray()  # the unfinished line: a bytearray grows in linear time, whatever the pieces
        self._line_at = 0
        self._block_at = 0
        self._type = b""
        self._data: list[bytes] = []
        self._data_size = 0
        self._id = self._last_id = last_id

    @property
    def last_event_id(self) -> bytes:
        """What a client would send as Last-Event-ID now: the id as of the last finished block."""
        return self._last_id

    def _scan(self, data: bytes, items: list[Item]) -> None:
        if self._opening is not None:
            data = self._strip_bom(self._opening + data)
        if self._after_cr and data:
            self._after_cr = False
            if data.startswith(b"\n"):
                if self._block_at == self._line_at:
                    self._block_at += 1
                self._line_at += 1
                data = data[1:]
        lines = data.splitlines(keepends=True)  # of bytes: at LF, CR and CRLF only, just as the standard wants it
        if not lines:
            return
        tail = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
        if lines:
            if self._line:
                self._line += lines[0]
                lines[0] = bytes(self._line)
                self._line = bytearray()
            self._take(lines, items)
            self._after_cr = not tail and lines[-1].endswith(b"\r")
        if self._data_size + len(self._line) + len(tail) > self._max:
            raise self._too_large()
        self._line += tail

    def _strip_bom(self, opening: bytes) -> bytes:
        """The decoder of the standard "strips one leading UTF-8 Byte Order Mark (BOM), if any": one, and once."""
        if len(opening) < len(BOM) and BOM.startswith(opening):
            self._opening = opening
            return b""
        self._opening = None
        if opening.startswith(BOM):
            self._line_at = self._block_at = len(BOM)
            return opening[len(BOM) :]
        return opening

    def _take(self, lines: list[bytes], items: list[Item]) -> None:
        at = self._line_at
        data = self._data
        for raw in lines:
            line = raw.rstrip(b"\r\n")
            end = at + len(line) + 1
            if line:
                if self._data_size + len(line) > self._max:
                    raise self._too_large()
                if line.startswith(b"data: "):  # nearly every line of nearly every stream
                    data.append(line[6:])
                    self._data_size += len(line)
                else:
                    self._field(line, at, end, items)
                at += len(raw)
                continue
            # "Set the last event ID string of the event source to the value of the last event ID buffer", and only then
            # "if the data buffer is an empty string, set the data buffer and the event type buffer to the empty string
            # and return": the id counts also where nothing is dispatched
            self._last_id = self._id
            if data:
                items.append(Event(self._block_at, end, self._type or b"message", b"\n".join(data), self._id))
                data.clear()
                self._data_size = 0
            else:
                items.append(Block(self._block_at, end, self._id))
            self._type = b""
            at += len(raw)
            self._block_at = at
        self._line_at = at

    def _field(self, line: bytes, at: int, end: int, items: list[Item]) -> None:
        name, _, value = line.partition(b":")
        if not name:
            items.append(Comment(at, end, value))
            return
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._data_size += len(line)
        elif name == b"event":
            self._type = value
        elif name == b"id":
            if b"\0" not in value:
                self._id = value
        elif name == b"retry" and value.isdigit():  # of bytes: ASCII digits only
            digits = value.lstrip(b"0")
            if len(digits) <= limits.MAX_RETRY_DIGITS:
                items.append(Retry(at, end, int(digits or b"0")))

    def _finish(self, items: list[Item]) -> None:
        """ "Once the end of the file is reached, any pending data must be discarded." """
        line = self._opening or bytes(self._line)
        end = self._line_at + len(line)
        if end > self._block_at:
            if line:
                self._field(line, self._line_at, end, [])
            items.append(Pending(self._block_at, end, self._type or b"message", b"\n".join(self._data)))

    def _too_large(self) -> LimitError:
        return LimitError(f"an SSE event at byte {self._block_at} is larger than {self._max} bytes")


def parse(body: bytes, max_event: int = limits.MAX_EVENT_BYTES) -> list[Item]:
    """All items of a whole body. A span that ends in CRLF covers both bytes; LimitError as Parser has it."""
    parser = Parser(max_event)
    items = parser.feed(body) + parser.close()
    if b"\r\n" not in body:
        return items
    return [replace(item, end=item.end + 1) if body[item.end - 1 : item.end + 1] == b"\r\n" else item for item in items]


def encode(
    *,
    data: bytes | None = None,
    event: bytes | None = None,
    id: bytes | None = None,  # noqa: A002 - the protocol's own noun
    retry: int | None = None,
    comment: bytes | None = None,
    eol: bytes = b"\n",
    space: bool = True,
) -> bytes:
    """The canonical block: comment, event, id, retry, data, and a blank line; data and comment may have several lines.

    `space` is the one optional space behind a field's colon; a comment's text follows its colon as it is. ValueError,
    for people, for what would not come back from `parse` as it was given.
    """
    if eol not in (b"\n", b"\r\n", b"\r"):
        raise ValueError(f"eol must be LF, CRLF or CR, not {eol!r}")
    colon = b": " if space else b":"
    lines: list[bytes] = []
    if comment is not None:
        lines += [b":" + _one_line("comment", line) for line in comment.split(b"\n")]
    if event is not None:
        lines.append(b"event" + colon + _one_line("event", event, space))
    if id is not None:
        if b"\0" in id:
            raise ValueError("an id with a NUL is ignored by every client")
        lines.append(b"id" + colon + _one_line("id", id, space))
    if retry is not None:
        if not 0 <= retry < 10**limits.MAX_RETRY_DIGITS:
            raise ValueError(f"retry must be 0 to {limits.MAX_RETRY_DIGITS} digits of milliseconds, not {retry}")
        lines.append(b"retry%b%d" % (colon, retry))
    if data is not None:
        lines += [b"data" + colon + _one_line("data", line, space) for line in data.split(b"\n")]
    if not lines:
        raise ValueError("a block needs a field or a comment")
    return eol.join(lines) + eol + eol


def _one_line(name: str, value: bytes, space: bool = True) -> bytes:
    """The value, which is to be written on one line."""
    if b"\n" in value or b"\r" in value:
        raise ValueError(f"{name} has a line break in it")
    if not space and value.startswith(b" "):
        raise ValueError(f"{name} begins with a space, which is lost behind a bare colon")
    return value
