"""A cassette file to its values. Every refusal says file:line, what is wrong, and what to do.

The size is looked at before anything is read; `compose` guards the YAML; `document`'s types check the shape; what is
left (one form an entry, decimals, unique names) is checked here.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from mocksse import limits
from mocksse.cassette import bodies, entries
from mocksse.cassette.compose import Path, compose, line_at
from mocksse.cassette.document import Base64, CassetteDoc, InteractionDoc, PacingDoc, RequestDoc, ResponseDoc
from mocksse.cassette.extracting import extract_of
from mocksse.cassette.model import Cassette, End, Headers, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.pacing import Pacing, decimal, parse_word
from mocksse.errors import CassetteError, MocksseError

if TYPE_CHECKING:
    import pathlib

    from mocksse.cassette.document import Entry, ExtractDoc, HeaderList, SseStyle
    from mocksse.providers.extract import Extract


_BODIES = (b"data:", b"event:", b"id:", b"retry:", b":", b"HTTP/")
"""How event streams begin, and what `curl -i` saves, and no cassette does."""


class _RefusedError(Exception):
    """A value that the types allow and the format does not; `path` leads to it."""

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.path, self.message, self.hint = path, message, hint


def load(path: pathlib.Path) -> Cassette:
    """Read one file. Raises CassetteError."""
    return loads(read(path), str(path))


def read(path: pathlib.Path) -> bytes:
    """The bytes of one file, if a cassette may have so many. Raises CassetteError."""
    try:
        with path.open("rb") as file:
            # A device or a pipe has no size to look at: never read more than one byte beyond the limit.
            large = os.fstat(file.fileno()).st_size > limits.MAX_CASSETTE_BYTES
            raw = b"" if large else file.read(limits.MAX_CASSETTE_BYTES + 1)
    except OSError as error:
        raise CassetteError(str(path), f"can't be read: {error.strerror}") from None
    if large or len(raw) > limits.MAX_CASSETTE_BYTES:
        mib = limits.MAX_CASSETTE_BYTES // limits.MIB
        raise CassetteError(f"{path}:1", f"larger than a cassette may be: {mib} MiB", "split it into several files")
    return raw


def loads(raw: bytes, source: str = "cassette") -> Cassette:
    """Read one file's bytes. `source` names it in errors. Raises CassetteError."""
    if raw.lstrip().startswith(_BODIES):
        raise CassetteError(f"{source}:1", "a recorded body and no cassette", "mocksse import makes one of it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CassetteError(f"{source}:{line}", "not UTF-8", "save the file as UTF-8") from None
    value = compose(text, source)
    try:
        document = msgspec.convert(value, CassetteDoc)
        return _cassette(document, source)
    except msgspec.ValidationError as error:
        from mocksse.cassette.complaint import explain

        path, message, hint = explain(error, value)
    except _RefusedError as error:
        path, message, hint = error.path, error.message, error.hint
    raise CassetteError(f"{source}:{line_of(text, path)}", message, hint)


def _cassette(document: CassetteDoc, source: str) -> Cassette:
    docs = document.interactions
    short = not (document.path is None and document.stream is None and document.method is None)
    if short:
        if docs:
            raise _RefusedError((), "path, method, stream stand beside interactions", "move them into an interaction")
        docs = [InteractionDoc(path=document.path, method=document.method, stream=document.stream)]
    elif not docs:
        raise _RefusedError((), "no interactions", "a cassette needs at least a path and a stream")
    default = _extract(document.extract, ("extract",))
    interactions = []
    names: set[str] = set()
    for index, doc in enumerate(docs):
        path: Path = () if short else ("interactions", index)
        name = doc.name or str(index + 1)
        if name in names:
            raise _RefusedError((*path, "name"), f"the name {name!r} is taken", "names are unique within a file")
        names.add(name)
        interactions.append(_interaction(doc, name, path, default))
    return Cassette(tuple(interactions), _pacing(document.pacing, ("pacing",)), source)


def _interaction(doc: InteractionDoc, name: str, path: Path, default: Extract | None) -> Interaction:
    request, response = doc.request, doc.response
    if request is None:
        if doc.path is None:
            raise _RefusedError(path, "no path", "say which path is answered: path: /v1/chat/completions")
        request = RequestDoc(path=doc.path, method=doc.method)
    elif doc.path is not None or doc.method is not None:
        raise _RefusedError(path, "path and method stand beside request", "move them into it")
    stream_path: Path = (*path, "response", "stream")
    if response is None:
        response = ResponseDoc(stream=doc.stream or [])
        stream_path = (*path, "stream")
    elif doc.stream is not None:
        raise _RefusedError((*path, "stream"), "stream stands beside response", "move it into it")
    recorded = doc.recorded
    return Interaction(
        name,
        _request(request, (*path, "request")),
        _response(response, (*path, "response"), stream_path),
        Recorded(recorded.at, recorded.upstream, recorded.by) if recorded else None,
        _pacing(doc.pacing, (*path, "pacing")),
        tuple(doc.faults),
        _extract(doc.extract, (*path, "extract")) or default,
    )


def _request(doc: RequestDoc, path: Path) -> Request:
    try:
        body = bodies.body_bytes(doc)
    except ValueError as error:
        raise _RefusedError(path, str(error)) from None
    headers = tuple(
        (n.decode("utf-8", "surrogateescape"), v.decode("utf-8", "surrogateescape"))
        for n, v in _headers(doc.headers, (*path, "headers"))
    )
    return Request(doc.path, doc.method, headers, body)


def _response(doc: ResponseDoc, path: Path, stream_path: Path) -> Response:
    headers = _headers(doc.headers, (*path, "headers"))
    if doc.headers is UNSET and doc.status not in {204, 304}:
        lines = any(entry.line is not None for entry in doc.stream)
        kind = b"application/x-ndjson" if lines else b"text/event-stream"
        headers = ((b"Content-Type", kind), (b"Cache-Control", b"no-cache"))
    framing = doc.framing
    if framing is UNSET:
        framing = "length" if any(n.lower() == b"content-length" for n, _ in headers) else "chunked"
    end_path: Path = (*path, "end")
    return Response(
        status=doc.status,
        headers=headers,
        framing=framing,
        pieces=_pieces(doc.stream, doc.sse, stream_path),
        end=End(
            _microseconds(doc.end.after_ms, (*end_path, "after_ms")),
            doc.end.how,
            _pieces(doc.end.rest, doc.sse, (*end_path, "rest")),
        ),
        head_after_us=_microseconds(doc.head_after_ms, (*path, "head_after_ms")),
        reason=None if doc.reason is None else _text(doc.reason, (*path, "reason")),
        http=doc.http,
        trailers=_headers(doc.trailers, (*path, "trailers")),
    )


def _pieces(stream: list[Entry], style: SseStyle, path: Path) -> tuple[Piece, ...]:
    pieces = []
    for index, entry in enumerate(stream):
        try:
            data = entries.piece_bytes(entry, style)
        except ValueError as error:
            raise _RefusedError((*path, index), str(error)) from None
        after_us = round(entry.after_ms * 1000)
        if after_us != entry.after_ms * 1000:
            after_us = _microseconds(entry.after_ms, (*path, index, "after_ms"))
        if entry.of is not None and entry.of < len(data):
            raise _RefusedError((*path, index, "of"), f"of: {entry.of} is less than the {len(data)} bytes that came")
        pieces.append(Piece(after_us, data, entry.more, entry.of))
    return tuple(pieces)


def _headers(given: HeaderList | msgspec.UnsetType, path: Path) -> Headers:
    if isinstance(given, msgspec.UnsetType):
        return ()
    headers = []
    for index, (name, value) in enumerate(given.items() if isinstance(given, dict) else given):
        where: Path = (*path, name if isinstance(given, dict) and isinstance(name, str) else index)
        raw = _text(name, where)
        if not raw or b":" in raw:
            raise _RefusedError(where, f"{name!r} is no header name", "name and value are two items: [name, value]")
        headers.append((raw, _text(value, where)))
    return tuple(headers)


def _text(value: str | Base64, path: Path) -> bytes:
    """The bytes of a part of a head."""
    try:
        raw = entries.decode_base64(value.base64) if isinstance(value, Base64) else value.encode()
    except ValueError as error:
        raise _RefusedError(path, str(error)) from None
    if b"\n" in raw:
        raise _RefusedError(path, "a line feed in a head", "a header is one line")
    return raw


def _microseconds(ms: float, path: Path) -> int:
    if round(ms, 3) != ms:
        raise _RefusedError(path, f"{ms!r} ms has more than three decimals", "times are kept to the microsecond")
    return round(ms * 1000)


def _pacing(doc: PacingDoc | None, path: Path) -> Pacing | None:
    if doc is None:
        return None
    if doc.gap is not None and doc.tps is not None:
        raise _RefusedError(path, "gap and tps both say how long chunks wait", "keep one of them")
    pacing = Pacing()
    for word in doc.__struct_fields__:
        if (value := getattr(doc, word)) is not None:
            text = value if isinstance(value, str) else decimal(value)
            try:
                said = parse_word(word, text)
            except MocksseError as error:
                raise _RefusedError((*path, word), error.message, error.hint) from None
            pacing = replace(pacing, **{word: getattr(said, word)})
    return pacing


def _extract(doc: ExtractDoc | None, path: Path) -> Extract | None:
    return extract_of(doc, lambda below, message, hint: _RefusedError((*path, *below), message, hint))


def line_of(text: str, *paths: Path) -> int:
    """The line of the value at the first of `paths` that is there, or else of the nearest thing around the last."""
    return Lines(text).line_of(*paths)


class Lines:
    """Where the values of a text stand, for whoever asks for many."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[Path, int] = {}
        compose(text, "", places=self._places)

    def line_of(self, *paths: Path) -> int:
        """As the function of that name."""
        path = next((path for path in paths if path in self._places), paths[-1])
        while path and path not in self._places:
            path = path[:-1]
        return line_at(self._text, self._places.get(path, 0))


def whereabouts(source: str, name: str, *steps: str | int) -> tuple[str, str]:
    """`file:line` of a value of the interaction called `name`, and its path: `interactions[0].faults[1]`.

    Only an error asks, so the file is read again: values don't carry their lines. What was not read from a file, or
    is no longer in it, has no line.
    """
    import pathlib

    try:
        text = read(pathlib.Path(source)).decode("utf-8-sig")
        docs = compose(text, source).get("interactions", [])
        names = [doc.get("name") or str(index + 1) for index, doc in enumerate(docs)]
        path: Path = ("interactions", names.index(name), *steps)
    except (MocksseError, ValueError, AttributeError):
        return source, _spelt(steps)
    return f"{source}:{line_of(text, path)}", _spelt(path)


def _spelt(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
