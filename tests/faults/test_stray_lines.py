"""Lines that mean nothing: exact bytes, and a client that follows the standard sees none of them."""

from __future__ import annotations

import json

import pytest
from breaking import CHAT, broken, events, got, recording

from mocksse.replay.faults.fault import Refused
from mocksse.wire import sse

TWO = b"data: 1\n\nid: 5\ndata: 2\n\n"


def body(spec: str, sent: bytes) -> bytes:
    return got(broken(spec, recording(sent))).body


STRANGERS = b"foo: x\n data: x\nData: x\nda-ta: x\ndata_5\n\0data: x\n"


@pytest.mark.parametrize(
    ("spec", "sent", "came"),
    [
        ("unknown-field", TWO, STRANGERS + b"data: 1\n\n" + STRANGERS + b"id: 5\ndata: 2\n\n"),
        ("unknown-field at=event:1 line=trace:7", TWO, b"data: 1\n\ntrace:7\nid: 5\ndata: 2\n\n"),
        ('unknown-field line="not a field"', b"data: 1\r\r", b"not a field\rdata: 1\r\r"),
        ("nul-in-id", TWO, b"data: 1\nid: a\0b\n\nid: 5\ndata: 2\nid: a\0b\n\n"),
        ("nul-in-id at=percent:80", TWO, b"data: 1\n\nid: 5\ndata: 2\nid: a\0b\n\n"),
        ("bogus-retry", TWO, b"retry: 1000x\n" + TWO),
        ("bogus-retry value=-1", b": c\r\n\r\ndata: 1\r\n\r\n", b": c\r\n\r\nretry: -1\r\ndata: 1\r\n\r\n"),
        ('bogus-retry value=""', TWO, b"retry: \n" + TWO),
        ("bogus-retry value=03000 at=event:1", TWO, b"data: 1\n\nretry: 03000\nid: 5\ndata: 2\n\n"),
    ],
)
def test_the_bytes(spec: str, sent: bytes, came: bytes) -> None:
    assert body(spec, sent) == came


@pytest.mark.parametrize("spec", ["unknown-field", "nul-in-id", "bogus-retry"])
def test_the_last_event_id_stays(spec: str) -> None:
    parser = sse.Parser()
    parser.feed(body(spec, TWO))
    assert parser.last_event_id == b"5"


@pytest.mark.parametrize(
    ("value", "counts"), [("1000x", []), ('""', []), ("-1", []), ("1e3", []), ("03000", [3000]), ("9" * 20, [])]
)
def test_which_retries_count(value: str, counts: list[int]) -> None:
    items = sse.parse(body(f"bogus-retry value={value}", TWO))
    assert [item.ms for item in items if isinstance(item, sse.Retry)] == counts


def test_a_nul_in_a_text() -> None:
    """CHAT's first text is the second event's."""
    assert body("nul-in-data", b"".join(CHAT)) == b"".join(CHAT).replace(
        b"Gr\xc3\xbc\xc3\x9fe", b"Gr\0\xc3\xbc\xc3\x9fe"
    )
    (data,) = {data for _, data in events(body("nul-in-data", b"".join(CHAT)))} - {d for _, d in events(b"".join(CHAT))}
    with pytest.raises(ValueError, match="Invalid control character"):
        json.loads(data)
    assert json.loads(data, strict=False)["choices"][0]["delta"]["content"] == "Gr\0üße"


def test_a_nul_in_the_text_at_a_place() -> None:
    assert b", \0" in body("nul-in-data at=event:2", b"".join(CHAT))


def test_where_no_api_tells_the_longest_string_is_the_text() -> None:
    tape = recording(b'data: {"kind":"say","what":"something"}\n\n', path="/stream")
    assert got(broken("nul-in-data", tape)).body == b'data: {"kind":"say","what":"some\0thing"}\n\n'


@pytest.mark.parametrize(
    ("spec", "sent", "reason"),
    [
        ("unknown-field line=data:x", TWO, "is a field that clients know"),
        ("unknown-field line=retry", TWO, "is a field that clients know"),
        ("unknown-field line=:c", TWO, "a line without a name is no field"),
        ('unknown-field line=""', TWO, "a line without a name is no field"),
        ('unknown-field line="a\nb"', TWO, "line= has a line break in it"),
        ('bogus-retry value="a\rb"', TWO, "value= has a line break in it"),
        ("bogus-retry", b": c\n\n", "no events in this body"),
        ("nul-in-id at=end", TWO, "no event at this place or behind it"),
        ("nul-in-data", b"data: [DONE]\n\n", "no text in this stream"),
        ("nul-in-data at=event:4", b"".join(CHAT), "no text at this place or behind it"),
        ("nul-in-data at=end", TWO, "no event at this place or behind it"),
    ],
)
def test_refused(spec: str, sent: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, recording(sent))
