"""Gzip: the body a client decodes, when it can, and what it gets where that fails. No byte of zlib's is compared."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, got, recording
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.model import Interaction, Response
from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing

BODY = b"".join(CHAT)
FRAMINGS = ("chunked", "length", "close")


def decoded(chunks: tuple[bytes, ...]) -> list[bytes]:
    """What a decoder has after each chunk."""
    decoder = zlib.decompressobj(31)
    so_far = b""
    return [so_far := so_far + decoder.decompress(chunk) for chunk in chunks]


def test_each_part_can_be_read_when_it_is_there() -> None:
    plan = broken("gzip")
    here = got(plan)
    assert here.header("content-encoding") == "gzip"
    assert decoded(here.chunks) == [b"".join(CHAT[: i + 1]) for i in range(len(CHAT))]
    assert here.whole
    assert [write.at_us for write in plan.writes] == [100_000, 110_000, 120_000, 130_000, 140_000, 150_000, 155_000]
    assert [write.upto for write in plan.writes[1:]] == [85, 158, 231, 308, 322, 322]
    assert gzip.decompress(here.body) == BODY


def test_without_a_flush_all_of_it_comes_with_the_last_part() -> None:
    plan = broken("gzip flush=none")
    here = got(plan)
    assert here.whole
    assert decoded(here.chunks)[-1] == gzip.decompress(here.body) == BODY
    assert decoded(here.chunks)[:-1] in ([], [b""])  # at most gzip's own head is out before
    assert plan.writes[-2].at_us == 150_000


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("context", [Context(), Context(http="1.0", close=True)])
@pytest.mark.parametrize("fault", ["gzip", "gzip flush=none", "gzip-broken", "gzip-unlabelled"])
def test_any_framing_holds_it(framing: Framing, context: Context, fault: str) -> None:
    here = got(broken(fault, recording(framing=framing), context=context))
    assert here.whole
    if framing == "length":
        assert here.header("content-length") == str(len(here.body))
    if fault != "gzip-broken":
        assert gzip.decompress(here.body) == BODY


def test_without_a_label_it_is_the_same_bytes() -> None:
    assert got(broken("gzip-unlabelled")).header("content-encoding") is None
    assert got(broken("gzip-unlabelled")).body == got(broken("gzip")).body


@pytest.mark.parametrize("chunks", [CHAT, (BODY,), (BODY[:1], BODY[1:]), (b"a",)])
def test_what_is_broken_fails(chunks: tuple[bytes, ...]) -> None:
    whole = got(broken("gzip", recording(*chunks))).body
    corrupt = got(broken("gzip-broken", recording(*chunks)))
    assert corrupt.header("content-encoding") == "gzip"
    assert corrupt.whole
    assert len(corrupt.body) == len(whole)
    assert [i for i in range(len(whole)) if corrupt.body[i] != whole[i]] == [max(len(whole) // 2, 10)]
    with pytest.raises((zlib.error, EOFError, OSError)):
        gzip.decompress(corrupt.body)
    truncated = got(broken("gzip-broken how=truncated", recording(*chunks)))
    assert truncated.whole
    assert truncated.body == whole[: max(len(whole) // 2, 10)]
    with pytest.raises(EOFError):
        gzip.decompress(truncated.body)


@pytest.mark.parametrize("fault", ["gzip", "gzip-broken", "gzip-unlabelled"])
def test_once_is_enough(fault: str) -> None:
    for tape, before in ((recording(), "gzip; "), (recording(), "gzip-unlabelled; "), (coded(), "")):
        with pytest.raises(Refused, match="the body is gzip already"):
            broken(f"{before}{fault}", tape)
    with pytest.raises(Refused, match="there is no body"):
        broken(fault, recording(b""))


def coded() -> Interaction:
    tape = recording(b"\x1f\x8b...")
    response = tape.response
    headers = (*response.headers, (b"Content-Encoding", b"gzip"))
    return Interaction(tape.name, tape.request, Response(200, headers, response.framing, response.pieces, response.end))


@pytest.mark.parametrize("flush", ["event", "none"])
@pytest.mark.parametrize("order", ["gzip flush={}; {}", "{1}; gzip flush={0}"])
def test_places_are_those_of_the_plain_body(flush: str, order: str) -> None:
    for fault, left in (
        ("reset at=event:3", BODY[: len(b"".join(CHAT[:3]))]),
        ("truncate at=byte:100", BODY[:100]),
        ("hang at=byte:100", BODY[:100]),
        ("fin-mid-chunk at=byte:100", BODY[:100]),
        ("stall at=event:3", BODY),
        ("close-delimited", BODY),
        ("content-length-mismatch", BODY),
    ):
        plan = broken(order.format(flush, fault))
        here = got(plan)
        assert decoded((here.body,)) == [left], fault
        assert plan.finish == broken(fault).finish
        if "content-length" in fault:
            assert here.header("content-length") == str(len(here.body) + 10)
            assert gzip.decompress(here.body) == BODY


def test_uncompressed_it_is_the_plan_that_is_hashed() -> None:
    plan = compile_plan(recording(), Pacing(), faults=parse("gzip flush=none"), compress=False)
    assert got(plan).body == BODY
    assert got(plan).header("content-encoding") == "gzip"


@given(st.lists(st.integers(1, len(BODY) - 1), max_size=8), st.sampled_from(["event", "none"]))
def test_any_cuts_decode_to_the_same(cuts: list[int], flush: str) -> None:
    bounds = sorted({0, len(BODY), *cuts})
    parts = [BODY[a:b] for a, b in pairwise(bounds)]
    here = got(broken(f"gzip flush={flush}", recording(*parts)))
    assert here.whole
    assert gzip.decompress(here.body) == BODY
    if flush == "event":
        assert decoded(here.chunks) == [BODY[:b] for b in bounds[1:]]
