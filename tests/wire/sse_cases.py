"""Byte cases for wire/sse: what a body says to a client, by the standard and by what has met clients in the wild.

The cases marked wpt send the bytes of web-platform-tests `eventsource/format-*`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.wire.sse import BOM, Block, Comment, Event, Pending, Retry

if TYPE_CHECKING:
    from mocksse.wire.sse import Item

KIB2 = b"x" * 2048

# name, body, events as (type, data, id)
EVENTS: list[tuple[str, bytes, list[tuple[bytes, bytes, bytes]]]] = [
    # the standard's own examples
    ("example-stock", b"data: YHOO\ndata: +2\ndata: 10\n\n", [(b"message", b"YHOO\n+2\n10", b"")]),
    (
        "example-ids",
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [(b"message", b"first event", b"1"), (b"message", b"second event", b""), (b"message", b" third event", b"")],
    ),
    ("example-empty", b"data\n\ndata\ndata\n\ndata:", [(b"message", b"", b""), (b"message", b"\n", b"")]),
    ("example-space", b"data:test\n\ndata: test\n\n", [(b"message", b"test", b"")] * 2),
    # wpt
    ("wpt-newlines", b"data:test\r\ndata\ndata:test\r\n\r", [(b"message", b"test\n\ntest", b"")]),
    (
        "wpt-bom",
        BOM + b"data:1\n\n" + BOM + b"data:2\n\ndata:3\n\n",
        [(b"message", b"1", b""), (b"message", b"3", b"")],
    ),
    (
        "wpt-bom-2",
        BOM + BOM + b"data:1\n\ndata:2\n\ndata:3\n\n",
        [(b"message", b"2", b""), (b"message", b"3", b"")],
    ),
    (
        "wpt-comments",
        b"data:1\r:\0\n:\r\ndata:2\n:" + KIB2 + b"\rdata:3\n:data:fail\r:" + KIB2 + b"\ndata:4\n\n",
        [(b"message", b"1\n2\n3\n4", b"")],
    ),
    (
        "wpt-data-before-final-empty-line",
        b"retry:1000\ndata:test1\n\nid:test\ndata:test2",
        [(b"message", b"test1", b"")],
    ),
    ("wpt-field-data", b"data:\n\ndata\ndata\n\ndata:test\n\n", [(b"message", d, b"") for d in (b"", b"\n", b"test")]),
    ("wpt-field-event", b"event:test\ndata:x\n\ndata:x\n\n", [(b"test", b"x", b""), (b"message", b"x", b"")]),
    ("wpt-field-event-empty", b"event: \ndata:data\n\n", [(b"message", b"data", b"")]),
    (
        "wpt-field-id",
        "id: …\ndata:hello\n\ndata:x\n\n".encode(),
        [(b"message", d, "…".encode()) for d in (b"hello", b"x")],
    ),
    (
        "wpt-field-id-3",
        b"id: 1\ndata:a\n\ndata:b\n\nid: 2\ndata:c\n\nid:\ndata:d\n\nid\ndata:e\n\n",
        [(b"message", b"a", b"1"), (b"message", b"b", b"1"), (b"message", b"c", b"2")]
        + [(b"message", d, b"") for d in (b"d", b"e")],
    ),
    ("wpt-field-id-null", b"id: \0x\ndata:a\n\nid: x\0\ndata:b\n\n", [(b"message", d, b"") for d in (b"a", b"b")]),
    (
        "wpt-field-parsing",
        b"data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\n"
        b"data:4\n\n",
        [(b"message", b"\0\n 2\n1\n3\n\n4", b"")],
    ),
    (
        "wpt-field-unknown",
        b"data:test\n data\ndata\nfoobar:xxx\njustsometext\n:comment\ndata:test\n\n",
        [(b"message", b"test\n\ntest", b"")],
    ),
    ("wpt-leading-space", b"data:\ttest\rdata: \ndata:test\n\n", [(b"message", b"\ttest\n\ntest", b"")]),
    ("wpt-null-character", b"data:\0\n\n\n\n", [(b"message", b"\0", b"")]),
    ("wpt-utf-8", "data:ok…\n\n".encode(), [(b"message", "ok…".encode(), b"")]),
    # the framing table: what clients meet
    ("split-utf8", "data: 🌍 €豆腐\n\n".encode(), [(b"message", "🌍 €豆腐".encode(), b"")]),
    ("coalesced", b"data: a\n\n" * 30, [(b"message", b"a", b"")] * 30),
    ("crlf", b"data: a\r\n\r\ndata: b\r\n\r\n", [(b"message", b"a", b""), (b"message", b"b", b"")]),
    ("cr", b"data: a\r\rdata: b\r\r", [(b"message", b"a", b""), (b"message", b"b", b"")]),
    ("cr-then-crlf", b"data: a\r\r\ndata: b\n\r", [(b"message", b"a", b""), (b"message", b"b", b"")]),
    ("lf-cr-is-two", b"data: a\n\rdata: b\r\n\n", [(b"message", b"a", b""), (b"message", b"b", b"")]),
    ("bom-alone", BOM, []),
    ("bom-cut", BOM[:2], []),
    ("bom-lookalike", b"\xef\xbb\xbedata: a\n\ndata: b\n\n", [(b"message", b"b", b"")]),
    ("bom-then-lf", BOM + b"\ndata: a\n\n", [(b"message", b"a", b"")]),
    ("bom-in-data", b"data: " + BOM + b"a\n\n", [(b"message", BOM + b"a", b"")]),
    ("eof-without-blank-line", b'data: {"a":1}\n', []),
    ("eof-in-line", b'data: {"a":1}', []),
    ("comment-keep-alive", b": OPENROUTER PROCESSING\n\n" * 3 + b"data: a\n\n", [(b"message", b"a", b"")]),
    ("comment-and-sticky-id", b"id: 1\ndata: a\n\n: ping\n\n", [(b"message", b"a", b"1")]),
    ("comment-empty", b":\n\n:\ndata: a\n:\n\n", [(b"message", b"a", b"")]),
    ("heartbeat-as-data", b"data: : keepalive\n\n", [(b"message", b": keepalive", b"")]),
    ("control-only", b"retry: 3000\n\nid: 7\n\ndata: a\n\n", [(b"message", b"a", b"7")]),
    ("empty-data", b"data:\n\n", [(b"message", b"", b"")]),
    ("event-without-data", b"event: ping\n\ndata: a\n\n", [(b"message", b"a", b"")]),
    ("no-space", b'event:x\ndata:{"a":1}\n\ndata:[DONE]\n\n', [(b"x", b'{"a":1}', b""), (b"message", b"[DONE]", b"")]),
    ("extra-space", b"data:  x\nevent:  y\n\n", [(b" y", b" x", b"")]),
    ("multi-line", b'data: {\ndata: "a":1}\n\n', [(b"message", b'{\n"a":1}', b"")]),
    ("missing-separator", b"data:{a}\ndata:{b}\n\n", [(b"message", b"{a}\n{b}", b"")]),
    ("error-as-field", b'error: {"code":400}\n\ndata: [DONE]\n\n', [(b"message", b"[DONE]", b"")]),
    ("unframed-json", b'{"error":{"code":499,\n"status":"CANCELLED"}}\n', []),
    (
        "unicode-line-separators",
        b"data: a\xe2\x80\xa8b\xe2\x80\xa9c\xc2\x85d\x0b\x0c\x1c\x1d\x1e\n\n",
        [(b"message", b"a\xe2\x80\xa8b\xe2\x80\xa9c\xc2\x85d\x0b\x0c\x1c\x1d\x1e", b"")],
    ),
    ("nul-in-id", b"id: 1\ndata: a\n\nid: a\0b\ndata: b\n\n", [(b"message", b"a", b"1"), (b"message", b"b", b"1")]),
    ("double-prefix", b"data: data: {}\n\n", [(b"message", b"data: {}", b"")]),
    ("blank-lines", b"\n\n\ndata: a\n\n\n\ndata: b\n\n\n", [(b"message", b"a", b""), (b"message", b"b", b"")]),
    ("field-order", b"data: a\nid: 1\nevent: x\n\n", [(b"x", b"a", b"1")]),
    ("last-one-wins", b"event: a\nevent: b\nid: 1\nid: 2\ndata: x\n\n", [(b"b", b"x", b"2")]),
    ("case-matters", b"DATA: a\nEvent: x\nID: 1\ndata: b\n\n", [(b"message", b"b", b"")]),
    ("space-before-colon", b"data : a\nevent : b\ndata: c\n\n", [(b"message", b"c", b"")]),
    ("colons-in-value", b"data:a:b: c\nevent:::\n\n", [(b"::", b"a:b: c", b"")]),
    ("id-of-unfinished-block", b"id: 1\ndata: a\n\nid: 2\n", [(b"message", b"a", b"1")]),
    ("invalid-utf8", b"data: \xff\xc0\xafa\xf0\x9f\n\n", [(b"message", b"\xff\xc0\xafa\xf0\x9f", b"")]),
]

# Every kind of item with its span, as Parser has it: the LF of a closing CRLF is not counted in.
ITEMS: list[tuple[str, bytes, list[Item]]] = [
    ("event", b"data: a\n\n", [Event(0, 9, b"message", b"a", b"")]),
    ("bom", BOM + b"data: a\n\n", [Event(3, 12, b"message", b"a", b"")]),
    (
        "crlf",
        b"data: a\r\n\r\n: c\r\n\r\n",
        [Event(0, 10, b"message", b"a", b""), Comment(11, 15, b" c"), Block(11, 17, b"")],
    ),
    ("comment", b": ping\n\n", [Comment(0, 7, b" ping"), Block(0, 8, b"")]),
    (
        "comment-inside",
        b": a\nevent: x\n:b\ndata: c\n\n",
        [Comment(0, 4, b" a"), Comment(13, 16, b"b"), Event(0, 25, b"x", b"c", b"")],
    ),
    ("block", b"id: 7\n\nevent: x\n\n", [Block(0, 7, b"7"), Block(7, 17, b"7")]),
    ("blank-lines", b"\n\r\r\n", [Block(0, 1, b""), Block(1, 2, b""), Block(2, 3, b"")]),
    ("retry", b"retry: 3000\n\n", [Retry(0, 12, 3000), Block(0, 13, b"")]),
    ("retry-octal", b"retry:03000\n\n", [Retry(0, 12, 3000), Block(0, 13, b"")]),
    (
        "retry-bogus",
        b"retry:3000\nretry:1000x\ndata:x\n\n",
        [Retry(0, 11, 3000), Event(0, 31, b"message", b"x", b"")],
    ),
    ("retry-empty", b"retry\ndata:test\n\n", [Event(0, 17, b"message", b"test", b"")]),
    ("retry-zero", b"retry: 0\n\n", [Retry(0, 9, 0), Block(0, 10, b"")]),
    ("retry-signs", b"retry: +5\nretry: -5\nretry: 1_0\nretry:  5\nretry: 5 \n\n", [Block(0, 52, b"")]),
    ("retry-other-digits", "retry: ٣\n\n".encode(), [Block(0, 11, b"")]),
    ("retry-longest", b"retry:" + b"9" * 15 + b"\n\n", [Retry(0, 22, 10**15 - 1), Block(0, 23, b"")]),
    ("retry-absurd", b"retry:" + b"9" * 9000 + b"\n\n", [Block(0, 9008, b"")]),
    ("retry-zeros", b"retry:" + b"0" * 9000 + b"1\n\n", [Retry(0, 9008, 1), Block(0, 9009, b"")]),
    ("pending-line", b"data: a\n\nevent: x\ndata: b\ndata: c", [
        Event(0, 9, b"message", b"a", b""), Pending(9, 33, b"x", b"b\nc")
    ]),
    ("pending-block", b"id: 1\ndata: b\n", [Pending(0, 14, b"message", b"b")]),
    ("pending-without-data", b"event: x\n", [Pending(0, 9, b"x", b"")]),
    ("pending-field-name", b"data: a\nda", [Pending(0, 10, b"message", b"a")]),
    ("pending-comment", b": a\n: b", [Comment(0, 4, b" a"), Pending(0, 7, b"message", b"")]),
    ("pending-retry", b"retry: 5", [Pending(0, 8, b"message", b"")]),
    ("pending-bom", BOM[:2], [Pending(0, 2, b"message", b"")]),
    ("crlf-at-the-end", b"data: a\r\n\r\n", [Event(0, 10, b"message", b"a", b"")]),
]  # fmt: skip

# "|" stands for a line end; the number of events is the same for each kind of line end
LINE_ENDS = [b"\n", b"\r\n", b"\r"]
LINE_END_CASES = [
    ("one", b"data: a|", 1),
    ("two", b"data: a||data: b|", 2),
    ("many-lines", b"data: a|data: b|data:|data: c|", 1),
    ("all-fields", b"event: x|id: 1|retry: 5|data: a|", 1),
    ("comments", b": c|data: a|: c|data: b|: c|", 1),
    ("leading-and-doubled", b"||data: a|||data: b||", 2),
]
