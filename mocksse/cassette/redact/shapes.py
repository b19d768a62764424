"""What gives itself away by its shape, wherever it stands: keys of known kinds, account numbers in ARNs and errors.

A shape begins with known letters and is decided by the bytes behind them, so a body may come in pieces: nothing is held
back but what may still become one, at most `limits.MAX_SECRET_BYTES`. The cost is linear in the body: of a run of
letters that is no key only a bounded stretch is looked at twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.redact.holding import Holding
from mocksse.cassette.redact.known import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK_BACK = 64
"""Bytes before a key that are looked at. Letters of base64 throughout make what follows a part of an opaque text."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Shapes that are looked for together."""

    what: str
    heads: _Heads
    """What they begin with."""
    run: re.Pattern[bytes]
    """The bytes that can follow the head: a shape is decided where they end, or `reach` bytes behind its start."""
    reach: int
    shape: re.Pattern[bytes]
    """The shape; its group `blot`, where it has one, is what goes. Its group `none`: no shape, nor is any in it."""
    cut: re.Pattern[bytes] | None = None
    """What is left of one at the very end of a body: a stream that breaks off must not give most of a key away."""
    guarded: bool = False
    """Whether placeholders, the middle of a word and the middle of an opaque text are none."""


class _Heads:
    """Words that shapes begin with."""

    def __init__(self, *words: bytes) -> None:
        self._whole = re.compile(b"|".join(map(re.escape, words)))
        parts = sorted({word[:size] for word in words for size in range(1, len(word))})
        self._begun = re.compile(b"(?:%b)\\Z" % b"|".join(map(re.escape, parts)))
        self._longest = max(map(len, words)) - 1

    def search(self, data: bytes, at: int) -> re.Match[bytes] | None:
        """The first word from there on, or the beginning of one at the end of the data."""
        # Two searches, because the engine skips fast over what begins none of a few words.
        return self._whole.search(data, at) or self._begun.search(data, max(at, len(data) - self._longest))


_WORDS = tuple(
    b"""
    sk- sk_ AIza gsk_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- hf_ xai- xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-
    pplx- nvapi- r8_ ya29. AKIA ASIA ABSK eyJ
    """.split()
)
_KEYS = _Kind(
    "a key of a known kind",
    _Heads(*_WORDS),
    re.compile(rb"[A-Za-z0-9_.+/=%\\-]*+"),
    limits.MAX_SECRET_BYTES,
    re.compile(
        rb"""
        (?P<core>sk[-_](?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,})(?:(?:[+/=]|\\+/|%2[BbFf])++[A-Za-z0-9_-]{8,}+)*
        | AIza[A-Za-z0-9_-]{30,}
        | gsk_[A-Za-z0-9]{20,}
        | gh[pousr]_[A-Za-z0-9]{20,}
        | github_pat_[A-Za-z0-9_]{20,}
        | glpat-[A-Za-z0-9_-]{20,}
        | hf_[A-Za-z0-9]{20,}
        | xai-[A-Za-z0-9]{20,}
        | xox[abeoprs]-[A-Za-z0-9-]{20,}
        | pplx-[A-Za-z0-9]{20,}
        | nvapi-[A-Za-z0-9_-]{20,}
        | r8_[A-Za-z0-9]{20,}
        | ya29\.[A-Za-z0-9_-]{20,}
        | A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])
        | ABSK[A-Za-z0-9+/]{40,}=*
        | eyJ[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]+
        | (?P<none> sk[-_][A-Za-z_-]{64,}+ | eyJ[A-Za-z0-9_-]{256,}+ )
        """,
        re.VERBOSE,
    ),
    # An opaque text may be cut as well, so nothing that begins with eyJ.
    re.compile(rb"(?!eyJ)(?:%b)(?=[A-Za-z_-]*+[0-9])[A-Za-z0-9_-]{8,}\Z" % b"|".join(map(re.escape, _WORDS))),
    guarded=True,
)
_ACCOUNTS = _Kind(
    "an account's number",
    _Heads(b"arn:", b"arn%"),
    re.compile(rb"[A-Za-z0-9:%-]*+"),
    160,
    re.compile(
        rb"""
        arn(?::|%3[Aa])aws[a-z-]{0,16}(?:(?::|%3[Aa])[a-z0-9-]{0,32}){2}(?::|%3[Aa])(?P<blot>[0-9]{12})(?![0-9])
        """,
        re.VERBOSE,
    ),
)
_PROJECTS = _Kind(
    "a project's number",
    _Heads(b"project", b"Project"),
    re.compile(rb"""[A-Za-z0-9 _:=/#'"`\\%]*+"""),
    64,
    # Google: "projects/NUMBER", "project_number:NUMBER", "Project NUMBER has been denied".
    re.compile(
        rb"""
        [Pp]rojects?(?:[ _]?(?:number|id|ID))?(?:[ :=/#'"`\\]|%2[Ff]|%3[AaDd]){1,4}(?P<blot>[0-9]{9,14})(?![0-9A-Za-z])
        """,
        re.VERBOSE,
    ),
)

# A letter before a key makes a word of it, but not the last one of "\n" or "%22".
_ESCAPE = re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\[bfnrt]|\\u[0-9A-Fa-f]{4})\Z")
_OPAQUE = re.compile(rb"[A-Za-z0-9+/_=-]{%d}" % _LOOK_BACK)


class ShapeBlotter(Holding):
    """A body, in pieces, without the shapes of one kind; as long as it was, and the same in whatever pieces it came."""

    __slots__ = ("_before", "_kind", "_run_end")

    def __init__(self, kind: _Kind) -> None:
        super().__init__()
        self._kind = kind
        self._before = b""  # what stood before the held bytes, as it came
        self._run_end = 0  # up to there the held bytes are known to be of one run

    @property
    def what(self) -> str:
        """What it looks for, in words."""
        return self._kind.what

    def _advance(self, data: bytes, *, final: bool) -> bytes:
        data = bytes(self._held + data)
        spans, place = self.spans(data, final=final, cut=final)
        blotted = data[:place]
        if spans:
            page = bytearray(blotted)
            for start, end in spans:
                page[start:end] = b"x" * (end - start)
            self.blotted = True
            blotted = bytes(page)
        self._before = (self._before + data[:place])[-_LOOK_BACK:]
        self._held = data[place:]
        return blotted

    def spans(self, data: bytes, *, final: bool, cut: bool = False) -> tuple[list[tuple[int, int]], int]:
        """What is to be blotted, in order, and where the first shape starts that may go on behind the data.

        `final`: nothing follows. `cut`: and what stands at the very end may have been cut off.
        """
        kind, run_end, self._run_end = self._kind, self._run_end, 0
        spans: list[tuple[int, int]] = []
        at = 0
        while found := kind.heads.search(data, at):
            start = found.start()
            if kind.guarded and self._is_inside_something(data, start):
                at = start + 1
                continue
            run = kind.run.match(data, max(run_end, found.end()))
            run_end = run.end() if run else found.end()
            limit = start + kind.reach
            if run_end == len(data) < limit and not final:
                self._run_end = run_end - start
                return spans, start
            span, at = self._judge(data, start, min(run_end, limit), cut=cut)
            if span and data[slice(*span)].strip(b"x"):
                spans.append(span)
        return spans, len(data)

    def _judge(self, data: bytes, start: int, end: int, *, cut: bool) -> tuple[tuple[int, int] | None, int]:
        """What of the shape that begins there is to be blotted, if one does, and where to look on."""
        kind = self._kind
        found = kind.shape.match(data, start, end)
        if found is None and cut and end == len(data) and kind.cut is not None:
            found = kind.cut.match(data, start)
        if found is None:
            return None, start + 1
        groups = found.groupdict()
        if groups.get("none") is not None:
            return None, found.end()
        if kind.guarded:
            core = groups.get("core") or found[0]
            if is_placeholder(core):
                return None, start + len(core)
        return found.span("blot" if "blot" in groups else 0), found.end()

    def _is_inside_something(self, data: bytes, start: int) -> bool:
        """Whether what starts there is the rest of a word, or a part of a long opaque text."""
        before = data[max(0, start - _LOOK_BACK) : start]
        if len(before) < _LOOK_BACK:
            before = (self._before + before)[-_LOOK_BACK:]
        if before[-1:].isalnum() and not _ESCAPE.search(before):
            return True
        return _OPAQUE.fullmatch(before) is not None


def key_blotter() -> ShapeBlotter:
    """For keys of known kinds."""
    return ShapeBlotter(_KEYS)


def account_blotters() -> tuple[ShapeBlotter, ...]:
    """For account numbers in ARNs, and project numbers in the errors of Google."""
    return ShapeBlotter(_ACCOUNTS), ShapeBlotter(_PROJECTS)


def key_shapes(data: bytes) -> Iterator[bytes]:
    """Everything in the data that has the shape of a known kind of key, placeholders left out.

    A slash ends one here, because in a URL it is the path's; a blotter takes what goes on behind it as well.
    """
    for key in whole_keys(data):
        found = _KEYS.shape.match(key)
        yield (found and found["core"]) or key


def whole_keys(data: bytes) -> Iterator[bytes]:
    """The same, with what goes on behind a slash."""
    spans, _ = ShapeBlotter(_KEYS).spans(data, final=True)
    for start, end in spans:
        yield data[start:end]
