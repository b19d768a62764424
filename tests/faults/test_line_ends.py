"""Line ends, byte order marks, blank lines too many and one too few: exact bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from breaking import CHAT, broken, events, got, recording

from mocksse import limits
from mocksse.replay.faults.fault import Refused

BOM = b"\xef\xbb\xbf"
BODY = b"event: a\ndata: 1\n\n: c\n\ndata: [DONE]\n\n"


def body(spec: str, sent: bytes) -> bytes:
    return got(broken(spec, recording(sent))).body


@pytest.mark.parametrize(
    ("spec", "sent", "came"),
    [
        ("crlf", BODY, BODY.replace(b"\n", b"\r\n")),
        ("cr", BODY, BODY.replace(b"\n", b"\r")),
        ("crlf", b"data: 1\r\rdata: 2\r\n\n", b"data: 1\r\n\r\ndata: 2\r\n\r\n"),
        ("cr", b"data: 1\r\n\r\ndata: 2", b"data: 1\r\rdata: 2"),
        ("mixed-eol", b"a\n\nb\n\nc\n\nd", b"a\n\rb\r\n\nc\r\r\nd"),
        ("mixed-eol", b"\n" * 7, b"\n\r\r\n\n\r\r\n\n"),
        ("leading-bom", b"data: 1\n\n", BOM + b"data: 1\n\n"),
        ("double-bom", b"data: 1\n\n", BOM + BOM + b"data: 1\n\n"),
        ("double-bom", BOM + b"data: 1\n\n", BOM + BOM + b"data: 1\n\n"),
        ("bom-mid-stream", b"data: 1\n\ndata: 2\n\n", b"data: 1\n\n" + BOM + b"data: 2\n\n"),
        ("bom-mid-stream at=event:1", b"data: 1\n\n:c\ndata: 2\n\n", b"data: 1\n\n:c\n" + BOM + b"data: 2\n\n"),
        ("bom-mid-stream at=byte:20", b"data: 1\n\n" * 4, b"data: 1\n\n" * 2 + BOM + b"data: 1\n\n" * 2),
        ("unterminated-final-event", BODY, BODY[:-1]),
        ("unterminated-final-event cut=line", BODY, BODY[:-2]),
        ("unterminated-final-event", b"data: 1\r\n\r\n: bye\r\n\r\n", b"data: 1\r\n"),
        ("unterminated-final-event cut=line", b"data: 1\n", b"data: 1"),
        ("unterminated-final-event cut=line", b"data: 1\r\nid: 7\r\n\r\n", b"data: 1\r\nid: 7"),
        ("extra-blank-lines", b"data: 1\n\n: c\n\n", b"\ndata: 1\n\n\n: c\n\n\n"),
        ("extra-blank-lines lines=2", b"data: 1\r\n\r\ndata: 2", b"\r\n\r\ndata: 1\r\n\r\n\r\n\r\ndata: 2"),
        ("extra-blank-lines", BOM + b"data: 1\r\r", BOM + b"\rdata: 1\r\r\r"),
    ],
)
def test_the_bytes(spec: str, sent: bytes, came: bytes) -> None:
    assert body(spec, sent) == came


@pytest.mark.parametrize(
    ("spec", "lost"),
    [
        ("double-bom", CHAT[:1]),
        ("bom-mid-stream", CHAT[2:3]),
        ("unterminated-final-event", CHAT[4:]),
        ("unterminated-final-event cut=line", CHAT[4:]),
        ("truncate at=done; unterminated-final-event", CHAT[3:]),
    ],
)
def test_what_a_client_loses_that_follows_the_standard(spec: str, lost: tuple[bytes, ...]) -> None:
    left = b"".join(event for event in CHAT if event not in lost)
    assert events(got(broken(spec)).body) == events(left)


def test_the_events_stay_in_their_chunks() -> None:
    assert got(broken("crlf")).chunks == tuple(event.replace(b"\n", b"\r\n") for event in CHAT)
    assert got(broken("extra-blank-lines")).chunks == (b"\n" + CHAT[0] + b"\n", *(event + b"\n" for event in CHAT[1:]))
    assert got(broken("unterminated-final-event")).whole


def test_a_crlf_in_two_chunks() -> None:
    chunks = (b"data: 1\r", b"\n\r", b"\n")
    assert got(broken("cr", recording(*chunks))).chunks == (b"data: 1\r", b"\r")
    assert got(broken("crlf; split in=crlf", recording(b"data: 1\n\n"))).chunks == (b"data: 1\r", b"\n\r\n")


@pytest.mark.parametrize(
    ("spec", "sent", "reason"),
    [
        ("crlf", b"data: 1\r\n\r\n", "every line ends so already"),
        ("cr", b"data: 1\r\r", "every line ends so already"),
        ("mixed-eol", b"a\n\rb", "every line ends so already"),
        ("mixed-eol; mixed-eol", BODY, "every line ends so already"),
        ("crlf", b"data: 1", "no line of this body ends"),
        ("leading-bom", BOM + b"data: 1\n\n", "begins with a byte order mark already"),
        ("bom-mid-stream at=event:0", BODY, "at the start of a stream is a good one"),
        ("bom-mid-stream at=end", BODY, "no event at this place or behind it"),
        ("unterminated-final-event", b"data: 1\n", "cut off so already"),
        ("unterminated-final-event cut=line", b"data: 1", "cut off so already"),
        ("unterminated-final-event", b": c\n\n", "no events in this body"),
        ("extra-blank-lines", b"data: 1\n", "no events in this body"),
        (f"extra-blank-lines lines={limits.MAX_FAULT_BYTES}", BODY, "more than 64 MiB"),
    ],
)
def test_refused(spec: str, sent: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        broken(spec, recording(sent))


@pytest.mark.parametrize("name", ["leading-bom", "double-bom", "crlf", "extra-blank-lines", "unterminated-final-event"])
def test_nothing_and_what_cannot_be_read(name: str) -> None:
    tape = recording(b"data: 1\n\n")
    empty = replace(tape, response=replace(tape.response, pieces=()))
    with pytest.raises(Refused, match=r"the body is empty|no events in this body|no line of this body ends"):
        broken(name, empty)
    headers = (*tape.response.headers, (b"Content-Encoding", b"gzip"))
    with pytest.raises(Refused, match="its body is gzip"):
        broken(name, replace(tape, response=replace(tape.response, headers=headers)))
