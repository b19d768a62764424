"""Keys of known kinds and account numbers, in bodies that come in pieces."""

from __future__ import annotations

import time
from base64 import b64encode
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.redact.shapes import ShapeBlotter, account_blotters, key_blotter, key_shapes

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b"sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6"
JWT = b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s1gn-ature_x"


def blotted(blotter: ShapeBlotter, data: bytes, size: int = 0) -> bytes:
    size = size or max(1, len(data))
    return b"".join([*(blotter.feed(data[at : at + size]) for at in range(0, len(data), size)), blotter.flush()])


def accounts(data: bytes, size: int = 0) -> bytes:
    for blotter in account_blotters():
        data = blotted(blotter, data, size)
    return data


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        (b'data: {"error":"Incorrect API key: ' + KEY + b'. See"}\n', KEY),
        (b"(" + KEY + b"/and+more1234567)", KEY),
        (b"say \\n" + KEY + b'"', KEY),
        (b"q=%22" + KEY + b"%22", KEY),
        (b"AIzaSyA-0123456789abcdefghijklmnopqrstu", b"AIzaSyA-0123456789abcdefghijklmnopqrstu"),
        (b'"AKIA0123456789ABCDEF"', b"AKIA0123456789ABCDEF"),
        (b"token " + JWT + b";", JWT),
        (b"ends in one: " + KEY[:17], KEY[:17]),
        (b"https://h/" + KEY + b"/x", KEY),
    ],
)
def test_keys_go(body: bytes, gone: bytes) -> None:
    out = blotted(key_blotter(), body)
    assert len(out) == len(body)
    assert out.startswith(body[: body.index(gone)] + b"x" * len(gone))
    for size in (1, 2, 3, 7):
        assert blotted(key_blotter(), body, size) == out


def test_what_goes_on_behind_a_slash_goes_too() -> None:
    body = b'"' + KEY + b"/Ab12Cd34+Ef56Gh78\\/Ij90Kl12%2FMn34Op56" + b'/x"'
    assert blotted(key_blotter(), body) == b'"' + b"x" * (len(body) - 4) + b'/x"'
    assert list(key_shapes(body)) == [KEY]


@pytest.mark.parametrize(
    "body",
    [
        b"ask-me-anything-about-it-2024 sk-learn-is-a-good-library ",
        b"sk-test-0123456789abcdef sk-xxxxxxxxxxxxxxxxxxxx1 ",
        b"sk-proj-abcd***********************wxyz ",
        b"ends in a word: sk-learn",
        b"a" + KEY + b" ",
        b"eyJhbGciOiJIUzI1NiJ9" * 40,
        b'"signature":"' + b64encode(bytes(range(256)) * 8) + b'"',
    ],
)
def test_what_is_no_key_stays(body: bytes) -> None:
    for size in (0, 1, 5):
        assert blotted(key_blotter(), body, size) == body


def test_the_middle_of_an_opaque_text_is_no_key() -> None:
    opaque = b"Ab-_" * 16
    for body in (b'"encrypted_content":"' + opaque + b"-" + KEY + b'"', opaque + b"_" + KEY):
        assert blotted(key_blotter(), body) == body
        assert blotted(key_blotter(), body, 1) == body


def test_nothing_waits_that_is_no_key() -> None:
    blotter = key_blotter()
    assert blotter.feed(b"data: hello\n\n") == b"data: hello\n\n"
    assert blotter.feed(b"xxxx") == b"xxxx", "a blot begins no key"
    assert blotter.feed(b" s") == b" "
    assert (blotter.feed(b"k-"), blotter.held) == (b"", 3)
    assert blotter.feed(b"learn ") == b"sk-learn "
    assert not blotter.blotted


def test_a_run_without_end_is_let_go() -> None:
    blotter = key_blotter()
    out = b"".join(blotter.feed(b"sk-" + b"a" * 997) for _ in range(100))
    assert len(out) >= 100_000 - 2 * limits.MAX_SECRET_BYTES
    assert blotter.held <= limits.MAX_SECRET_BYTES


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"arn:aws:bedrock:us-east-1:601427279990:agent/X", b"arn:aws:bedrock:us-east-1:xxxxxxxxxxxx:agent/X"),
        (b"arn:aws-cn:iam::601427279990:role/r", b"arn:aws-cn:iam::xxxxxxxxxxxx:role/r"),
        (b"arn%3Aaws%3Aiam%3A%3A601427279990%3Arole", b"arn%3Aaws%3Aiam%3A%3Axxxxxxxxxxxx%3Arole"),
        (b"arn:aws:s3:::bucket-601427279990", None),
        (b"arn:aws:iam::6014272799901:role", None),
        (b"Project 123456789012 has been denied", b"Project xxxxxxxxxxxx has been denied"),
        (b'"consumer": "projects/123456789012"', b'"consumer": "projects/xxxxxxxxxxxx"'),
        (b"consumer 'project_number:123456789012'", b"consumer 'project_number:xxxxxxxxxxxx'"),
        (b"console?project=123456789012 ", b"console?project=xxxxxxxxxxxx "),
        (b"project 2024 of 123456789012, projects/my-name-1", None),
    ],
)
def test_account_numbers(body: bytes, expected: bytes | None) -> None:
    for size in (0, 1, 2, 9):
        assert accounts(body, size) == (body if expected is None else expected)


PARTS = st.sampled_from(
    [
        KEY,
        KEY[:9],
        KEY[9:],
        JWT,
        JWT[:25],
        b"sk-",
        b"AKIA0123456789ABCDEF",
        b"arn:aws:iam::123456789012:x",
        b"/",
        b"+",
        b" ",
        b'"',
        b"\n",
        b"x",
        b"a1",
        b"%2F",
        b"\\/",
        b"\\n",
        b"-",
        b".",
        b"project 123456789012 ",
        b"A" * 70,
    ]
)


@pytest.mark.parametrize("make", [key_blotter, *(lambda n=n: account_blotters()[n] for n in range(2))])
@given(st.lists(PARTS, max_size=12).map(b"".join), st.lists(st.integers(0, 500), max_size=8))
@settings(max_examples=200, deadline=None)
def test_law_cuts_change_nothing(make: Callable[[], ShapeBlotter], body: bytes, cuts: list[int]) -> None:
    whole = blotted(make(), body)
    assert len(whole) == len(body)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    blotter = make()
    pieces = [blotter.feed(body[low:high]) for low, high in pairwise(edges)]
    assert b"".join([*pieces, blotter.flush()]) == whole
    assert all(after in {before, ord("x")} for before, after in zip(body, whole, strict=True))
    assert blotted(make(), whole) == whole


@pytest.mark.parametrize("unit", [b"sk-", b"-eyJ", b"sk-a1/", b"-sk-xxxxxxa", b"arn:", b"project ", b"A", b"sk-ab.eyJ"])
def test_linear(unit: bytes) -> None:
    def cpu_seconds(size: int) -> float:
        body = unit * size
        start = time.process_time()
        for blotter in (key_blotter(), *account_blotters()):
            blotted(blotter, body, 4096)
        return time.process_time() - start

    assert_linear(cpu_seconds, 40_000, 3.0)


def test_random_bytes_are_no_keys() -> None:
    body = b64encode(Random(1).randbytes(300_000), altchars=b"-_")
    assert blotted(key_blotter(), b'"' + body + b'"', 1000)[1:-1] == body
