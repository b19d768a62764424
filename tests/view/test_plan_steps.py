"""A plan taken apart: which events are in which write, as a client reads them."""

from __future__ import annotations

import gzip

import pytest

from mocksse.replay.plan import Plan, Write
from mocksse.view.plan_steps import Steps, take_apart

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def apart(*data: bytes, heads: int = 1) -> Steps:
    writes = tuple(Write(1000 * i, part, upto=-1 if i < heads else i) for i, part in enumerate(data))
    return take_apart(Plan(writes, 1000 * len(data), "fin"))


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@pytest.mark.parametrize(
    ("data", "kinds", "events", "whole"),
    [
        (
            [HEAD, chunk(b"data: a\n\n"), chunk(b"data: b\n\ndata: c\n\n"), b"0\r\n\r\n"],
            ["head", "body", "body", "end"],
            [[], [0], [1, 2], []],
            True,
        ),
        ([HEAD, b"9\r\ndat", b"a: a\n\n", b"\r\n"], ["head", "body", "body", "body"], [[], [0], [0], []], False),
        ([HEAD[:20], HEAD[20:], chunk(b"data: a\n\nda"), chunk(b"ta: b\n\n")], ["head", "head", "body", "body"],
         [[], [], [0, 1], [1]], False),
        ([HEAD, chunk(b": ping\n\n"), chunk(b"data: a\n\n")], ["head", "body", "body"], [[], [], [0]], False),
        ([HEAD, chunk(b"data: a\n\n"), b"ZZ\r\ndata: b\n\n", b"0\r\n\r\n"], ["head", "body", "outside", "outside"],
         [[], [0], [], []], False),
        ([HEAD, chunk(b"data: a\n\n") + b"0\r\n\r\n", b"data: b\n\n"], ["head", "body", "outside"],
         [[], [0], []], True),
        ([PLAIN, b"data: a\n\n", b"data: b"], ["head", "body", "body"], [[], [0], [1]], True),
        ([HEAD, chunk(b"data: a\r\n\r\n"[:10]), chunk(b"\n")], ["head", "body", "body"], [[], [0], [0]], False),
        ([], [], [], False),
    ],
)  # fmt: skip
def test_what_is_in_each_write(data: list[bytes], kinds: list[str], events: list[list[int]], whole: bool) -> None:
    steps = apart(*data, heads=2 if kinds[1:2] == ["head"] else 1)
    assert [step.kind for step in steps.steps] == kinds
    assert [list(step.events) for step in steps.steps] == events
    assert steps.whole is whole
    assert (steps.broken is not None) is any(b"ZZ" in part for part in data)


def test_a_body_that_is_gzip_is_read_as_far_as_it_can_be() -> None:
    head = PLAIN.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    coded = gzip.compress(b"data: a\n\ndata: b\n\n", mtime=0)
    assert [list(step.events) for step in apart(head, coded[:10], coded[10:]).steps] == [[], [], [0, 1]]
    assert apart(head, coded).body == b"data: a\n\ndata: b\n\n"
    assert apart(head, b"not gzip").body == b""
    assert apart(PLAIN, coded).body == coded


def test_the_units_of_a_write() -> None:
    steps = apart(HEAD, chunk(b"data: a\n\n: x\n\ndata:"), chunk(b" b\n\n"))
    _, first, last = steps.steps
    assert [frame.kind for frame in steps.within(first)] == ["event", "comment", "event"]
    assert [frame.data for frame in steps.within(last)] == [b"b"]
    assert steps.within(steps.steps[0]) == []


def test_a_comment_inside_an_event() -> None:
    steps = apart(HEAD, chunk(b"event: a\n: x\n"), chunk(b"data: b\n\n"), chunk(b": y\ndata: c\n\n"))
    assert [list(step.events) for step in steps.steps] == [[], [0], [0], [1]]
    assert [[frame.kind for frame in steps.within(step)] for step in steps.steps] == [
        [],
        ["event", "comment"],
        ["event"],
        ["comment", "event"],
    ]
