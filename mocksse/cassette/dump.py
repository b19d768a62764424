"""A cassette's values as the YAML text of its file: canonical, exact, made to be read and edited.

`dumps` is total: any bytes under any chunking, any times, any header values and any request body come back from
`load.loads(dumps(cassette))` as they were. Who writes a file holds that against it before it replaces anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.cassette import bodies, entries
from mocksse.cassette.document import SseStyle
from mocksse.cassette.emit import Flow, emit
from mocksse.cassette.extracting import extract_words
from mocksse.cassette.pacing import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.cassette.model import Cassette, Headers, Interaction, Piece, Request, Response

SCHEMA_NAME = "cassette.schema.json"
"""A file of this name beside a cassette is what editors are pointed at."""


def dumps(cassette: Cassette, *, schema: bool = False) -> str:
    """The whole file. `schema`: begin with a comment that points yaml-language-server at SCHEMA_NAME."""
    head: dict[str, Any] = {"mocksse": 1}
    if cassette.pacing is not None:
        head["pacing"] = Flow(words(cassette.pacing))
    lead = f"# yaml-language-server: $schema={SCHEMA_NAME}\n" if schema else ""
    return lead + emit(head) + "interactions:\n" + "".join(dump_interaction(i) for i in cassette)


def dump_interaction(interaction: Interaction, indent: int = 2) -> str:
    """One interaction as an item of the list under `interactions:`, which is indented by so many spaces."""
    item: dict[str, Any] = {"name": interaction.name}
    recorded = interaction.recorded
    if recorded is not None:
        kept = {"at": recorded.at, "upstream": recorded.upstream, "by": recorded.by}
        item["recorded"] = Flow({k: v for k, v in kept.items() if v})
    item["request"] = _request(interaction.request)
    item["response"] = _response(interaction.response)
    if interaction.pacing is not None:
        item["pacing"] = Flow(words(interaction.pacing))
    if interaction.extract is not None:
        item["extract"] = Flow(extract_words(interaction.extract))
    if interaction.faults:
        item["faults"] = list(interaction.faults)
    return emit([item], indent)


def _request(request: Request) -> dict[str, Any]:
    doc: dict[str, Any] = {"method": request.method} if request.method is not None else {}
    doc["path"] = request.path
    if request.headers:
        doc["headers"] = _request_headers(request.headers)
    return doc | bodies.spell_body(request.body)


def _request_headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str] | list[list[Any]]:
    """A mapping, which reads best, if that keeps them all."""
    pairs = [[_text(part.encode("utf-8", "surrogateescape")) for part in pair] for pair in headers]
    mapping = dict(headers)
    plain = all(isinstance(part, str) for pair in pairs for part in pair)
    return mapping if plain and len(mapping) == len(headers) and max(map(len, mapping)) < 100 else pairs


def _response(response: Response) -> dict[str, Any]:
    doc: dict[str, Any] = {"status": response.status}
    if response.reason is not None:
        doc["reason"] = _text(response.reason)
    if response.http != "1.1":
        doc["http"] = response.http
    doc["headers"] = _headers(response.headers)
    doc["head_after_ms"] = milliseconds(response.head_after_us)
    doc["framing"] = response.framing
    style = entries.style_of(b"".join(p.data for p in response.pieces[:64]))
    if style != SseStyle():
        doc["sse"] = Flow(({"eol": style.eol} if style.eol != "lf" else {}) | ({} if style.space else {"space": False}))
    doc["stream"] = _stream(response.pieces, style)
    if response.trailers:
        doc["trailers"] = _headers(response.trailers)
    end: dict[str, Any] = {"after_ms": milliseconds(response.end.after_us), "how": response.end.how}
    if response.end.rest:
        doc["end"] = end | {"rest": _stream(response.end.rest, style)}
    else:
        doc["end"] = Flow(end)
    return doc


def _stream(pieces: Iterable[Piece], style: SseStyle) -> list[dict[str, Any]]:
    stream = []
    for piece in pieces:
        entry: dict[str, Any] = {"after_ms": milliseconds(piece.after_us)}
        if piece.more:
            entry["more"] = True
        if piece.of is not None:
            entry["of"] = piece.of
        entry |= entries.spell(piece.data, style)
        # One line an entry, but for text that is easier to read as lines: an error page, pretty-printed JSON.
        several = "\n" in entry.get("text", "").removesuffix("\n")
        stream.append(entry if several else Flow(entry))
    return stream


def _headers(headers: Headers) -> list[list[Any]]:
    return [[_text(name), _text(value)] for name, value in headers]


def _text(value: bytes) -> str | dict[str, str]:
    verbatim = entries.spell_verbatim(value)
    return verbatim.get("text", verbatim)


def milliseconds(us: int) -> int | float:
    """Microseconds as the file has them: milliseconds of at most three decimals."""
    whole, rest = divmod(us, 1000)
    return whole if rest == 0 else us / 1000
