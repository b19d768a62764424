"""The operations that faults are made of: what stays as it was, byte by byte and time by time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.replay.draft import Context, Cut, Draft, Head, Layout
from mocksse.replay.reshape import Edit, delay, delay_all, edit, end_with, framed, keep, lacking, recut, retime, split

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing

BODY = bytes(range(60))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A body in parts, some of them chunks, some of no bytes, each a millisecond or more behind the one before."""
    ends = sorted(draw(st.lists(st.integers(0, len(BODY)), max_size=10)))
    cuts = [Cut(end, draw(st.booleans()), draw(st.booleans())) for end in ends]
    cuts.append(Cut(len(BODY)))
    waits = [draw(st.integers(0, 5)) * 1000 for _ in cuts]
    at_us = tuple(100_000 + sum(waits[: i + 1]) for i in range(len(cuts)))
    framing: Framing = draw(st.sampled_from(["chunked", "length", "close"]))
    layout = Layout(Context(), Head(200), BODY, tuple(cuts), framing)
    return Draft(layout, 100_000, at_us, at_us[-1] + 5000)


def due(draft: Draft) -> list[int]:
    """When each byte of the body is due."""
    ends = [0, *(cut.end for cut in draft.layout.cuts)]
    return [at for (a, b), at in zip(pairwise(ends), draft.at_us, strict=True) for _ in range(b - a)]


def boundaries(draft: Draft) -> set[int]:
    return {cut.end for cut in draft.layout.cuts if cut.chunk}


PLACES = st.lists(st.integers(-2, len(BODY) + 2), max_size=8)
PLACE = st.integers(0, len(BODY))


@given(drafts(), PLACES, st.booleans(), st.booleans())
def test_a_split_cuts_there_too_and_changes_nothing_else(
    draft: Draft, places: list[int], chunk: bool, flush: bool
) -> None:
    after = split(draft, places, chunk=chunk, flush=flush)
    inside = {place for place in places if 0 < place <= len(BODY)}
    ends = [cut.end for cut in after.layout.cuts]
    assert ends == sorted(ends)
    assert set(ends) == {cut.end for cut in draft.layout.cuts} | inside
    assert due(after) == due(draft)
    assert boundaries(after) == boundaries(draft) | (inside if chunk else set())
    flushed = {cut.end for cut in after.layout.cuts if cut.flush}
    assert flushed == {cut.end for cut in draft.layout.cuts if cut.flush} | (inside if flush else set())
    assert split(draft, places, chunk=chunk, flush=flush).layout is after.layout, "worked out once"


@given(drafts(), PLACE)
def test_what_is_kept_is_a_prefix_that_came_when_it_did(draft: Draft, upto: int) -> None:
    for how in ({"clean": True}, {"torn": True}, {}):
        kept = keep(draft, upto, **how)
        assert kept.body == BODY[:upto]
        assert due(kept) == due(draft)[:upto]
        assert kept.end_us == (kept.at_us[-1] if kept.at_us else 100_000)
        assert boundaries(kept) - {upto} <= boundaries(draft)
        assert kept.layout.whole == ("clean" in how)
        announced = upto + kept.layout.missing
        if draft.layout.framing == "length":
            assert announced == (upto if "clean" in how else len(BODY))
        elif draft.layout.framing == "chunked" and "torn" in how and kept.layout.torn:
            assert announced == min(end for end in boundaries(draft) if end >= announced)
        else:
            assert kept.layout.missing == 0


@given(drafts(), PLACE, PLACE)
def test_what_was_cut_off_twice_was_cut_off_at_the_first_of_both(draft: Draft, first: int, second: int) -> None:
    once, twice = (
        keep(draft, min(first, second), torn=True),
        keep(keep(draft, max(first, second), torn=True), min(first, second), torn=True),
    )
    assert (twice.layout.body, twice.layout.cuts, twice.layout.missing, twice.at_us) == (
        once.layout.body,
        once.layout.cuts,
        once.layout.missing,
        once.at_us,
    )


@given(drafts(), PLACE, st.integers(1, 10**9))
def test_a_delay_is_for_what_is_behind_it(draft: Draft, at: int, wait_us: int) -> None:
    after = delay(draft, at, wait_us)
    before = due(draft)
    assert due(after) == before[:at] + [t + wait_us for t in before[at:]]
    assert after.end_us == draft.end_us + wait_us
    assert after.head_us == draft.head_us
    assert boundaries(after) == boundaries(draft)
    everything = delay_all(draft, wait_us)
    assert (everything.head_us, due(everything)) == (100_000 + wait_us, [t + wait_us for t in before])
    assert list(everything.at_us) == [t + wait_us for t in draft.at_us]


@given(drafts(), PLACES)
def test_cut_otherwise_a_part_comes_with_its_last_byte(draft: Draft, places: list[int]) -> None:
    ends = sorted({place for place in places if 0 < place < len(BODY)} | {len(BODY)})
    after = recut(draft, ends)
    assert [cut.end for cut in after.layout.cuts] == ends
    assert boundaries(after) == set(ends)
    # A part may end where one of no bytes does: then it may as well have come with the part in front of that.
    assert all(at <= due(draft)[end - 1] for at, end in zip(after.at_us, ends, strict=True))


@given(drafts(), st.lists(st.tuples(PLACE, st.integers(0, 9), st.binary(max_size=9), st.booleans()), max_size=5))
def test_edits_change_their_bytes_alone(draft: Draft, given_edits: list[tuple[int, int, bytes, bool]]) -> None:
    edits: list[Edit] = []
    for start, size, data, own in sorted(given_edits):
        if not edits or start > edits[-1].end:
            end = min(start + size, len(BODY))
            edits.append(Edit(start, end, data, own))
    after = edit(draft, edits)
    expected = BODY
    for e in reversed(edits):
        expected = expected[: e.start] + e.data + expected[e.end :]
    assert after.body == expected
    ends = [cut.end for cut in after.layout.cuts]
    assert ends == sorted(ends)
    assert not ends or ends[-1] == len(expected)
    assert len(after.at_us) == len(ends)
    assert list(after.at_us) == sorted(after.at_us)


def test_a_chunk_lacks_what_is_behind_a_place_in_it() -> None:
    layout = Layout(Context(), Head(200), BODY, (Cut(10), Cut(20, False), Cut(30), Cut(60)))
    assert [lacking(layout, at) for at in (0, 5, 10, 15, 20, 30, 59, 60)] == [None, 5, None, 15, 10, None, 1, None]
    torn = replace(layout, torn=True, missing=7)
    assert [lacking(torn, at) for at in (30, 59, 60)] == [None, 8, 7]


@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
def test_another_framing_says_only_what_is_true(framing: Framing) -> None:
    headers = ((b"Transfer-Encoding", b"chunked"), (b"X", b"y"), (b"content-length", b"99"), (b"Trailer", b"z"))
    layout = Layout(Context(), Head(200, headers, None, "1.0"), BODY, (Cut(60),), "chunked", True, 7, True, False)
    draft = end_with(Draft(layout, 0, (5,), 6, (7,)), rest=(b"junk",), finish="complete")
    after = framed(draft, framing)
    chunked = framing == "chunked"
    assert after.layout.head.headers == (((b"X", b"y"),) + (((b"Transfer-Encoding", b"chunked"),) if chunked else ()))
    assert after.layout.head.http == ("1.1" if chunked else "1.0")
    said = after.layout
    assert (said.missing, said.torn, said.rest, said.finish, said.counted) == (0, False, (), None, True)
    assert (after.rest_us, after.at_us, after.body) == ((), (5,), BODY)


@pytest.mark.parametrize(("end_us", "expected"), [(None, (60, 60)), (90, (90, 90))])
def test_the_end_is_never_before_the_last_part(end_us: int | None, expected: tuple[int, int]) -> None:
    draft = Draft(Layout(Context(), Head(200), b"ab", (Cut(1), Cut(2)), rest=(b"x",)), 0, (10, 20), 30, (30,))
    after = retime(draft, (50, 60), end_us)
    assert (after.end_us, after.rest_us[0]) == expected
    assert retime(draft, (1, 2)).end_us == 30
