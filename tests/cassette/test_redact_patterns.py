"""A user's regular expressions: what they take, in whatever pieces, and which are refused."""

from __future__ import annotations

import time

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.redact.patterns import OVERLAP, STRETCH, PatternBlotter
from mocksse.errors import UsageError


def blotted(pattern: str, body: bytes, size: int = 0) -> bytes:
    blotter = PatternBlotter(pattern)
    size = size or max(1, len(body))
    return b"".join([*(blotter.feed(body[at : at + size]) for at in range(0, len(body), size)), blotter.flush()])


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        (r"ACME-\d+", "data: ACME-123, ACME-4\n\n", "data: xxxxxxxx, xxxxxx\n\n"),
        (r"tenant=(\w+)", "tenant=acme&a=1", "tenant=xxxx&a=1"),
        (r"^id (\d+)$", "id 12\r\nno id 34\r\nid 56", "id xx\r\nno id 34\r\nid xx"),
        (r"(?i)jürgen", "Herr JÜRGEN hier", "Herr xxxxxxx hier"),
        (r"[é-ü]n\b", "schön", "schxxx"),
        (r"(?<=a)b", "ab cb", "ax cb"),
        (r"a.c", "a\nc", "a\nc"),
        (r"x|(b)", "xb", "xx"),
    ],
)
def test_matches_go(pattern: str, body: str, expected: str) -> None:
    for size in (0, 1, 2, 5):
        assert blotted(pattern, body.encode(), size).decode() == expected


@pytest.mark.parametrize("at", [0, 1, STRETCH - 9, STRETCH - 3, STRETCH, 2 * STRETCH - 5, 3 * STRETCH + 1])
def test_a_long_line_is_looked_at_in_stretches(at: int) -> None:
    body = b"." * at + b"ACME-1234" + b"." * (4 * STRETCH - at) + b"\n"
    for size in (0, 1000, STRETCH + OVERLAP):
        assert blotted(r"ACME-\d{4}", body, size) == body.replace(b"ACME-1234", b"xxxxxxxxx")
    assert blotted(r"^ACME-\d+", body) == (body.replace(b"ACME-1234", b"xxxxxxxxx") if at == 0 else body)


def test_bytes_that_are_no_utf8() -> None:
    assert blotted("é.", b"\xff\xfe\xc3\xa9\xff\xc3") == b"\xff\xfexxx\xc3"


@given(st.text("ab\n\ré", max_size=60), st.sampled_from(["ab", "a+b", "(a)é", "é$", r"\bab"]), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_law_cuts_change_nothing(text: str, pattern: str, size: int) -> None:
    body = text.encode() * 3
    assert blotted(pattern, body, size) == blotted(pattern, body)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "is no regular expression: missing ), unterminated subpattern at position 0"),
        (r"(a+)+$", "repeats what repeats"),
        (r"(\w+\s?)*x", "repeats what repeats"),
        (r"(?:a?a){20,}", "repeats what repeats"),
        (r"(a|aa)+b", "repeats what repeats"),
        (r"(?=(a*)*)b", "repeats what repeats"),
        (r".*a.*b.*c.*d", "has 4 open-ended repetitions; 3 is the most"),
        (r"(?:\w+,){1,5}", "repeats what repeats"),
        (r"a*", "matches nothing at all as well"),
        ("", "matches nothing at all as well"),
    ],
)
def test_what_would_be_slow_or_is_broken_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        PatternBlotter(pattern)
    assert f"redact: the pattern {pattern!r} {why}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:\d{4}-){3}\d{4}",
        r"[\w.+-]+@[\w-]+\.\w+",
        r"(?:ab|cd)+",
        r"(?:a++b)+",
        r"(?>a+)+b",
        r"a{2,16}",
        r"acct_\w{8,64}",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    PatternBlotter(pattern)


def test_linear() -> None:
    def cpu_seconds(size: int) -> float:
        start = time.process_time()
        blotted(r"[\w.+-]+@[\w-]+\.\w+", b"a" * size, 4096)
        return time.process_time() - start

    assert_linear(cpu_seconds, 20_000, 3.0)
