"""Who may read an answer: any page, every answer, all of its headers; and nobody else sees a difference."""

from __future__ import annotations

import pytest

from mocksse.replay import cors

ORIGIN = "http://127.0.0.1:9999"


def test_any_origin_is_named_and_may_send_credentials() -> None:
    headers = ((b"Content-Type", b"text/event-stream"), (b"X-Request-Id", b"7"))
    assert cors.answer(headers, ORIGIN) == (
        *headers,
        (b"Access-Control-Allow-Origin", ORIGIN.encode()),
        (b"Access-Control-Allow-Credentials", b"true"),
        (b"Access-Control-Expose-Headers", b"content-type, x-request-id"),
        (b"Vary", b"Origin"),
    )


def test_what_was_said_to_another_origin_goes() -> None:
    recorded = (
        (b"access-control-allow-origin", b"*"),
        (b"X-A", b"1"),
        (b"ACCESS-CONTROL-EXPOSE-HEADERS", b"*"),
        (b"Access-Control-Max-Age", b"5"),
        (b"Vary", b"Accept-Encoding"),
        (b"x-a", b"2"),
    )
    answered = cors.answer(recorded, ORIGIN)
    assert answered[:3] == ((b"X-A", b"1"), (b"Vary", b"Accept-Encoding"), (b"x-a", b"2"))
    assert [name for name, _ in answered[3:]] == [
        b"Access-Control-Allow-Origin",
        b"Access-Control-Allow-Credentials",
        b"Access-Control-Expose-Headers",
        b"Vary",
    ]
    assert answered[5][1] == b"x-a, vary"


def test_an_opaque_origin_is_an_origin() -> None:
    assert (b"Access-Control-Allow-Origin", b"null") in cors.answer((), "null")


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("headers", ["", "authorization, x-stainless-os, anthropic-dangerous-direct-browser-access"])
def test_a_preflight_gets_all_that_it_asks_for(headers: str, private: bool) -> None:
    answer = cors.preflight(ORIGIN, "PUT", headers, private=private)
    status, *fields = answer.removesuffix(b"\r\n\r\n").split(b"\r\n")
    said = dict(field.split(b": ", 1) for field in fields)
    assert status == b"HTTP/1.1 204 No Content"
    assert said[b"Access-Control-Allow-Origin"] == ORIGIN.encode()
    assert said[b"Access-Control-Allow-Credentials"] == b"true"
    assert said[b"Access-Control-Allow-Methods"] == b"PUT"
    assert said.get(b"Access-Control-Allow-Headers", b"") == headers.encode()
    assert said[b"Access-Control-Max-Age"] == b"600"
    assert (b"Access-Control-Allow-Private-Network" in said) == private
    assert set(said[b"Vary"].split(b", ")) >= {b"Origin", b"Access-Control-Request-Headers"}


def test_credentials_are_not_for_everybody() -> None:
    """No browser takes `*` and credentials together."""
    assert cors.answer((), "*") == (
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Expose-Headers", b""),
        (b"Vary", b"Origin"),
    )
    assert b"Credentials" not in cors.preflight("", "PUT", "", private=False)


def test_a_preflight_that_says_little_gets_the_usual() -> None:
    answer = cors.preflight("", "", "", private=False)
    assert b"\r\nAccess-Control-Allow-Origin: *\r\n" in answer
    assert b"\r\nAccess-Control-Allow-Methods: GET, POST\r\n" in answer
