"""Secrets taken out of bodies, however they are spelt and cut."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from itertools import pairwise
from random import Random
from time import process_time
from typing import TYPE_CHECKING

import pytest
from growth import assert_linear
from hypothesis import example, given
from hypothesis import strategies as st
from secret_spellings import FIXED, base64_texts, mixed

from mocksse.cassette.redact import Blotter, Secrets
from mocksse.cassette.redact.blot import MIN_SECRET_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

KEY = "sk-Abc/123_xyZ+90"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="x\0"), min_size=8, max_size=24)
"""Secrets of any characters but x: a secret that has x at an end is blotted with another letter."""


def secrets(*values: str) -> Secrets:
    return Secrets(tuple(value.encode() for value in values))


def in_pieces(known: Secrets, pieces: Iterable[bytes]) -> bytes:
    blotter = Blotter(known)
    return b"".join([*(blotter.feed(piece) for piece in pieces), blotter.flush()])


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[low:high] for low, high in pairwise(edges)]


def cuttings(data: bytes, rounds: int = 20) -> Iterable[list[bytes]]:
    yield from ([data[at : at + size] for at in range(0, len(data), size)] for size in (1, 2, 3, 7))
    random = Random(len(data))
    yield from (cut(data, random.choices(range(len(data) + 1), k=5)) for _ in range(rounds))


@pytest.mark.parametrize("spelling", FIXED)
def test_each_spelling_is_blotted_in_any_cutting(spelling: str) -> None:
    spelt = FIXED[spelling](KEY).encode()
    body = b'data: {"a":"' + spelt + b'","b":"' + spelt + b'"}\n\n'
    expected = body.replace(spelt, b"x" * len(spelt))
    assert secrets(KEY).blot(body) == expected
    assert secrets(KEY).find(body)
    assert all(in_pieces(secrets(KEY), pieces) == expected for pieces in cuttings(body))


def test_base64_is_blotted_in_any_cutting() -> None:
    for name, text, _ in base64_texts(KEY.encode()):
        body = b"data: " + text + b"\n\n"
        expected = secrets(KEY).blot(body)
        assert expected != body
        assert len(expected) == len(body)
        assert not secrets(KEY).find(expected), name
        assert all(in_pieces(secrets(KEY), pieces) == expected for pieces in cuttings(body, 3)), name


def test_json_stays_json() -> None:
    inner = json.dumps({"key": KEY, "n": 1})
    body = json.dumps([KEY, inner, json.dumps(inner), f'"\\{KEY}', f"\n{KEY}"]).encode()
    plain = json.loads(secrets(KEY).blot(body))
    mark = "x" * len(KEY)
    assert plain[0] == mark
    assert json.loads(plain[1]) == {"key": mark, "n": 1}
    assert json.loads(json.loads(plain[2])) == {"key": mark, "n": 1}
    assert plain[3:] == [f'"\\{mark}', f"\n{mark}"]


@pytest.mark.parametrize(
    ("values", "body", "expected"),
    [
        # One inside the other, one overlapping the other, one overlapping itself: all of all goes.
        (["abcdefgh", "abcdefghij"], "abcdefghij abcdefghi.", "xxxxxxxxxx xxxxxxxxi."),
        (["abcdefgh", "cdefghij"], "abcdefghij", "xxxxxxxxxx"),
        (["abababab"], "-ababababab-", "-xxxxxxxxxx-"),
        (["bcdefghi", "abcdefghijk"], "abcdefghij.", "axxxxxxxxj."),
        (["user:hunter22", "hunter22"], "user:hunter22 admin:hunter22", "xxxxxxxxxxxxx admin:xxxxxxxx"),
        # Nothing shorter than 8 bytes.
        (["test", "sk-1234", ""], "test sk-1234", "test sk-1234"),
        ([], "anything", "anything"),
    ],
)
def test_several_secrets(values: list[str], body: str, expected: str) -> None:
    known = secrets(*values)
    assert known.blot(body.encode()) == expected.encode()
    assert all(in_pieces(known, pieces) == expected.encode() for pieces in cuttings(body.encode()))


def test_what_is_base64_and_a_secret_itself() -> None:
    token = b64encode(b"user:hunter22").decode()
    known = secrets(token, "user:hunter22", "hunter22")
    assert known.blot(f"[{token}]".encode()) == b"[" + b"x" * len(token) + b"]"
    other = b64encode(b"him:hunter22").decode()
    assert b64decode(known.blot(other.encode())) == b"him:hxxxxxxx"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("..sk-Abc/", "..xxxxxxx"),
        ("..sk-Abc/123_xyZ+9", "..xxxxxxxxxxxxxxxx"),
        ("..sk-Abc%2f1", "..xxxxxxxxxx"),
        ("..sk-Abc\\/1\\u00", "..xxxxxxxxxxxxx"),
        ("..sk-Abc", "..sk-Abc"),
    ],
)
def test_a_body_cut_inside_a_secret_gives_less_than_8_bytes_of_it_away(body: str, expected: str) -> None:
    known = secrets("sk-Abc/123_xyZ+90")
    if len(body) == 9:
        body, expected = body + "1", expected + "xx"
    assert known.blot(body.encode()) == expected.encode()[: len(body)]
    assert all(in_pieces(known, pieces) == known.blot(body.encode()) for pieces in cuttings(body.encode()))


def test_base64_cut_off() -> None:
    text = b64encode(b"u:" + KEY.encode())
    known = secrets(KEY)
    assert known.blot(text[:13]) == text[:13]
    assert known.blot(text[:14]) == text[:3] + b"4eHh4eHh4eH"
    assert in_pieces(known, cut(text[:14], [5])) == known.blot(text[:14])


@pytest.mark.parametrize(
    ("data", "held"),
    [
        ("data: {}\n\n", 0),
        ("nothing of it\n", 0),
        ("ask ", 0),
        ("ends in s", 1),
        ("ends in sk-", 3),
        ("it was sk-Abc/123_xyZ+90", 0),
        ("it was sk-Abc/123_xyZ+9", 16),
        ("sk-Abx sk", 2),
        ("half an escape \\", 1),
        ("half an escape \\u00", 4),
        ("half an escape %", 1),
        ("no escape \\q", 0),
        ("100 %\n", 0),
    ],
)
def test_only_a_possible_start_is_held_back(data: str, held: int) -> None:
    blotter = Blotter(secrets("sk-Abc/123_xyZ+90"))
    out = blotter.feed(data.encode())
    assert blotter.held == held
    assert len(out) == len(data) - held
    assert blotter.feed(b"\n") + blotter.flush() == secrets("sk-Abc/123_xyZ+90").blot(data.encode() + b"\n")[len(out) :]
    assert blotter.held == 0


def test_recorded_events_are_not_held_back(streams: Path) -> None:
    known = secrets("sk-proj-" + "aZ09_-" * 20, "AIza" + "0aB_" * 9)
    body = b"".join(path.read_bytes() for path in sorted((streams / "openai").glob("*.sse"))[:12])
    blotter = Blotter(known)
    for event in body.replace(b"\n\n", b"\n\n\0").split(b"\0"):
        assert blotter.feed(event) == event
    assert not blotter.blotted


def test_blotted_says_whether_there_was_anything() -> None:
    blotter = Blotter(secrets(KEY))
    blotter.feed(b"nothing " + KEY[:10].encode())
    assert not blotter.blotted
    blotter.feed(KEY[10:].encode())
    assert blotter.blotted


def test_values_stay_out_of_tracebacks() -> None:
    known = secrets(KEY)
    assert KEY not in repr(known)
    assert KEY not in f"{known} {Blotter(known)}"
    assert known.values == (KEY.encode(),)
    assert bool(known)
    assert not Secrets()


@st.composite
def bodies(draw: st.DrawFn, values: Sequence[str]) -> bytes:
    """Spellings, starts and ends of spellings, and noise."""
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        spelt = draw(mixed(draw(st.sampled_from(values))))
        kind = draw(st.sampled_from(["whole", "start", "end", "base64", "noise"]))
        at = draw(st.integers(0, len(spelt)))
        parts.append(
            {
                "whole": spelt,
                "start": spelt[:at],
                "end": spelt[at:],
                "base64": b64encode(spelt[:at] + draw(st.sampled_from(values)).encode()),
                "noise": draw(st.binary(max_size=12)),
            }[kind]
        )
    return b"".join(parts)


@given(st.data(), st.lists(TEXTS, min_size=1, max_size=3), st.lists(st.integers(0, 10**6), max_size=12))
def test_law_the_cutting_never_shows(data: st.DataObject, values: list[str], places: list[int]) -> None:
    known = secrets(*values)
    body = data.draw(bodies(values))
    whole = known.blot(body)
    assert len(whole) == len(body)
    assert in_pieces(known, cut(body, places)) == whole
    assert in_pieces(known, [body[at : at + 1] for at in range(len(body))]) == whole
    assert known.find(body) == (whole != body)


AWKWARD = st.text(st.sampled_from('%25\\"/u0a'), min_size=8, max_size=14)


@given(st.data(), st.lists(AWKWARD, min_size=1, max_size=2), st.lists(st.integers(0, 10**6), max_size=6))
def test_law_the_cutting_never_shows_in_secrets_made_of_escapes(
    data: st.DataObject, values: list[str], places: list[int]
) -> None:
    known = secrets(*values)
    body = data.draw(bodies(values))
    whole = known.blot(body)
    assert len(whole) == len(body)
    assert in_pieces(known, cut(body, places)) == whole
    assert in_pieces(known, [body[at : at + 1] for at in range(len(body))]) == whole


@given(st.data(), TEXTS, st.lists(st.binary(max_size=20), min_size=2, max_size=4))
def test_law_every_spelling_goes_and_nothing_else(data: st.DataObject, value: str, noise: list[bytes]) -> None:
    known = secrets(value)
    # A backslash or half a percent sign before a spelling would be part of it, and half a character behind it could be.
    noise = [b"\0" + piece.replace(b"\\", b"").replace(b"%", b"") + b"\0" for piece in noise]
    if known.find(b"".join(noise)):
        return
    spelt = [data.draw(mixed(value)) for _ in noise]
    body = b"".join(piece + spelling for piece, spelling in zip(noise, spelt, strict=True)) + b"\0"
    mark = known.blot(value.encode())[:1]
    expected = b"".join(piece + mark * len(s) for piece, s in zip(noise, spelt, strict=True)) + b"\0"
    assert known.blot(body) == expected
    assert not known.find(known.blot(body))
    assert known.blot(known.blot(body)) == known.blot(body)


# A secret that repeats itself can lie in its own base64 in more than one way.
DISTINCT = st.lists(st.characters(codec="utf-8"), min_size=8, max_size=20, unique=True).map("".join)


@given(st.binary(max_size=9), DISTINCT, st.binary(max_size=9), st.booleans())
def test_law_base64_decodes_to_a_blot(before: bytes, value: str, after: bytes, url_safe: bool) -> None:
    known = secrets(value)
    text = b64encode(before + value.encode() + after, b"-_" if url_safe else None)
    blotted = known.blot(text)
    decoded = b64decode(blotted, b"-_" if url_safe else None)
    low, high = len(before), len(before) + len(value.encode())
    assert len(blotted) == len(text)
    assert decoded[:low] + decoded[high:] == before + after
    assert len(set(decoded[low + 1 : high - 1])) == 1


@given(
    st.lists(st.text("abx", min_size=8, max_size=12), min_size=1, max_size=2),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 12), st.integers(0, 12)), max_size=8),
)
@example(["abababax"], [(0, 0, 7), (0, 0, 8)])
@example(["xabababa"], [(0, 0, 8), (0, 1, 8)])
def test_law_a_blot_completes_no_secret_beside_it(values: list[str], cuts: list[tuple[int, int, int]]) -> None:
    known = secrets(*values)
    body = "".join(values[which % len(values)][low:high] for which, low, high in cuts).encode()
    once = known.blot(body)
    assert known.blot(once) == once
    assert not any(value.encode() in once for value in values)


def test_a_secret_made_of_the_usual_mark_is_blotted_with_another() -> None:
    assert secrets("xai-12345678").blot(b"xai-12345678") == b"X" * 12
    assert secrets("x" * 10).blot(b"x" * 10) == b"X" * 10


@pytest.mark.parametrize("unit", [b"s", b"sk-Abc/123_", b"\\", b"%25", b"%73%6B", b"\\u0073\\u006b", b"c2stQWJj"])
def test_time_grows_with_the_body_and_no_faster(unit: bytes) -> None:
    def seconds(size: int) -> float:
        body = unit * (size // len(unit))
        blotter = Blotter(secrets(KEY, "sk-Abd" + "q" * 60))
        start = process_time()
        for at in range(0, len(body), 1000):
            blotter.feed(body[at : at + 1000])
        blotter.flush()
        return process_time() - start

    assert_linear(seconds, 30_000)


def test_the_shortest_secret() -> None:
    value = "a" * 4 + "b" * (MIN_SECRET_BYTES - 4)
    assert secrets(value).blot(value.encode()) == b"x" * MIN_SECRET_BYTES
    assert Secrets((value.encode()[1:],)).values == ()
