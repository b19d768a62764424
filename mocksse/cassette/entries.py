"""The bytes of one piece as a cassette writes them, and back.

A canonical SSE event is written as its fields so that a diff reads as events; the writer takes the first form that
gives back the same bytes: fields or events, one NDJSON line, text, base64. Canonical is what `wire.sse.encode` makes
of the fields, with the stream's own line end and space behind the colon.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from mocksse import limits
from mocksse.cassette.document import SseStyle
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.cassette.document import Entry, SseFields

_EOLS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_FIELDS = ("comment", "event", "id", "retry", "data")


def style_of(body: bytes) -> SseStyle:
    """The spelling that most of a body's events have; the plain one for a body of anything else."""
    at = body.find(b"data:")
    if at < 0:
        return SseStyle()
    space = body[at + 5 : at + 6] == b" " or body.count(b"data: ") * 2 > body.count(b"data:")
    crlf = body.count(b"\r\n")
    if crlf and crlf * 2 > body.count(b"\n"):
        return SseStyle(eol="crlf", space=space)
    if body.count(b"\r") - crlf > body.count(b"\n"):
        return SseStyle(eol="cr", space=space)
    return SseStyle(space=space)


def spell(data: bytes, style: SseStyle) -> dict[str, Any]:
    """The keys of an Entry that stand for these bytes."""
    if not data:
        return {}
    verbatim = spell_verbatim(data)
    if (text := verbatim.get("text")) is None:
        return verbatim
    if (events := _events(text, style)) is not None:
        return events[0] if len(events) == 1 else {"events": events}
    if text[0] == "{" and text.endswith("}\n") and text.count("\n") == 1 and "\r" not in text:
        return {"line": text[:-1]}
    return verbatim


def spell_verbatim(data: bytes) -> dict[str, str]:
    """Any bytes: as `text` where they are UTF-8, else as `base64`."""
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}


def _events(text: str, style: SseStyle) -> list[dict[str, Any]] | None:
    """The text as canonical events, or None where it is anything else."""
    eol = _EOLS[style.eol]
    if not text.endswith(eol * 2):
        return None
    events = []
    for block in text[: -2 * len(eol)].split(eol * 2):
        fields = _fields(block.split(eol), ": " if style.space else ":")
        if fields is None:
            return None
        events.append(fields)
    # The proof that the form is exact; it also catches what `_fields` does not look at, such as a stray CR.
    try:
        exact = b"".join([_encode(fields, style) for fields in events]) == text.encode()
    except ValueError:
        return None
    return events if exact else None


def _fields(lines: list[str], colon: str) -> dict[str, Any] | None:
    fields: dict[str, Any] = {}
    for line in lines:
        if line.startswith(":"):
            name, value = "comment", line[1:]
        else:
            name, found, value = line.partition(colon)
            if not found or name not in _FIELDS:
                return None
        if name in fields:
            if name not in {"data", "comment"}:
                return None
            fields[name] += "\n" + value
        elif name == "retry":
            # As the document has it: a whole number, not too long.
            if not (value.isascii() and value.isdecimal() and len(value) <= limits.MAX_RETRY_DIGITS):
                return None
            fields[name] = int(value)
        else:
            fields[name] = value
    return fields


def _encode(fields: dict[str, Any], style: SseStyle) -> bytes:
    """The block of these fields. Raises ValueError where they can't be one."""
    given: dict[str, Any] = {
        name: value.encode() if isinstance(value, str) else value for name, value in fields.items()
    }
    return sse.encode(**given, eol=_EOLS[style.eol].encode(), space=style.space)


def piece_bytes(entry: Entry, style: SseStyle) -> bytes:
    """The bytes an entry stands for. Raises ValueError for one that says them in two ways, or not validly."""
    # Nearly every entry of a long tape is one event of data alone, or with its name.
    data = entry.data
    forms = (
        (entry.events is not None) + (entry.line is not None) + (entry.text is not None) + (entry.base64 is not None)
    )
    if forms == 0:
        if (
            data is not None
            and "\n" not in data
            and "\r" not in data
            and entry.comment is None
            and entry.id is None
            and entry.retry is None
            and style == _PLAIN
        ):
            event = entry.event
            if event is None:
                return f"data: {data}\n\n".encode()
            if "\n" not in event and "\r" not in event:
                return f"event: {event}\ndata: {data}\n\n".encode()
        return _event_bytes(entry, style)
    if forms > 1 or any(getattr(entry, name) is not None for name in _FIELDS):
        raise ValueError("an entry is the fields of one event, or events, or line, or text, or base64")
    if entry.events is not None:
        return b"".join([_event_bytes(event, style) for event in entry.events])
    if entry.line is not None:
        if "\n" in entry.line:
            raise ValueError("line has a line break in it: write the bytes as text")
        return f"{entry.line}\n".encode()
    if entry.text is not None:
        return entry.text.encode()
    return decode_base64(entry.base64 or "")


def decode_base64(text: str) -> bytes:
    """The bytes; line breaks and spaces are allowed. Raises ValueError in a reader's words."""
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise ValueError("not base64") from None


_PLAIN = SseStyle()


def _event_bytes(event: SseFields, style: SseStyle) -> bytes:
    fields = {name: value for name in _FIELDS if (value := getattr(event, name)) is not None}
    try:
        return _encode(fields, style) if fields else b""
    except ValueError as error:
        raise ValueError(f"{error}: write the bytes as text") from None
