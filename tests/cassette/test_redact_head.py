"""Heads and URLs without their secrets."""

from __future__ import annotations

import pytest

from mocksse.cassette.redact import STORED_REQUEST_HEADERS, Secrets, redact_head, redact_url, stored_headers

KEY = "sk-Abc/123_xyZ+90"
KNOWN = Secrets((KEY.encode(),))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sid=abc123; Path=/; HttpOnly", "sid=xxxxxx; Path=/; HttpOnly"),
        ("sid=a=b==; Max-Age=1", "sid=xxxxx; Max-Age=1"),
        ('__cf_bm="q;uoted"', '__cf_bm=xx;uoted"'),
        ("empty=; Secure", "empty=; Secure"),
        ("nameless; Secure", "xxxxxxxx; Secure"),
        ("", ""),
        (f"sid=1; Path=/{KEY}", "sid=x; Path=/" + "x" * 17),
    ],
)
def test_set_cookie_loses_its_value_only(value: str, expected: str) -> None:
    assert redact_head([(b"Set-Cookie", value.encode())], KNOWN) == ((b"Set-Cookie", expected.encode()),)
    assert len(expected) == len(value)


def test_a_head_keeps_order_case_and_lengths() -> None:
    head = [(b"X-Echo", KEY.encode()), (b"x-echo", b"key=sk-Abc%2F123_xyZ%2b90;"), (b"Content-Type", b"text/plain")]
    assert redact_head(head, KNOWN) == (
        (b"X-Echo", b"x" * 17),
        (b"x-echo", b"key=" + b"x" * 21 + b";"),
        (b"Content-Type", b"text/plain"),
    )


def test_a_url() -> None:
    assert redact_url("/v1?key=sk-Abc%2F123_xyZ%2B90&a=\udcff", KNOWN) == f"/v1?key={'x' * 21}&a=\udcff"
    assert redact_url(f"https://u:{KEY}@host/é", KNOWN) == f"https://u:{'x' * 17}@host/é"
    assert redact_url("/v1?key=test", KNOWN) == "/v1?key=test"


def test_request_headers_by_allow_list() -> None:
    headers = [
        ("Host", "127.0.0.1"),
        ("Content-Type", "application/json"),
        ("Accept", f"*/*; note={KEY}"),
        ("Authorization", f"Bearer {KEY}"),
        ("Anthropic-Version", "2023-06-01"),
        ("User-Agent", "curl/8.5.0"),
        ("x-request-id", "1"),
        ("Last-Event-ID", "7"),
    ]
    assert stored_headers(headers, KNOWN) == (
        ("content-type", "application/json"),
        ("accept", f"*/*; note={'x' * 17}"),
        ("anthropic-version", "2023-06-01"),
        ("last-event-id", "7"),
    )


def test_the_allow_list_names_no_credential() -> None:
    assert all(name == name.lower() for name in STORED_REQUEST_HEADERS)
    assert not STORED_REQUEST_HEADERS & {"authorization", "cookie", "x-api-key", "host", "user-agent"}
