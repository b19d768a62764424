"""What is dumped comes back as it was, whatever it is; any YAML reader agrees; and people can read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from cassette_strategies import ODD_BODIES, REQUEST_BODIES, RESPONSES, cassettes
from hypothesis import example, given, settings

from mocksse.cassette.compose import compose
from mocksse.cassette.dump import dump_interaction, dumps, milliseconds
from mocksse.cassette.load import loads
from mocksse.cassette.model import Cassette, End, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.pacing import INSTANT, Pacing

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

ANY: SearchStrategy[Cassette] = cassettes()
REQUEST = Request("/v1/chat/completions", "POST")
RESPONSE = Response(200, ((b"Content-Type", b"text/event-stream"),), "chunked", ())


def one(request: Request = REQUEST, response: Response = RESPONSE) -> Cassette:
    return Cassette((Interaction("rivers", request, response),))


def stream_of(*pieces: Piece) -> str:
    """The lines of `stream:` as they are written."""
    text = dumps(one(response=replace(RESPONSE, pieces=pieces)))
    return text.partition("      stream:\n")[2].partition("      end:")[0]


@given(ANY)
def test_any_cassette_survives(cassette: Cassette) -> None:
    text = dumps(cassette)
    assert loads(text.encode()) == cassette
    assert dumps(loads(text.encode())) == text


@settings(max_examples=200, deadline=None)
@given(RESPONSES)
def test_any_response_survives(response: Response) -> None:
    assert loads(dumps(one(response=response)).encode()) == one(response=response)


@settings(max_examples=200, deadline=None)
@given(REQUEST_BODIES)
def test_any_request_body_survives(body: bytes | None) -> None:
    cassette = one(Request("/", "POST", body=body))
    assert loads(dumps(cassette).encode()) == cassette


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: repr(body[:24]))
def test_these_request_bodies_survive(body: bytes) -> None:
    cassette = one(Request("/", "POST", body=body))
    assert loads(dumps(cassette).encode()) == cassette


@settings(max_examples=40, deadline=None)
@given(ANY)
def test_any_yaml_reader_reads_the_same(cassette: Cassette) -> None:
    text = dumps(cassette, schema=True)
    assert yaml.safe_load(text) == yaml.load(text, yaml.CSafeLoader) == compose(text, "")


@settings(max_examples=20, deadline=None)
@given(ANY)
@example(Cassette((Interaction("a", REQUEST, RESPONSE), Interaction("b", REQUEST, RESPONSE))))
def test_an_interaction_is_an_item_at_any_indent(cassette: Cassette) -> None:
    for indent in (0, 2, 7):
        items = "".join(dump_interaction(interaction, indent) for interaction in cassette)
        assert loads(f"interactions:\n{items}".encode()) == replace(cassette, pacing=None)


def test_a_cassette_as_people_see_it() -> None:
    body = b'{"model":"smollm2","stream":true,"messages":[{"role":"user","content":"Hello, world"}]}'
    recorded = Recorded("2026-11-22T09:43:18.120Z", "http://127.0.0.1:8091", "mocksse 0.1.0")
    pieces = (
        Piece(800, b'data: {"choices":[]}\n\n'),
        Piece(29100, b"event: done\ndata: it's over\n\n"),
        Piece(31000, b": ping\n\ndata: [DONE]\n\n"),
        Piece(4200, b"data: half an ev", more=True),
        Piece(100, "😀".encode()[:3], of=500),
    )
    response = Response(
        200,
        ((b"Content-Type", b"text/event-stream"), (b"X-Odd", b"\xff")),
        "chunked",
        pieces,
        End(2000, "cut", (Piece(0, b"rest"),)),
        12412,
        b"Fine",
        "1.0",
        ((b"x-sum", b"1"),),
    )
    request = Request("/v1/chat/completions?a=b", "POST", (("content-type", "application/json"),), body)
    interaction = Interaction("rivers", request, response, recorded, Pacing(speed=2.0), ("reset at=event:5",))
    assert dumps(Cassette((interaction,), Pacing(speed=INSTANT)), schema=True) == (
        """\
# yaml-language-server: $schema=cassette.schema.json
mocksse: 1
pacing: {speed: instant}
interactions:
  - name: rivers
    recorded: {at: '2026-11-22T09:43:18.120Z', upstream: 'http://127.0.0.1:8091', by: 'mocksse 0.1.0'}
    request:
      method: POST
      path: '/v1/chat/completions?a=b'
      headers: {content-type: application/json}
      json: {model: smollm2, stream: true, messages: [{role: user, content: 'Hello, world'}]}
    response:
      status: 200
      reason: Fine
      http: '1.0'
      headers:
        - [Content-Type, text/event-stream]
        - [X-Odd, {base64: '/w=='}]
      head_after_ms: 12.412
      framing: chunked
      stream:
        - {after_ms: 0.8, data: '{"choices":[]}'}
        - {after_ms: 29.1, event: done, data: 'it''s over'}
        - {after_ms: 31, events: [{comment: ' ping'}, {data: '[DONE]'}]}
        - {after_ms: 4.2, more: true, text: 'data: half an ev'}
        - {after_ms: 0.1, of: 500, base64: '8J+Y'}
      trailers:
        - [x-sum, '1']
      end:
        after_ms: 2
        how: cut
        rest:
          - {after_ms: 0, text: rest}
    pacing: {speed: 2}
    faults: ['reset at=event:5']
"""
    )


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([], ""),
        ([Piece(0, b"data: a\n\n")], "        - {after_ms: 0, data: a}\n"),
        ([Piece(0, b"")], "        - {after_ms: 0}\n"),
        (
            [Piece(0, b"<html>\n  <b>x</b>\n</html>\n")],
            "        - after_ms: 0\n          text: |\n"
            + "            <html>\n              <b>x</b>\n            </html>\n",
        ),
        ([Piece(0, b'{"a":1}\n')], "        - {after_ms: 0, line: '{\"a\":1}'}\n"),
        ([Piece(0, b"data: a\ndata: b\n\n")], '        - {after_ms: 0, data: "a\\nb"}\n'),
        ([Piece(0, "data: 中文 😀\n\n".encode())], "        - {after_ms: 0, data: '中文 😀'}\n"),
    ],
)
def test_how_entries_are_spelt(pieces: list[Piece], lines: str) -> None:
    assert stream_of(*pieces) == lines


def test_a_style_is_said_once_for_the_whole_stream() -> None:
    response = replace(RESPONSE, pieces=(Piece(0, b"data:a\r\n\r\n"), Piece(0, b"data:b\r\n\r\n")))
    text = dumps(one(response=response))
    assert "      sse: {eol: crlf, space: false}\n" in text
    assert "data: a}" in text


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ((("a", "b"), ("c", "d")), "headers: {a: b, c: d}"),
        ((("a", "b"), ("a", "d")), "headers: [[a, b], [a, d]]"),
        ((("a", "\udcff"),), "headers: [[a, {base64: '/w=='}]]"),
    ],
)
def test_request_headers_are_a_mapping_where_that_keeps_them(headers: tuple[tuple[str, str], ...], line: str) -> None:
    cassette = one(replace(REQUEST, headers=headers))
    assert line in dumps(cassette)
    assert loads(dumps(cassette).encode()) == cassette


@pytest.mark.parametrize(
    ("us", "ms"), [(0, 0), (1, 0.001), (999, 0.999), (1000, 1), (12412, 12.412), (10**15 - 1, 999999999999.999)]
)
def test_milliseconds(us: int, ms: float) -> None:
    assert milliseconds(us) == ms
    assert isinstance(milliseconds(us), int) == (us % 1000 == 0)
