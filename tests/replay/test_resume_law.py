"""The law of coming back: what came before each drop, and the rest, are the stream: nothing lost, nothing doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breaking import CHAT, Got, events, got, recording
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.grammar import parse
from mocksse.wire import sse

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


def answer(tape: Interaction, last: str | None, faults: str = "") -> Got:
    return got(compile_plan(tape, Pacing(), faults=parse(faults) if faults else (), last=last))


def rest(tape: Interaction, last: str | None, faults: str = "") -> bytes:
    return answer(tape, last, faults).body


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, ...]:
    """Events, some with ids, among comments, retries and blocks without data; one kind of line ends, any chunks."""
    eol = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    blocks: list[bytes] = [draw(st.sampled_from([b"", sse.BOM]))]
    for index in range(draw(st.integers(1, 7))):
        fields = draw(st.lists(st.sampled_from([b"event: x", b": c", b"data:2nd", b"retry: 9", b"id"]), max_size=3))
        fields.append(b"data: %d" % index)
        if draw(st.booleans()):
            fields.append(b"id: %d-" % index + draw(st.sampled_from([b"", b"\xc3\xa9"])))
        fields = draw(st.permutations(fields))
        blocks.append(eol.join([*fields, b"", b""]))
        blocks += draw(st.lists(st.sampled_from([b": ping" + eol * 2, eol, b"id: o%d" % index + eol * 2]), max_size=2))
    whole = b"".join(blocks)
    cuts = sorted(draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    return tuple(whole[low:high] for low, high in zip([0, *cuts], [*cuts, len(whole)], strict=True))


def listen(tape: Interaction, faults: str, drops: list[float]) -> list[tuple[bytes, bytes]]:
    """All that an EventSource delivers, if at each drop it forgets what came behind the last id."""
    seen: list[tuple[bytes, bytes]] = []
    last, sure = b"", 0
    for drop in [*drops, 1.0]:
        del seen[sure:]
        heard_of = answer(tape, last.decode() or None, faults)
        assert heard_of.header("x-mocksse-note") is None
        heard = heard_of.body[: round(len(heard_of.body) * drop)]
        named = _named(heard)
        for block in _blocks(heard):
            if isinstance(block, sse.Event):
                seen.append((block.type, block.data))
            if block.end in named:
                last, sure = block.id, len(seen) if block.id else 0
    return seen


def _blocks(body: bytes) -> list[sse.Event | sse.Block]:
    return [item for item in sse.parse(body) if isinstance(item, sse.Event | sse.Block)]


def _named(body: bytes) -> set[int]:
    """The ends of the blocks that have an `id` field of their own."""
    return {
        block.end
        for block in _blocks(body)
        if any(line == b"id" or line.startswith(b"id:") for line in body[block.start : block.end].splitlines())
    }


@settings(max_examples=300)
@given(streams(), st.lists(st.floats(0, 1), max_size=4), st.sampled_from([1, 2, 3]))
def test_what_came_before_each_drop_and_the_rest_are_the_stream(
    chunks: tuple[bytes, ...], drops: list[float], nth: int
) -> None:
    tape = recording(*chunks)
    clean = events(b"".join(chunks))
    assert listen(tape, "", drops) == clean
    if nth <= len(clean):
        assert listen(tape, f"ids replace=yes every={nth}; retry 5ms", drops) == clean


@settings(max_examples=100)
@given(streams(), st.integers(0, 6))
def test_a_count_does_for_an_id_where_there_is_none(chunks: tuple[bytes, ...], seen: int) -> None:
    bare = b"".join(chunks).replace(b"id", b"no")
    clean = events(bare)
    if seen <= len(clean):
        assert clean[:seen] + events(rest(recording(bare), str(seen))) == clean


def test_every_place_of_a_drop_by_hand() -> None:
    for count in range(6):
        for nth in (1, 2, 3):
            faults = f"ids every={nth}"
            first: Got = answer(recording(), None, faults)
            heard = b"".join(first.chunks[:count])
            last = heard.rpartition(b"id: ")[2].partition(b"\n")[0].decode() if b"id: " in heard else None
            sure = events(heard)[: count // nth * nth]
            assert sure + events(rest(recording(), last, faults)) == events(b"".join(CHAT))
