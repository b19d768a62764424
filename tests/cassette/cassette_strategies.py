"""Hypothesis strategies for cassettes: any bytes under any chunking, any times, any header values, any request body.

Random bytes alone would hardly ever be an event, so bodies are mixed from fragments of real framing and of rubbish, and
then cut anywhere.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.model import ENDINGS, Cassette, End, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, LogNormal, Normal, Pacing
from mocksse.providers.extract import LANES, Extract

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
"""Any text that can be encoded."""

AWKWARD = st.lists(
    st.sampled_from(
        [
            *"\n\t\r '\"#-|>%[{,1\0\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\ud7ff",
            ": ",
            "---",
            "...",
            "null",
            "a",
            "  b",
            "é😀",
        ]
    ),
    max_size=12,
).map("".join)
"""Text that YAML, in one spelling or another, would change."""

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | AWKWARD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | AWKWARD, inner, max_size=4),
    max_leaves=8,
)
JSON_BODIES = st.builds(
    lambda value, separators, ascii_only: json.dumps(value, separators=separators, ensure_ascii=ascii_only).encode(
        "utf-8", "surrogatepass"
    ),
    _JSON,
    st.sampled_from([None, (",", ":"), (",", ": ")]),
    st.booleans(),
)
ODD_BODIES = (
    b"",
    b'{"a":1.10}',
    b'{"a":1e400}',
    b'{"a":-1e400}',
    b'{"a":1E5}',
    b"[1e22]",
    b"[1e+22]",
    b"[1e-7]",
    b"[-0]",
    b"[-0.0]",
    b"[NaN]",
    b"[Infinity]",
    b'{"a":"\\ud83d"}',
    b'{"a":"\xed\xa0\xbd"}',
    b'{"a":"\\/"}',
    b'{"a":"\\u00e9"}',
    b'{"x": "\xc3\xa9"}',
    b'{"a":1,"a":2}',
    b'{"<<":{"a":1}}',
    b'{"json":{"stream":[{"data":1}]}}',
    b'{"":""}',
    b'{"a":1} ',
    b' {"a":1}',
    b'{"a":1}\n',
    b'\xef\xbb\xbf{"a":1}',
    '{"a":1}'.encode("utf-16-le"),
    b"{",
    b"[",
    b"null",
    b"[" * 16 + b"]" * 16,
    b"[" * 17 + b"]" * 17,
    b"[" * 40 + b"]" * 40,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 30 + b"1" + b"}" * 30,
    b"[" + b"1" * 3999 + b"]",
    b"[" + b"1" * 4000 + b"]",
    b"[" + b"1" * 4001 + b"]",
    b"[" + b"1" * 5000 + b"]",
    b"[0." + b"3" * 5000 + b"]",
    b'{"' + b"k" * 998 + b'":1}',
    b'{"' + b"k" * 999 + b'":1}',
    b'{"' + b"k" * 2000 + b'":1}',
    b'{"' + b"\xc2\x85" * 300 + b'":1}',
    b"a=1&b=%20",
    b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n--x--',
    b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nhi\r\n--x--",
)
REQUEST_BODIES = st.none() | st.binary() | st.sampled_from(ODD_BODIES) | JSON_BODIES | TEXT.map(str.encode)

_FRAGMENTS = (
    b"data: a\n\n",
    b"data: [DONE]\n\n",
    b"data:b\n\n",
    b"data: a\ndata: b\n\n",
    b"data: a\r\n\r\n",
    b"data:b\r\n\r\n",
    b"data: c\r\r",
    b"data\n\n",
    b"data:\n\n",
    b"data:  two\n\n",
    b'event: x\ndata: {"a":1}\n\n',
    b"data: 1\nevent: x\n\n",
    b"event: x\nevent: y\ndata: 1\n\n",
    b"id: 1\nretry: 5\n\n",
    b"retry: 05\n\n",
    b"retry: 999999999999999\n\n",
    b"retry: 1000000000000000\n\n",
    b"retry: \xd9\xa3\n\n",
    b"id: a\0b\ndata: x\n\n",
    b": c\n\n",
    b": c\n: d\ndata: x\n\n",
    b":\n\n",
    b'{"a":1}\n',
    b'{"a": "\xc2\x85"}\n',
    b'{"a":1}\n{"b":2}\n',
    b"[1,\n2]\n",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\xef\xbb\xbfdata: x\n\n",
    b"\xff\xfe",
    b"data: \xf0\x9f\x98\x80\n\n",
    b"data: \xe2\x80\xa8\xc2\x85\n\n",
    b"<html>\n<b>\n",
    b"  x\n",
    b"x  \n\ty\n",
    b"\0",
)
BODIES = st.lists(st.sampled_from(_FRAGMENTS) | st.binary(max_size=10), max_size=6).map(b"".join)

TIMES_US = st.integers(0, 10**7) | st.integers(0, limits.MAX_WAIT_MS * 1000)


@st.composite
def _cut(draw: st.DrawFn) -> list[bytes]:
    body = draw(BODIES)
    places = sorted(draw(st.lists(st.integers(0, len(body)), max_size=6)))
    return [body[low:high] for low, high in zip([0, *places], [*places, len(body)], strict=True)]


@st.composite
def _pieces(draw: st.DrawFn) -> tuple[Piece, ...]:
    pieces = []
    for data in draw(_cut() | st.lists(BODIES, max_size=4)):
        missing = draw(st.none() | st.none() | st.integers(0, 10**9))
        of = None if missing is None else len(data) + missing
        pieces.append(Piece(draw(TIMES_US), data, draw(st.booleans()), of))
    return tuple(pieces)


_LINE = st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b""))
_NAME = _LINE.map(lambda raw: raw.replace(b":", b"")).filter(bool) | st.sampled_from([b"Set-Cookie", b"Date"])
HEADERS = st.lists(st.tuples(_NAME, _LINE), max_size=4).map(tuple)
ENDS = st.builds(
    End,
    TIMES_US,
    st.sampled_from(ENDINGS),
    st.lists(st.builds(Piece, TIMES_US, BODIES), max_size=2).map(tuple),
)
RESPONSES = st.builds(
    Response,
    status=st.integers(200, 999),
    headers=HEADERS,
    framing=st.sampled_from(["chunked", "length", "close"]),
    pieces=_pieces(),
    end=ENDS,
    head_after_us=TIMES_US,
    reason=st.none() | _LINE,
    http=st.sampled_from(["1.0", "1.1"]),
    trailers=HEADERS,
)


def _escaped(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


REQUESTS = st.builds(
    Request,
    path=(TEXT | AWKWARD).map("/".__add__),
    method=st.none() | st.from_regex(r"[A-Z][A-Z0-9_-]*", fullmatch=True),
    headers=st.lists(st.tuples((_NAME | st.just(b"n" * 2000)).map(_escaped), _LINE.map(_escaped)), max_size=3).map(
        tuple
    ),
    body=REQUEST_BODIES,
)

_NUMBERS = st.integers(0, 10**6).map(float) | st.floats(0, 1e9)
_ABOVE_0 = _NUMBERS.filter(bool)
_DURATIONS = st.one_of(
    st.builds(Fixed, _NUMBERS),
    st.builds(Normal, _NUMBERS, _NUMBERS),
    st.tuples(_ABOVE_0, _ABOVE_0).map(lambda pair: LogNormal(*sorted(pair))),
    st.builds(FromCassette, TEXT.filter(bool)),
)
PACINGS = st.builds(
    Pacing,
    speed=st.none() | st.just(INSTANT) | _ABOVE_0,
    gap=st.none() | _DURATIONS,
    ttft=st.none() | _DURATIONS,
    tps=st.none() | _ABOVE_0,
    jitter=st.none() | st.floats(0, 100),
    max_gap=st.none() | _NUMBERS,
    seed=st.none() | st.integers(),
).map(lambda pacing: replace(pacing, tps=None) if pacing.gap else pacing)

_JSONPATHS = st.sampled_from(["$.a", "$['b c'][0]", "$..x[?@.y == 1]"])
EXTRACTS = st.builds(
    lambda paths, events, join: Extract(
        tuple((lane, path) for lane in LANES for path in paths.get(lane, ())), tuple(events.items()), join
    ),
    st.dictionaries(st.sampled_from(LANES), st.lists(_JSONPATHS, max_size=2), max_size=2),
    st.dictionaries(TEXT | AWKWARD, st.sampled_from(LANES), max_size=2),
    TEXT | AWKWARD,
)


@st.composite
def cassettes(draw: st.DrawFn) -> Cassette:
    """Whole cassettes, of one to three interactions."""
    names = draw(st.lists((TEXT | AWKWARD).filter(bool), min_size=1, max_size=3, unique=True))
    return Cassette(
        tuple(
            Interaction(
                name,
                draw(REQUESTS),
                draw(RESPONSES),
                draw(st.none() | st.builds(Recorded, TEXT, TEXT, TEXT)),
                draw(st.none() | PACINGS),
                tuple(draw(st.lists(TEXT, max_size=2))),
                draw(st.none() | EXTRACTS),
            )
            for name in names
        ),
        draw(st.none() | PACINGS),
    )


def numbers_and_text(*, finite: bool = True) -> st.SearchStrategy[Any]:
    """Values as a cassette's document is made of them."""
    leaves = st.none() | st.booleans() | st.integers() | TEXT | AWKWARD
    leaves |= st.floats(allow_nan=not finite, allow_infinity=not finite)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT | AWKWARD, inner, max_size=5),
        max_leaves=12,
    )
