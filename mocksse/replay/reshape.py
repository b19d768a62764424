"""What can be done to a draft: change bytes, cut the body elsewhere, cut it short, make it wait, end it otherwise.

The few operations all faults are made of. Each takes a draft and gives a new one, in which every byte that stays keeps
its time, every HTTP-chunk boundary its place, and every mark its meaning. An offset is one of the body of the draft it
is given with.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mocksse.replay.draft import NOTHING_KEPT, Cut, Draft, Layout, Mark
from mocksse.wire.http1_fields import without

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.cassette.model import Framing
    from mocksse.replay.draft import Head


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from `start` to `end` become `data`; both the same: an insertion.

    `own`: what is put in has HTTP chunks of its own, and is due when what follows it is. Else it is part of the chunk
    that the byte behind it is in.
    """

    start: int
    end: int
    data: bytes
    own: bool = False


def insert(at: int, data: bytes, *, own: bool = True) -> Edit:
    """An Edit that only puts bytes in."""
    return Edit(at, at, data, own)


def delete(start: int, end: int) -> Edit:
    """An Edit that only takes bytes out."""
    return Edit(start, end, b"")


@dataclass(frozen=True, slots=True)
class Edited:
    """A layout with other bytes or cuts. `sources`: of each part the index of the old part whose time it has."""

    layout: Layout
    sources: tuple[int, ...]
    shifts: tuple[tuple[int, ...], ...] = ()
    """(start, end, new start, new length) of each edit, ascending."""

    def moved(self, offset: int) -> int:
        """The offset at which what was at `offset` is now."""
        return _moved(self.shifts, offset)


def edit(draft: Draft, edits: Iterable[Edit]) -> Draft:
    """The draft with its body changed. The edits don't overlap."""
    return put(draft, edited(draft.layout, edits))


def put(draft: Draft, changed: Edited) -> Draft:
    """The draft with what `edited` has made of its layout; where its last part is gone, the end comes sooner."""
    held = draft.at_us or (draft.end_us,)
    at_us = tuple(held[i] for i in changed.sources)
    early_us = max(0, draft.last_us - (at_us[-1] if at_us else draft.head_us))
    marks = tuple(m if m.offset < 0 else replace(m, offset=changed.moved(m.offset)) for m in draft.marks)
    return replace(
        draft,
        layout=changed.layout,
        at_us=at_us,
        end_us=draft.end_us - early_us,
        rest_us=tuple(t - early_us for t in draft.rest_us),
        marks=marks,
    )


def edited(layout: Layout, edits: Iterable[Edit]) -> Edited:
    """The layout with its body changed, which is the costly half of `edit` and knows no time."""
    ordered = sorted(edits, key=lambda e: (e.start, e.end))
    body: list[bytes] = []
    shifts: list[tuple[int, ...]] = []
    own: list[int] = []
    at = size = 0
    for e in ordered:
        if e.start < at or e.end > len(layout.body):
            raise ValueError(f"edits overlap at byte {e.start} of {len(layout.body)}")
        body += (layout.body[at : e.start], e.data)
        size += e.start - at
        shifts.append((e.start, e.end, size, len(e.data)))
        if e.own and e.data:
            own += (size, size + len(e.data))
        size += len(e.data)
        at = e.end
    body.append(layout.body[at:])
    whole = b"".join(body)
    cuts, sources = _moved_cuts(layout.cuts, shifts, len(whole))
    cuts, added = _with_cuts(cuts, own)
    changed = replace(layout, body=whole, cuts=tuple(cuts))
    return Edited(changed, tuple(sources[i] for i in added), tuple(shifts))


def _moved(shifts: Sequence[tuple[int, ...]], offset: int) -> int:
    """Inside a changed span an offset keeps its distance from the start, as far as the new bytes go."""
    # The last edit that begins before the offset. One right at it does not move it: what is put in comes behind.
    index = bisect_left(shifts, (offset,)) - 1
    if index < 0:
        return offset
    start, end, new_start, length = shifts[index]
    if offset < end:
        return new_start + min(offset - start, length)
    return new_start + length + offset - end


def _moved_cuts(cuts: Sequence[Cut], shifts: Sequence[tuple[int, ...]], size: int) -> tuple[list[Cut], list[int]]:
    moved: list[Cut] = []
    sources: list[int] = []
    before = 0
    for index, cut in enumerate(cuts):
        end = size if index == len(cuts) - 1 else _moved(shifts, cut.end)
        if end > before:
            moved.append(replace(cut, end=end))
            sources.append(index)
        elif moved and cut.chunk and not moved[-1].chunk:
            moved[-1] = replace(moved[-1], chunk=True)
        before = end
    if not moved and size:
        return [Cut(size)], [0]
    return moved, sources


def _with_cuts(
    cuts: Sequence[Cut], at: Iterable[int], *, chunk: bool = True, flush: bool = False
) -> tuple[list[Cut], list[int]]:
    """The cuts and those at `at`, and of each part the index of the old part that it is, or is a piece of.

    Where there was a cut already, `chunk` and `flush` are added to what it is. The odd size of a chunk stays with its
    first part.
    """
    made: list[Cut] = []
    sources: list[int] = []
    index = 0  # of the old part at hand
    begun = False  # a piece of it has been cut off

    def add(cut: Cut) -> None:
        made.append(replace(cut, size=b"") if begun else cut)
        sources.append(index)

    for place in sorted({place for place in at if place > 0}):
        while index < len(cuts) and cuts[index].end < place:
            add(cuts[index])
            index, begun = index + 1, False
        if index == len(cuts):
            break
        there = cuts[index]
        if there.end > place:
            add(Cut(place, chunk, flush, there.size))
            begun = True
        else:
            add(replace(there, chunk=there.chunk or chunk, flush=there.flush or flush))
            index, begun = index + 1, False
    while index < len(cuts):
        add(cuts[index])
        index, begun = index + 1, False
    return made, sources


def split(draft: Draft, at: Iterable[int], *, chunk: bool = True, flush: bool = False) -> Draft:
    """Cut the body at these offsets too; the parts keep the time of the one they were."""
    layout, places = draft.layout, tuple(at)

    def make() -> Edited:
        cuts, sources = _with_cuts(layout.cuts, places, chunk=chunk, flush=flush)
        return Edited(replace(layout, cuts=tuple(cuts)), tuple(sources))

    return put(draft, layout.once(("split", places, chunk, flush), make))


def recut(draft: Draft, ends: Sequence[int], *, flush: bool = False, drawn: bool = False) -> Draft:
    """Cut the body at `ends` and nowhere else, each part a chunk, due when its last byte was. The last is the end.

    `drawn`: so are the ends, and no other play will ask for these.
    """
    layout, places = draft.layout, tuple(ends)

    def make() -> Edited:
        olds = [cut.end for cut in layout.cuts]
        cuts = [Cut(end, True, flush) for end in places]
        for old, start in zip(layout.cuts, [0, *olds], strict=False):
            if old.size and (index := bisect_left(places, start + 1)) < len(cuts):
                cuts[index] = replace(cuts[index], size=old.size)
        return Edited(replace(layout, cuts=tuple(cuts)), tuple(bisect_left(olds, end) for end in places))

    return put(draft, make() if drawn else layout.once(("recut", places, flush), make))


def keep(draft: Draft, upto: int, *, torn: bool = False, clean: bool = False) -> Draft:
    """Only the body's first `upto` bytes, and then the end.

    `clean`: the framing is finished as though that had been all. Else, where the body is cut off is no end of it: a
    Content-Length announced the rest too, and with `torn` so did the last chunk.
    """
    layout = draft.layout
    kept = layout.once(("keep", upto, torn, clean), lambda: _kept(layout, upto, torn=torn, clean=clean))
    at_us = draft.at_us[: len(kept.cuts)]
    return replace(draft, layout=kept, at_us=at_us, end_us=at_us[-1] if at_us else draft.head_us, rest_us=())


def _kept(layout: Layout, upto: int, *, torn: bool, clean: bool) -> Layout:
    index = bisect_left(layout.cuts, upto, key=lambda c: c.end)
    cuts = list(layout.cuts[: index + 1]) if upto else []
    if cuts:
        cuts[-1] = replace(cuts[-1], end=upto, chunk=True)
    missing = None
    if not clean and layout.framing == "length":
        missing = layout.missing + len(layout.body) - upto
    elif not clean and torn and layout.framing == "chunked":
        missing = lacking(layout, upto)
    return replace(
        layout,
        body=layout.body[:upto],
        cuts=tuple(cuts),
        whole=clean,
        counted=layout.counted or clean,
        missing=missing or 0,
        torn=missing is not None and layout.framing == "chunked",
        rest=(),
        finish=None,
        trailers=layout.trailers if clean else (),
    )


def lacking(layout: Layout, at: int) -> int | None:
    """How much of the HTTP chunk that goes over the boundary `at` is behind it; None between two chunks."""
    last = len(layout.cuts) - 1
    first = bisect_left(layout.cuts, at, key=lambda c: c.end) if at else last + 1
    for index in range(first, last + 1):
        cut = layout.cuts[index]
        if index == last and layout.torn:
            return cut.end + layout.missing - at
        if cut.chunk:
            return cut.end - at or None
    return None


def delay(draft: Draft, at: int, wait_us: int) -> Draft:
    """All bytes from offset `at` on, and the end, come so much later. Chunks stay: one may be written in two parts."""
    if at < len(draft.body):
        draft = split(draft, [at], chunk=False)
    first = bisect_right(draft.layout.cuts, at, key=lambda c: c.end) if at else 0
    return replace(
        draft,
        at_us=(*draft.at_us[:first], *(t + wait_us for t in draft.at_us[first:])),
        end_us=draft.end_us + wait_us,
        rest_us=tuple(t + wait_us for t in draft.rest_us),
    )


def delay_all(draft: Draft, wait_us: int) -> Draft:
    """The head, and with it everything, comes so much later."""
    return replace(delay(draft, 0, wait_us), head_us=draft.head_us + wait_us)


def retime(draft: Draft, at_us: Sequence[int], end_us: int | None = None) -> Draft:
    """Other times for the parts, one for each, ascending; the end, and what is behind it, is not before the last."""
    last_us = at_us[-1] if at_us else draft.head_us
    late_us = max(0, last_us - draft.end_us) if end_us is None else end_us - draft.end_us
    rest_us = tuple(t + late_us for t in draft.rest_us)
    return replace(draft, at_us=tuple(at_us), end_us=draft.end_us + late_us, rest_us=rest_us)


def end_with(draft: Draft, **how: Any) -> Draft:
    """The same layout with other words for how it ends: `finish`, `whole`, `missing`, `trailers`, ..."""
    layout = draft.layout
    ended: Layout = layout.once(("end", *how.items()), lambda: replace(layout, **how))
    return replace(draft, layout=ended)


def framed(draft: Draft, framing: Framing) -> Draft:
    """The same body in another framing, which announces what comes. A connection that is reset, or held, stays so."""
    layout = draft.layout

    def make() -> Layout:
        headers = without(layout.head.headers, b"transfer-encoding", b"trailer", b"content-length")
        head = replace(layout.head, headers=headers)
        if framing == "chunked":
            # What speaks HTTP/1.0 need not know of chunks, and an answer may have been recorded as one of those.
            head = replace(head, headers=(*headers, (b"Transfer-Encoding", b"chunked")), http="1.1")
        return replace(
            layout,
            head=head,
            framing=framing,
            missing=0,
            torn=False,
            counted=True,
            trailers=(),
            rest=(),
            finish=layout.finish if layout.finish in {"reset", "hold"} else None,
        )

    return replace(draft, layout=layout.once(("framed", framing), make), rest_us=())


def unbounded(draft: Draft) -> Draft:
    """The draft without a length that would tell a client when all is there; as it is where it has none."""
    if draft.layout.framing != "length":
        return draft
    return framed(draft, "close" if draft.layout.context.http == "1.0" else "chunked")


def answer_with(draft: Draft, head: Head, body: bytes, *, framing: Framing = "length") -> Draft:
    """Another answer altogether, whole, at the time the head was due. It is made anew for each play: nothing that is
    made of it is kept."""
    layout = draft.layout
    bodiless = layout.context.method == "HEAD" or head.status in {204, 304}
    kept = b"" if head.status in {204, 304} else body
    other = Layout(
        context=layout.context,
        head=head,
        body=kept,
        cuts=(Cut(len(kept)),) if kept else (),
        framing=framing,
        counted=head.status not in {204, 304},
        bodiless=bodiless,
        api=layout.api,
        path=layout.path,
        host=layout.host,
        shelf=NOTHING_KEPT,
    )
    at_us = (draft.head_us,) if kept else ()
    return replace(draft, layout=other, at_us=at_us, end_us=draft.head_us, rest_us=(), marks=draft.marks)


def marked(draft: Draft, fault: str, offset: int, what: str) -> Draft:
    """The draft with a mark more."""
    return replace(draft, marks=(*draft.marks, Mark(fault, offset, what)))


def noted(draft: Draft, note: str) -> Draft:
    """The draft with a note more for the client."""
    return replace(draft, notes=(*draft.notes, note))
