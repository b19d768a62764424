"""Credentials in an answer: blotted as it is put together, before anything of it comes out."""

from __future__ import annotations

import gzip
from random import Random
from typing import TYPE_CHECKING

import pytest
from assembling import CHUNKED, CLOSE, CUTS, answer, assembled, clocked, cut_at, length, sizes, wire
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.model import End, Piece
from mocksse.cassette.redact import Secrets
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, Seen
from mocksse.record.assemble import Assembly

if TYPE_CHECKING:
    from collections.abc import Iterable


SECRET = b"my-5ecre7-0123456789abcdef"
SECRETS = Secrets((SECRET,))
INK = b"x" * len(SECRET)


def text_of(items: Iterable[Seen], *, rest: bool = False) -> bytes:
    return b"".join(item.data for item in items if isinstance(item, DataSeen) and item.rest == rest)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"a", b"data: ", b"\n\n", SECRET, SECRET[:9], SECRET[9:], b"m", b"my-"]), max_size=8),
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    CUTS,
    st.sampled_from([b"0\r\n\r\n", b"zz", b""]),
    st.sampled_from([b"", SECRET, b"surplus"]),
)
def test_blots_keep_order_lengths_and_chunks(
    parts: list[bytes], chunk_sizes: list[int], cuts: list[int], ending: bytes, rest: bytes
) -> None:
    body = b"".join(parts)
    sent = CHUNKED
    at = turn = 0
    while at < len(body):
        chunk = body[at : at + chunk_sizes[turn % len(chunk_sizes)]]
        sent += b"%x\r\n%b\r\n" % (len(chunk), chunk)
        at, turn = at + len(chunk), turn + 1
    sent += ending + rest
    reads = list(clocked(cut_at(sent, cuts)))
    plain = answer(assembled(reads, end_us=1_000_000))
    trash = b"".join(piece.data for piece in plain.end.rest)
    clean_body, clean_trash = SECRETS.blot(plain.body), SECRETS.blot(plain.body + trash)[len(plain.body) :]
    assembly = Assembly("GET", SECRETS)
    out: list[Seen] = []
    for at_us, data in reads:
        out += assembly.feed(at_us, data)
        assert clean_body.startswith(text_of(out)), "what is out may be written down"
        assert clean_trash.startswith(text_of(out, rest=True))
    out += assembly.close(1_000_000, "fin")
    assert (text_of(out), text_of(out, rest=True)) == (clean_body, clean_trash)
    blotted = answer(out)
    assert sizes(blotted) == sizes(plain)
    assert [p.after_us for p in blotted.pieces] == [p.after_us for p in plain.pieces]
    assert [(p.after_us, len(p.data)) for p in blotted.end.rest] == [(p.after_us, len(p.data)) for p in plain.end.rest]
    assert (blotted.end.how, blotted.end.after_us) == (plain.end.how, plain.end.after_us)


def test_what_may_start_a_secret_is_held_back_and_all_behind_it_waits() -> None:
    assembly = Assembly("GET", SECRETS)
    assembly.feed(0, CHUNKED)
    assert assembly.feed(1, b"5\r\nab" + SECRET[:3] + b"\r\n") == [ChunkSeen(5)]
    assert assembly.feed(2, b"6\r\n" + SECRET[3:9] + b"\r\n") == []
    assert assembly.feed(3, b"0\r\n\r\n") == [
        DataSeen(1, b"abxxx"),
        ChunkDone(),
        ChunkSeen(6),
        DataSeen(2, b"xxxxxx"),
        ChunkDone(),
        EndSeen(3, "complete"),
    ]
    assert assembly.close(4, "fin") == []


def test_no_secret_is_held_any_longer_than_it_may_be_one() -> None:
    assembly = Assembly("GET", SECRETS)
    assembly.feed(0, CLOSE)
    assert assembly.feed(1, SECRET[:8]) == []
    assert assembly.feed(2, b"!") == [DataSeen(1, SECRET[:8]), DataSeen(2, b"!")]
    assert assembly.feed(3, SECRET) == [DataSeen(3, INK)]


def test_a_secret_across_the_border_of_the_body() -> None:
    response = answer(assembled([(1, length(9)), (2, SECRET[:9]), (3, SECRET[9:] + b"!")], secrets=SECRETS))
    assert (response.body, response.end.rest) == (INK[:9], (Piece(1, INK[9:] + b"!"),))
    response = answer(assembled([(1, CHUNKED + b"9\r\n" + SECRET + b"\r\n0\r\n\r\n")], secrets=SECRETS))
    assert (response.body, response.end.rest) == (INK[:9], (Piece(0, INK[9:] + b"\r\n0\r\n\r\n"),))


def test_secrets_in_head_reason_and_trailers() -> None:
    sent = b"HTTP/1.1 401 no " + SECRET + b"\r\nX: a" + SECRET + b"b\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent += b"0\r\nY: " + SECRET + b"\r\n\r\n"
    response = answer(assembled(clocked(sent[at : at + 5] for at in range(0, len(sent), 5)), secrets=SECRETS))
    assert (response.reason, response.headers[0]) == (b"no " + INK, (b"X", b"a" + INK + b"b"))
    assert response.trailers == ((b"Y", INK),)
    assert len(wire(response)) == len(sent)


@pytest.mark.parametrize("cut", [b"0\r\nY: ", b"zz", b"1"])
def test_a_secret_in_what_is_left_of_broken_framing(cut: bytes) -> None:
    response = answer(assembled([(1, CHUNKED), (2, cut + SECRET[:5]), (3, SECRET[5:])], secrets=SECRETS))
    assert b"".join(piece.data for piece in response.end.rest) == cut + INK


# --- Compressed answers


def zipped(body: bytes) -> bytes:
    data = gzip.compress(body, mtime=0)
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data


def test_a_clean_compressed_answer_comes_out_as_it_came() -> None:
    sent = zipped(b"data: no secret in here\n\n") + b"surplus"
    items = assembled(clocked(sent[at : at + 7] for at in range(0, len(sent), 7)), secrets=SECRETS)
    assert wire(answer(items)) == sent


@pytest.mark.parametrize("step", [1, 9, 10_000])
def test_a_secret_in_a_compressed_answer_is_found_before_it_comes_out(step: int) -> None:
    sent = zipped(Random(1).randbytes(500) + SECRET + b" and so on")
    assembly = Assembly("GET", SECRETS)
    out: list[Seen] = []
    for at in range(0, len(sent), step):
        out += assembly.feed(at, sent[at : at + step])
        if assembly.found:
            break
    else:
        out += assembly.close(len(sent), "fin")
    assert assembly.found
    assert gzip.compress(SECRET)[10:20] not in b"".join(i.data for i in out if isinstance(i, DataSeen))


def test_secrets_that_are_allowed_come_out_but_only_where_they_are_compressed() -> None:
    items = assembled([(1, zipped(SECRET) + SECRET)], secrets=SECRETS, allow_secrets=True)
    response = answer(items)
    assert gzip.decompress(response.body) == SECRET
    assert response.end == End(0, "complete", (Piece(0, INK),))
    response = answer(assembled([(1, CLOSE + SECRET)], secrets=SECRETS, allow_secrets=True))
    assert response.body == INK


def test_a_coding_that_is_not_known_is_looked_at_as_it_is() -> None:
    assembly = Assembly("GET", SECRETS)
    items = assembly.feed(1, b"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\n\r\n" + SECRET)
    assert assembly.unchecked
    assert [item.data for item in items if isinstance(item, DataSeen)] == [INK]


def test_a_cookie_that_the_answer_sets_is_blotted_in_its_body_too() -> None:
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=0a1b2c3d4e5f6a7b; Path=/\r\nContent-Length: 28\r\n\r\n"
    assembly = Assembly("GET", Secrets())
    seen = assembly.feed(5, head + b'{"sid": "0a1b2c3d4e5f6a7b"}\n') + assembly.close(6, "fin")
    assert text_of(seen) == b'{"sid": "xxxxxxxxxxxxxxxx"}\n'
