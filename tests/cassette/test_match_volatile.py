"""Ids and dates in text: what is taken for one, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.match.volatile import is_date, plain


@pytest.mark.parametrize(
    "text",
    [
        "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        "7D444840-9DC0-11D1-B245-5FFDCE74FAD2",
        "call_1",
        "call_AbCdEfGhIjKlMnOpQrStUvWx",
        "toolu_01A09q90qw90lq917835lq9",
        "toolu_vrtx_01A09q90qw90lq917835lq9",
        "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q",
        "chatcmpl-9nYfZ",
        "chatcmpl-tool-0123456789abcdef",
        "msg_013Zva2CMHLNnjNJJKqJ2EF",
        "resp_67ccd2bed1ec8190",
        "d41d8cd98f00b204e9800998ecf8427e",
        "9nYfZQ2kLmP0aBcDeFgHiJkL",
    ],
)
def test_ids(text: str) -> None:
    assert plain(f"of {text}.", ("ids",)) == "of \0id."
    assert plain(text, ("ids",)) == "\0id"
    assert plain(text, ()) == plain(text, ("dates",)) == text


@pytest.mark.parametrize(
    "text",
    [
        "call_me",
        "call_back_later",
        "recall_1",
        "msg",
        "gpt-4o-2024-08-06",
        "Donaudampfschifffahrtsgesellschaft",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "deadbeef",
        "a" * 300 + "1",
        # of an image that was left out
        "sha256:d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
        # base64
        "iVBORw0KGgoAAAANSUhEUgAAAAUA/AAAFCAYAAACNbyblAAAAHElEQVQI12P4+",
        "2026-11-22T09:43:18Z",
    ],
)
def test_no_ids(text: str) -> None:
    assert plain(text, ("ids",)) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026-11-22T09:43:18Z",
        "2026-11-22T09:43:18.120+01:00",
        "2026-11-22 09:43",
        "22.11.2026".replace("22.11.2026", "11/22/2026"),
        "Sunday, November 22, 2026",
        "Sunday, 22 November 2026",
        "Nov 22, 2026",
        "22nd Nov 2026 at 09:43",
        "November 22",
        "Sun, 22 Nov 2026 09:43:18 GMT",
        "09:43:18",
        "9:43 pm",
    ],
)
def test_dates(text: str) -> None:
    assert plain(f"It is {text}.", ("dates",)) == "It is \0date."
    assert plain(text, ("dates",)) == "\0date"
    assert plain(text, ()) == text


@pytest.mark.parametrize("text", ["gpt-4o-2024-08-06", "1.2.3", "10.0.0.1:8080", "2026", "a2026-11-22", "may 5", "3/4"])
def test_no_dates(text: str) -> None:
    assert plain(text, ("dates",)) == text


@pytest.mark.parametrize(
    ("key", "value", "is_one"),
    [
        ("created", 1767225600, True),
        ("created_at", 1767225600.25, True),
        ("createdAt", 1767225600123, True),
        ("timestamp", "1767225600", True),
        ("start_time_ms", 1767225600123, True),
        ("updateTime", 1767225600, True),
        ("expires", 1767225600, True),
        ("seed", 1767225600, False),
        ("format", 1767225600, False),
        ("sometimes", 1767225600, False),
        ("created", 17, False),
        ("created", True, False),
        ("created", None, False),
        ("created", "soon", False),
    ],
)
def test_seconds(key: str, value: object, is_one: bool) -> None:
    assert is_date(key, value, ("dates",)) is is_one
    assert not is_date(key, value, ("ids",))


@given(st.text(st.sampled_from("aB1-_:/. call")), st.sampled_from([("ids",), ("dates",), ("ids", "dates")]))
def test_twice_is_once(text: str, ignore: tuple[str, ...]) -> None:
    once = plain(text, ignore)
    assert plain(once, ignore) == once
