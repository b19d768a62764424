"""wire/sse against the standard: the tables of sse_cases, an oracle written from the standard's prose, and laws."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cuttings import assert_cut_independent, cuttings, fed
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st
from sse_cases import EVENTS, ITEMS, LINE_END_CASES, LINE_ENDS

from mocksse.errors import LimitError
from mocksse.wire.sse import BOM, Block, Comment, Event, Parser, Pending, Retry, encode, parse

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.wire.sse import Item


@pytest.mark.parametrize(("body", "events"), [case[1:] for case in EVENTS], ids=[case[0] for case in EVENTS])
def test_events(body: bytes, events: list[tuple[bytes, bytes, bytes]]) -> None:
    items = assert_cut_independent(Parser, body, rounds=200 if len(body) > 1000 else 1000)
    assert [(item.type, item.data, item.id) for item in items if isinstance(item, Event)] == events
    check_spans(body, items)


@pytest.mark.parametrize(("body", "items"), [case[1:] for case in ITEMS], ids=[case[0] for case in ITEMS])
def test_items(body: bytes, items: list[Item]) -> None:
    assert assert_cut_independent(Parser, body, rounds=100 if len(body) > 1000 else 1000) == items
    check_spans(body, items)


@pytest.mark.parametrize("eol", LINE_ENDS, ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(("body", "count"), [case[1:] for case in LINE_END_CASES], ids=[c[0] for c in LINE_END_CASES])
def test_line_ends_do_not_show(body: bytes, count: int, eol: bytes) -> None:
    def values(body: bytes) -> list[tuple[bytes, bytes, bytes]]:
        items = assert_cut_independent(Parser, body)
        return [(item.type, item.data, item.id) for item in items if isinstance(item, Event)]

    found = values((body + b"|").replace(b"|", eol))
    assert found == values((body + b"|").replace(b"|", b"\n"))
    assert len(found) == count


def test_a_cr_dispatches_before_the_next_byte() -> None:
    parser = Parser()
    assert parser.feed(b"data: a\r\n") == []
    assert parser.feed(b"\r") == [Event(0, 10, b"message", b"a", b"")]
    assert parser.feed(b"\n") == []
    assert parser.feed(b"\n") == [Block(11, 12, b"")]
    assert parser.close() == []


def test_last_event_id_is_that_of_the_last_finished_block() -> None:
    parser = Parser()
    parser.feed(b"id: 1\n")
    assert parser.last_event_id == b""
    parser.feed(b"\n")
    assert parser.last_event_id == b"1"
    parser.feed(b"id\n")
    parser.close()
    assert parser.last_event_id == b"1"


def test_text_is_utf8_with_replacement() -> None:
    assert Event(0, 0, b"message", "🌍".encode(), b"").text == "🌍"
    assert Event(0, 0, b"message", b"a\xff\xf0\x9f\nb", b"").text == "a\ufffd\ufffd\nb"


def test_parse_counts_the_lf_of_a_crlf_in() -> None:
    body = b"retry: 5\r\n: c\r\ndata: a\r\n\r\ndata: b\r\rdata: c\r\n"
    assert parse(body) == [
        Retry(0, 10, 5),
        Comment(10, 15, b" c"),
        Event(0, 26, b"message", b"a", b""),
        Event(26, 35, b"message", b"b", b""),
        Pending(35, 44, b"message", b"c"),
    ]


# Limits


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: 0123\n\n" * 3, 3),
        (b"data: 01234\n\n", 0),
        (b"data: 0123\n\ndata: 01234\n\n", 1),
        (b"data: 0123\n\n: 2345678\n\ndata: 0\n\n", 2),
        (b"data: 0123\n\n: 23456789a", 1),
        (b"data: 0123\n\ndata\ndata\ndata\n\n", 1),
        (b"data: 0123\n\ndata\ndata\nid\n\n", 2),
        (b": 23456\n" * 9 + b"data: a\n\n", 1),
        (BOM + b"data: 0123\n\nid: 23456789", 1),
    ],
)
def test_limit(body: bytes, events: int) -> None:
    """At most ten bytes for a line and for the data lines of an event; what came before is handed out, however cut."""
    expected = None
    for pieces in cuttings(body, 300):
        parser = Parser(max_event=10)
        items: list[Item] = []
        limited = False
        try:
            for piece in pieces:
                items += parser.feed(piece)
            items += parser.close()
        except LimitError:
            limited = True
            with pytest.raises(LimitError):
                parser.feed(b"")
        expected = expected or (items, limited)
        assert (items, limited) == expected
        assert sum(isinstance(item, Event) for item in items) == events


def test_a_line_without_end_is_not_buffered_for_ever() -> None:
    parser = Parser(max_event=1000)
    parser.feed(b"data: ")
    for _ in range(497):
        parser.feed(b"xx")
    with pytest.raises(LimitError, match="at byte 0 is larger than 1000 bytes"):
        parser.feed(b"xx")
    assert len(parser._line) <= 1000


def test_time_is_linear_however_a_line_is_cut() -> None:
    def seconds(size: int) -> float:
        parser = Parser()
        begin = time.process_time()
        for _ in range(size):
            parser.feed(b"x")
        return time.process_time() - begin

    assert_linear(seconds, 1 << 17)


# Laws


def check_spans(body: bytes, items: list[Item]) -> None:
    """Blocks tile the body, but for its byte order mark and the LF of a closing CRLF; other items are lines in them."""
    at = 3 if body.startswith(BOM) else 0
    inside: list[Item] = []
    for item in items:
        assert item.start < item.end <= len(body)
        if isinstance(item, Comment | Retry):
            inside.append(item)
            continue
        if body[at - 1 : at + 1] == b"\r\n" and at:
            at += 1
        assert item.start == at
        at = item.end
        assert all(item.start <= line.start and line.end <= item.end for line in inside)
        assert all(a.end <= b.start for a, b in pairwise(inside))
        inside = []
    assert not inside
    assert body[at:] == b"" or (body[at:] == b"\n" and body[at - 1 :] == b"\r\n")


def oracle(body: bytes) -> list[tuple[str, str, str]]:
    """Section 9.2.6 word by word over decoded text: slow, whole, and nothing like the parser."""
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    lines = re.split("\r\n|\r|\n", text)[:-1]
    data_buffer = event_type_buffer = id_buffer = ""
    events = []
    for line in lines:
        if line == "":
            if data_buffer != "":
                events.append((event_type_buffer or "message", data_buffer[:-1], id_buffer))
            data_buffer = event_type_buffer = ""
        elif line[0] != ":":
            field, _, value = line.partition(":")
            value = value[1:] if value[:1] == " " else value
            if field == "event":
                event_type_buffer = value
            elif field == "data":
                data_buffer += value + "\n"
            elif field == "id" and "\0" not in value:
                id_buffer = value
    return events


TOKENS = [
    b"data",
    b"event",
    b"id",
    b"retry",
    b":",
    b" ",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\0",
    b"12",
    b"x",
]
soup = st.lists(st.sampled_from([*TOKENS, b"data: ", b"id: 1", BOM, "€".encode(), b"\xff"]), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(soup, st.booleans())
def test_agrees_with_the_standard_read_word_by_word(body: bytes, with_bom: bool) -> None:
    body = BOM * with_bom + body
    items = assert_cut_independent(Parser, body, rounds=10)
    found = [(item.type, item.data, item.id) for item in items if isinstance(item, Event)]
    assert [tuple(part.decode("utf-8", "surrogateescape") for part in event) for event in found] == oracle(body)
    check_spans(body, items)


@settings(max_examples=200, deadline=None)
@given(soup)
def test_parse_tiles_the_whole_body(body: bytes) -> None:
    items = parse(body)
    at = 3 if body.startswith(BOM) else 0
    for item in items:
        if not isinstance(item, Comment | Retry):
            assert item.start == at
            at = item.end
    assert at == len(body)
    fed_items = fed(Parser, [body])
    assert [(type(item), item.start) for item in items] == [(type(item), item.start) for item in fed_items]
    assert all(a.end - b.end in (0, 1) for a, b in zip(items, fed_items, strict=True))


@settings(max_examples=200, deadline=None)
@given(soup)
def test_an_event_span_holds_the_event(body: bytes) -> None:
    for item in parse(body):
        if isinstance(item, Event) and not body[item.start :].startswith(BOM):
            (again,) = [found for found in parse(body[item.start : item.end]) if isinstance(found, Event)]
            assert (again.type, again.data) == (item.type, item.data)


# Encoding

line_text = st.lists(st.sampled_from([b"a", b" ", b":", b"\t", BOM, "€".encode(), b"\xff"]), max_size=8).map(b"".join)
any_eol = st.sampled_from(LINE_ENDS)


@settings(max_examples=300, deadline=None)
@given(
    event=st.none() | line_text,
    id=st.none() | line_text,
    retry=st.none() | st.integers(0, 10**15 - 1),
    data=st.none() | st.lists(line_text, min_size=1, max_size=4).map(b"\n".join),
    comment=st.none() | line_text,
    eol=any_eol,
    space=st.booleans(),
)
def test_encode_then_parse(
    event: bytes | None,
    id: bytes | None,  # noqa: A002
    retry: int | None,
    data: bytes | None,
    comment: bytes | None,
    eol: bytes,
    space: bool,
) -> None:
    try:
        block = encode(data=data, event=event, id=id, retry=retry, comment=comment, eol=eol, space=space)
    except ValueError:
        values = [value for value in (event, id, *(data or b"").split(b"\n")) if value is not None]
        nothing = all(field is None for field in (event, id, retry, data, comment))
        assert nothing or (not space and any(value.startswith(b" ") for value in values))
        return
    expected: list[Item] = []
    end = len(block)
    if comment is not None:
        expected.append(Comment(0, 1 + len(comment) + len(eol), comment))
    if retry is not None:
        at = block.index(b"retry:")
        expected.append(Retry(at, block.index(eol, at) + len(eol), retry))
    if data is None:
        expected.append(Block(0, end, id or b""))
    else:
        expected.append(Event(0, end, event or b"message", data, id or b""))
    assert parse(block) == expected


def test_encode_is_canonical() -> None:
    assert encode(data=b"a\nb", event=b"x", id=b"1", retry=5) == b"event: x\nid: 1\nretry: 5\ndata: a\ndata: b\n\n"
    assert encode(data=b'{"a":1}', eol=b"\r\n") == b'data: {"a":1}\r\n\r\n'
    assert encode(data=b"{}", event=b"x", space=False, eol=b"\r") == b"event:x\rdata:{}\r\r"
    assert encode(comment=b" ping") == b": ping\n\n"
    assert encode(comment=b"", space=False) == b":\n\n"
    assert encode(comment=b"a\nb") == b":a\n:b\n\n"
    assert encode(data=b"a", comment=b"c") == b":c\ndata: a\n\n"
    assert encode(data=b"") == b"data: \n\n"
    assert encode(data=b"a\n") == b"data: a\ndata: \n\n"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"event": b"a\nb"},
        {"event": b"a\rb"},
        {"id": b"a\nb"},
        {"id": b"a\rb"},
        {"id": b"a\0b"},
        {"comment": b"a\rb"},
        {"data": b"a\rb"},
        {"data": b"a\r\nb"},
        {"data": b"a\n b", "space": False},
        {"event": b" a", "data": b"", "space": False},
        {"retry": -1},
        {"retry": 10**15},
        {"data": b"a", "eol": b"\n\n"},
        {"data": b"a", "eol": b""},
    ],
    ids=repr,
)
def test_what_would_not_come_back_is_refused(fields: dict[str, bytes]) -> None:
    with pytest.raises(ValueError):
        encode(**fields)  # type: ignore[arg-type]


# Recorded streams


def test_recorded_streams_do_not_depend_on_cuts(streams: Path) -> None:
    paths = sorted(streams.rglob("*.sse"))
    assert paths
    for path in paths:
        body = path.read_bytes()
        items = assert_cut_independent(Parser, body, rounds=10)
        check_spans(body, items)
        found = [(item.type, item.data, item.id) for item in items if isinstance(item, Event)]
        assert [tuple(part.decode("utf-8", "surrogateescape") for part in event) for event in found] == oracle(body)


def test_recorded_events_are_canonical_in_their_dialect(streams: Path) -> None:
    """What a cassette relies on: most of the wire is written again exactly by `encode`."""
    dialects = [{"eol": eol, "space": space} for eol in LINE_ENDS for space in (True, False)]
    same = total = 0
    for path in sorted(streams.rglob("*.sse")):
        body = path.read_bytes()
        for item in parse(body):
            if isinstance(item, Event):
                total += 1
                raw = body[item.start : item.end]
                event = None if item.type == b"message" and b"event:" not in raw else item.type
                id_ = item.id if re.search(rb"^id:", raw, re.MULTILINE) else None
                tries = [encode(data=item.data, event=event, id=id_, **dialect) for dialect in dialects]  # type: ignore[arg-type]
                same += raw in tries
    assert same / total > 0.99


def test_a_client_that_comes_back_keeps_its_id_until_the_body_has_another() -> None:
    parser = Parser(last_id=b"7")
    (first,) = parser.feed(b"data: a\n\n")
    assert (first.id, parser.last_event_id) == (b"7", b"7")
    parser.feed(b"id\ndata: b\n\n")
    assert parser.last_event_id == b""
