from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from curl_logs import Log, chunk
from hypothesis import assume, given
from hypothesis import strategies as st

from mocksse.cassette.importers import ImportOptions, parse
from mocksse.cassette.model import End, Interaction, Piece, Request
from mocksse.errors import MocksseError
from mocksse.providers import registry
from mocksse.providers.framing import frames

if TYPE_CHECKING:
    from pathlib import Path

CHAT = b'data: {"object": "chat.completion.chunk"}\n\ndata: [DONE]\n\n'
HTTP = b"HTTP/1.1 429 Slow Down\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
ENDINGS = {".sse", ".ndjson", ".json", ".eventstream"}


def interaction(data: bytes, options: ImportOptions | None = None, source: str = "f") -> Interaction:
    return parse(data, source, options or ImportOptions()).interaction


def outcome(data: bytes, options: ImportOptions) -> bytes | str:
    """The body, or why there is none."""
    try:
        return interaction(data, options).response.body
    except MocksseError as error:
        return str(error)


def test_a_bare_body() -> None:
    found = interaction(CHAT)
    assert found.request == Request("/v1/chat/completions", "POST")
    assert found.recorded is None
    assert found.name == ""
    response = found.response
    assert (response.status, response.framing, response.end) == (200, "chunked", End())
    assert response.headers == ((b"Content-Type", b"text/event-stream"), (b"Cache-Control", b"no-cache"))
    assert [piece.data + b"" for piece in response.pieces] == [CHAT[:43], CHAT[43:]]
    assert response.end_us == 0


def test_a_body_that_is_no_stream_is_not_kept_from_caches() -> None:
    response = interaction(b'{"error": {"message": "no"}}').response
    assert response.headers == ((b"Content-Type", b"application/json"),)
    assert len(response.pieces) == 1


def test_what_no_api_is_recognised_in_is_served_to_any_method() -> None:
    assert interaction(b"data: hello\n\n").request == Request("/stream", None)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (ImportOptions(path="/v1/messages"), Request("/v1/messages", "POST")),
        (ImportOptions(path="/my/events"), Request("/my/events", None)),
        (ImportOptions(method="PUT"), Request("/stream", "PUT")),
        (ImportOptions(path="/my/events", method="GET"), Request("/my/events", "GET")),
    ],
)
def test_what_is_said_of_the_request_goes_first(options: ImportOptions, expected: Request) -> None:
    assert interaction(b"data: hello\n\n", options).request == expected
    logged = interaction(Log().send(GET).head().data(b"0\r\n\r\n").raw, options).request
    assert (logged.path, logged.method) == (options.path or "/x", options.method or "GET")


def test_what_is_said_of_the_response_goes_first() -> None:
    options = ImportOptions(status=503, content_type="text/plain; charset=utf-8")
    bare, answered = interaction(CHAT, options).response, interaction(HTTP + CHAT, options).response
    assert bare.headers == ((b"Content-Type", b"text/plain; charset=utf-8"),)
    assert answered.headers == ((b"Content-Type", b"text/plain; charset=utf-8"), (b"Transfer-Encoding", b"chunked"))
    assert (bare.status, bare.reason, answered.status, answered.reason) == (503, None, 503, None)
    assert len(answered.pieces) == 2  # of an unknown kind: still known by its first bytes
    assert interaction(HTTP + CHAT, ImportOptions(status=429)).response.reason == b"Slow Down"
    nameless = interaction(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx", ImportOptions(content_type="text/plain")).response
    assert nameless.headers == ((b"A", b"b"), (b"Content-Type", b"text/plain"))


def test_the_ending_of_the_file_tells_the_kind() -> None:
    assert interaction(b"hello", source="dir.d/a.sse").response.content_type == "text/event-stream"
    assert interaction(b"hello", source="dir.sse/a").response.content_type == "text/plain"


def test_curl_i_output() -> None:
    found = interaction(HTTP + CHAT)
    assert found.request == Request("/v1/chat/completions", "POST")
    assert (found.response.status, found.response.reason) == (429, b"Slow Down")
    assert [piece.data for piece in found.response.pieces] == [CHAT[:43], CHAT[43:]]


def test_a_compressed_body_is_not_looked_into() -> None:
    body = b"\x1f\x8b data: a\n\ndata: b\n\n"
    data = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n" + body
    assert [piece.data for piece in interaction(data).response.pieces] == [body]
    assert interaction(data).request == Request("/stream", None)
    assert len(interaction(data, ImportOptions(chunk=7)).response.pieces) == 3


def test_a_gap_is_before_each_chunk() -> None:
    response = interaction(CHAT, ImportOptions(gap_us=12_500)).response
    assert [piece.after_us for piece in response.pieces] == [12_500, 12_500]
    assert response.end_us == 25_000


def test_a_gap_is_not_within_a_chunk() -> None:
    sent = chunk(CHAT)
    log = Log().send(GET).head().data(sent[:20], sent[20:30], sent[30:]).data(chunk(b"data: x\n\n"), b"0\r\n\r\n")
    pieces = interaction(log.raw, ImportOptions(gap_us=5)).response.pieces
    assert [(piece.after_us, piece.more) for piece in pieces] == [(5, True), (0, True), (0, False), (5, False)]


def test_a_trace_keeps_its_pieces_and_times_unless_told() -> None:
    first, second = CHAT[:43], CHAT[43:]
    log = Log().send(GET).head().data(chunk(first[:10]), chunk(first[10:] + second)).data(b"0\r\n\r\n", after_us=9)
    pieces = (Piece(20_000, first[:10]), Piece(20_000, first[10:] + second))
    assert interaction(log.raw).response.pieces == pieces
    assert interaction(log.raw, ImportOptions(chunk="event")).response.pieces == (
        Piece(40_000, first),
        Piece(0, second),
    )
    assert interaction(log.raw, ImportOptions(chunk="whole")).response.pieces == (Piece(40_000, CHAT),)
    response = interaction(log.raw, ImportOptions(gap_us=5)).response
    assert [(piece.after_us, piece.data) for piece in response.pieces] == [(5, p.data) for p in pieces]
    assert response.head_after_us == 1000
    assert response.end == End(0, "complete")


def test_nothing_is_no_input() -> None:
    with pytest.raises(MocksseError, match=r"^a\.sse: is empty"):
        parse(b"", "a.sse", ImportOptions())


@given(data=st.binary(min_size=1, max_size=300), chunk=st.sampled_from(["event", "whole", 1, 7]))
def test_any_bytes_are_imported_exactly_or_refused(data: bytes, chunk: int) -> None:
    assume(not data.startswith(b"HTTP/"))  # curl -i output: its body is what stands behind the head
    told = outcome(data, ImportOptions(chunk=chunk))
    assert told == data or (isinstance(told, str) and told.startswith("f: "))


@given(
    cut=st.integers(0, 2000),
    other=st.binary(max_size=4),
    size=st.integers(0, 20),
    ascii_only=st.booleans(),
)
def test_a_damaged_trace_is_imported_or_refused(cut: int, other: bytes, size: int, ascii_only: bool) -> None:
    log = Log(ascii=ascii_only).say("x").send(GET, b"{}").head().data(chunk(CHAT), b"0\r\n\r\n").say("left intact").raw
    cut = min(cut, len(log))
    told = outcome(log[:cut] + other + log[cut + size :], ImportOptions())
    assert isinstance(told, bytes) or told.startswith("f:")


@pytest.mark.parametrize("chunk", ["event", "whole", 7, 1000])
def test_every_recorded_body_is_kept_exactly(streams: Path, chunk: int) -> None:
    seen = 0
    for path in sorted(streams.rglob("*.*")):
        if path.suffix not in ENDINGS or path.name.endswith(".meta.json") or path.name == "manifest.json":
            continue
        body = path.read_bytes()
        response = interaction(body, ImportOptions(chunk=chunk), str(path)).response
        assert response.body == body, path
        sizes = [len(piece.data) for piece in response.pieces]
        match chunk:
            case "event":
                told = frames(response.content_type, body)
                assert len(sizes) >= sum(frame.kind == "event" for frame in told) or len(sizes) == 1
                assert len(sizes) <= len(told) + 1
            case "whole":
                assert sizes == [len(body)]
            case _:
                assert sizes == [chunk] * (len(body) // chunk) + [len(body) % chunk] * (len(body) % chunk > 0)
        seen += 1
    assert seen > 130


def test_most_recorded_bodies_find_their_path(streams: Path) -> None:
    unknown = set()
    for path in sorted(streams.rglob("*.*")):
        if (
            path.suffix in ENDINGS
            and not path.name.endswith(".meta.json")
            and path.parent.name not in {"errors", "mcp"}
        ):
            request = interaction(path.read_bytes(), source=str(path)).request
            if request.path == "/stream":
                unknown.add(path.name)
            else:
                assert any(api.serves(request.path) for api in registry.APIS)
    assert len(unknown) < 12, unknown
