"""Whatever an SSE body is written like, a REFRAMING fault leaves its events; how the body was cut never matters."""

from __future__ import annotations

from itertools import pairwise

import pytest
from breaking import broken, recording
from breaking import got as received
from hypothesis import given
from hypothesis import strategies as st

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.registry import FAULTS

FRAMING = {name: fault for name, fault in FAULTS.items() if fault.family == "framing"}
KEEPING = sorted(name for name, fault in FRAMING.items() if fault.law == "REFRAMING")
BODY_EDITS = sorted(name for name, fault in FRAMING.items() if fault.edits is not None)

LINES = st.sampled_from(
    [
        *[b""] * 6,
        *[b'data: {"choices":[{"index":0,"delta":{"content":"Gr\xc3\xbc\xc3\x9fe, \xf0\x9f\x8c\x8d"}}]}'] * 4,
        b'data:{"a": [1, {"b": "{,["}], "c": {}}',
        b"data: [DONE]",
        b"data:  two spaces",
        b"data:",
        b"data",
        b"data: ",
        b"data:\ttab",
        b'data: {"a":',
        b"data: 1}",
        b"event: delta",
        b"event:ping",
        b"event",
        b"event:  spaced",
        b"id: 7",
        b"id",
        b"id: a\0b",
        b"id:  x",
        b"retry: 50",
        b"retry",
        b": comment",
        b":",
        b":data: x",
        b"Data: x",
        b" data: x",
        b"stranger",
    ]
)
STRETCHES = st.one_of(
    LINES.map(lambda line: [line]),
    st.lists(LINES, max_size=3).map(lambda lines: [*lines, b'data: {"choices":[{"delta":{"content":"So"}}]}', b""]),
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Odd lines with one kind of line end or all of them; with or without a byte order mark and a last line end."""
    lines = [line for stretch in draw(st.lists(STRETCHES, max_size=9)) for line in stretch]
    one = draw(st.one_of(st.none(), ENDS))
    ends = [one or draw(ENDS) for _ in lines]
    body = b"".join(line + end for line, end in zip(lines, ends, strict=True)) + draw(
        st.sampled_from([b"", b"data: x"])
    )
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + body


@st.composite
def cut_bodies(draw: st.DrawFn) -> list[bytes]:
    body = draw(bodies())
    bounds = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=6))})
    return [body[a:b] for a, b in pairwise(bounds)] or [b"\n"]


def dispatched(body: bytes) -> tuple[list[tuple[str, str]], list[str], list[int]]:
    """By the letter of WHATWG HTML 9.2.6, in characters: each event's (type, data), its last event id; all retries."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    events, ids, retries = [], [], []
    data = kind = known = ""
    for line in lines:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((kind or "message", data.removesuffix("\n")))
                ids.append(known)
            data = kind = ""
        elif colon and not name:
            continue
        elif name == "event":
            kind = value
        elif name == "data":
            data += value + "\n"
        elif name == "id" and "\0" not in value:
            known = value
        elif name == "retry" and value.isascii() and value.isdigit():
            retries.append(int(value))
    return events, [*ids, known], retries


def body_with(spec: str, chunks: list[bytes]) -> bytes | None:
    """None where the fault cannot apply to it."""
    try:
        return received(broken(spec, recording(*chunks))).body
    except Refused:
        return None


PLACES = ["", " at=event:0", " at=event:1", " at=percent:40", " at=end"]


@pytest.mark.parametrize("name", KEEPING)
@given(chunks=cut_bodies(), place=st.sampled_from(PLACES))
def test_the_events_stay(name: str, chunks: list[bytes], place: str) -> None:
    spec = name + (place if FAULTS[name].param("at") else "")
    body = body_with(spec, chunks)
    if body is None:
        return
    before, after = dispatched(b"".join(chunks)), dispatched(body)
    assert after[:2] == before[:2]
    assert after[2] == before[2] or name in {"bogus-retry", "control-only-block"}


@pytest.mark.parametrize("name", BODY_EDITS)
@given(chunks=cut_bodies(), place=st.sampled_from(PLACES))
def test_where_a_body_was_cut_does_not_matter(name: str, chunks: list[bytes], place: str) -> None:
    at = FAULTS[name].param("at")
    spec = " ".join([name + (place if at else ""), *(["size=5000"] if FAULTS[name].param("size") else [])])
    assert body_with(spec, chunks) == body_with(spec, [b"".join(chunks)])
