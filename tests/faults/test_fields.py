"""The ways to write a field: exact bytes, and what is left of the events."""

from __future__ import annotations

import json

import pytest
from breaking import CHAT, broken, events, got, recording

from mocksse.replay.faults.fault import Refused

TYPED = b'event: delta\nid: 7\ndata: {"a": [1, "x, {y}"], "b": {}}\n\n'


def body(spec: str, sent: bytes) -> bytes:
    return got(broken(spec, recording(sent))).body


@pytest.mark.parametrize(
    ("spec", "sent", "came"),
    [
        ("no-space", TYPED, TYPED.replace(b"event: ", b"event:").replace(b"id: ", b"id:").replace(b"data: ", b"data:")),
        ("no-space", b"data: a\ndata:  b\ndata:c\n: d\nretry: 5\n\n", b"data:a\ndata:  b\ndata:c\n: d\nretry:5\n\n"),
        ("no-space", b"data: \tx\r\ndata: \r\n\r\n", b"data:\tx\r\ndata:\r\n\r\n"),
        ("no-space at=event:1", b"data: 1\n\ndata: 2\n\ndata: 3\n\n", b"data: 1\n\ndata:2\n\ndata: 3\n\n"),
        ("no-space", b"data: 1\n\ndata: 2", b"data:1\n\ndata:2"),
        ("extra-space", b"data: 1\n\ndata:2\n\ndata\n\n", b"data:  1\n\ndata:  2\n\ndata:  \n\n"),
        ("extra-space kind=tab", b"data: 1\n\ndata:2\n\ndata\n\n", b"data:\t1\n\ndata:\t2\n\ndata:\t\n\n"),
        ("extra-space", b"event: x\ndata: 1\n\ndata: [DONE]\n\n", b"event: x\ndata:  1\n\ndata: [DONE]\n\n"),
        ("colonless-field", b"event: x\ndata: 1\n\n", b"event\nretry\nevent: x\ndata: 1\n\n"),
        ("colonless-field", b"data:\r\nid: \r\n\r\n", b"event\r\nretry\r\ndata\r\nid\r\n\r\n"),
        ("colonless-field at=event:1", b"data: 1\r\rdata: 2\r\r", b"data: 1\r\revent\rretry\rdata: 2\r\r"),
        ("colonless-data", b"data: 1\n\ndata: [DONE]\n\n", b"data: 1\ndata\n\ndata: [DONE]\n\n"),
        ("colonless-data", b"data: 1\r\nid: 3\r\n\r\n", b"data: 1\r\ndata\r\nid: 3\r\n\r\n"),
        ("field-order", TYPED, b'data: {"a": [1, "x, {y}"], "b": {}}\nevent: delta\nid: 7\n\n'),
        ("field-order", b"data: 1\ndata: 2\n\n", b"data: 1\ndata: 2\nevent: message\n\n"),
        ("field-order", b": c\ndata: 1\n\n", b": c\ndata: 1\nevent: message\n\n"),
        ("field-order", b"event: x\rdata: 1\n\n", b"data: 1\revent: x\n\n"),
        ("field-order", b"data: 1\nid: 2\n\nid: 3\ndata: 3\n\n", b"data: 1\nid: 2\n\ndata: 3\nid: 3\n\n"),
        (
            "double-data-prefix",
            b"data: 1\ndata:2\n\ndata: [DONE]\n\n",
            b"data: data: 1\ndata:data: 2\n\ndata: data: [DONE]\n\n",
        ),
        ("double-data-prefix at=event:1", b"data: 1\n\ndata: 2\n\n", b"data: 1\n\ndata: data: 2\n\n"),
    ],
)
def test_the_bytes(spec: str, sent: bytes, came: bytes) -> None:
    assert body(spec, sent) == came


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        (
            TYPED,
            b'event: delta\nid: 7\ndata: {\ndata: "a": [\ndata: 1,\ndata:  "x, {y}"],\ndata:  "b": {\ndata: }}\n\n',
        ),
        (b'data:{"a":"\\"{","b":1}\r\n\r\n', b'data:{\r\ndata:"a":"\\"{",\r\ndata:"b":1}\r\n\r\n'),
        (b'data: {"a":1,\ndata: "b":2}\n\n', b'data: {\ndata: "a":1,\ndata: "b":2}\n\n'),
        (b"data: [1]\n\ndata: [DONE]\n\ndata: 5\n\n", b"data: [\ndata: 1]\n\ndata: [DONE]\n\ndata: 5\n\n"),
    ],
)
def test_json_over_several_lines(sent: bytes, came: bytes) -> None:
    assert body("multiline-data", sent) == came


@pytest.mark.parametrize("spec", ["multiline-data", "extra-space", "extra-space kind=tab", "colonless-data"])
@pytest.mark.parametrize("first", ["", "no-space; ", "crlf; ", "cr; ", "multiline-data; "])
def test_the_json_stays_what_it_was(spec: str, first: str) -> None:
    if spec == "multiline-data" and first.startswith("multiline"):
        return
    tape = recording(*CHAT[:2], TYPED, *CHAT[2:])
    before = events(b"".join((*CHAT[:2], TYPED, *CHAT[2:])))
    after = events(got(broken(first + spec, tape)).body)
    assert [type_ for type_, _ in after] == [type_ for type_, _ in before]
    assert [json.loads(data) for _, data in after[:-1]] == [json.loads(data) for _, data in before[:-1]]
    assert after[-1] == before[-1] == (b"message", b"[DONE]")
    assert all(new != old for (_, new), (_, old) in zip(after[:-1], before[:-1], strict=True))


def test_a_text_is_never_broken() -> None:
    assert [data for _, data in events(body("multiline-data", b'data: {"a":"b,c[d{e"}\n\n'))] == [b'{\n"a":"b,c[d{e"}']


@pytest.mark.parametrize(
    ("spec", "sent", "reason"),
    [
        ("no-space", b"data:1\n\n", "no field has a space"),
        ("no-space; no-space", TYPED, "no field has a space"),
        ("extra-space", b"data: [DONE]\n\n", "no event here but a"),
        ("extra-space at=done", b"".join(CHAT), "no event here but a"),
        ("colonless-data at=done", b"".join(CHAT), "no event here but a"),
        ("multiline-data at=done", b"".join(CHAT), "no event here is JSON"),
        ("multiline-data; multiline-data", TYPED, "no event here is JSON"),
        ("field-order", b"data: 1\nevent: x\n\n", "data is in front of the other fields already"),
        ("field-order; field-order", TYPED, "data is in front of the other fields already"),
        ("double-data-prefix", b": c\n\n", "no events in this body"),
        ("double-data-prefix at=end", TYPED, "no event at this place or behind it"),
    ],
)
def test_refused(spec: str, sent: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, recording(sent))


def test_other_bodies_have_no_fields() -> None:
    with pytest.raises(Refused, match="needs server-sent events, and this is NDJSON"):
        broken("no-space", recording(b'{"a":1}\n', content_type="application/x-ndjson"))
