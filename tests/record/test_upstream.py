"""Who is asked, where, and with which header fields; and what no request can choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.errors import UsageError
from mocksse.record.request import Request, encode_request
from mocksse.record.upstream import Upstream, choose, forwarded, is_loop, parse_upstream


@pytest.mark.parametrize(
    ("text", "prefix", "url"),
    [
        ("https://api.example.org", "", "https://api.example.org"),
        ("https://api.example.org/", "", "https://api.example.org"),
        ("http://127.0.0.1:8091/v1/", "", "http://127.0.0.1:8091/v1"),
        ("/openai=https://h/v1", "/openai", "https://h/v1"),
        ("/a/b/=http://[::1]:9", "/a/b", "http://[::1]:9"),
        ("/=http://h", "", "http://h"),
        ("http://h/a=b", "", "http://h/a=b"),
        ("/x=http://h/a=b", "/x", "http://h/a=b"),
        ("HTTPS://H", "", "HTTPS://H"),
        ("/v1.0=http://h", "/v1.0", "http://h"),
    ],
)
def test_parse(text: str, prefix: str, url: str) -> None:
    assert parse_upstream(text) == Upstream(prefix, url)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with http"),
        ("api.example.org", "must begin with http"),
        ("/openai", "must begin with http"),
        ("/openai=", "must begin with http"),
        ("openai=https://h", "begins with a slash"),
        ("ftp://h", "can't speak ftp"),
        ("/x=ws://h", "can't speak ws"),
        ("https://me:sk-secret@h", "has a user or password in it"),
        ("https://h?key=sk-secret", "no query and no fragment"),
        ("https://h/#sk-secret", "no query and no fragment"),
        ("https://h /x", "white space"),
        ("https://h:0/", "port"),
        ("https://h:99999/", "not a URL"),
        ("https:///x", "names no host"),
        ("/a?b=http://h", "plain path"),
        ("/a//b=http://h", "plain path"),
        ("/a/..=http://h", "plain path"),
        ("/%61=http://h", "plain path"),
        ("/a b=http://h", "plain path"),
        ("/@cut=http://h", "mocksse's own"),
        ("/__mocksse=http://h", "mocksse's own"),
    ],
)
def test_what_is_none(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_upstream(text)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


UPSTREAMS = [
    Upstream("/openai", "https://o"),
    Upstream("/openai/azure", "https://a/base"),
    Upstream("/anthropic", "http://127.0.0.1:9/x"),
]
ALL = [*UPSTREAMS, Upstream("", "https://rest/v1")]


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/openai/v1/chat?stream=1&key=%2F", "https://o/v1/chat?stream=1&key=%2F"),
        ("/openai", "https://o"),
        ("/openai/", "https://o/"),
        ("/openai?", "https://o?"),
        ("/openai/azure/x", "https://a/base/x"),
        ("/openai/azures", "https://o/azures"),
        ("/openaix/v1", None),
        ("/OpenAI/v1", None),
        ("/anthropic//v1", "http://127.0.0.1:9/x//v1"),
        ("/anthropic/v1?a=/../b", "http://127.0.0.1:9/x/v1?a=/../b"),
        ("/anthropic/@evil.example/", "http://127.0.0.1:9/x/@evil.example/"),
        ("/", None),
        ("", None),
        ("*", None),
        ("http://evil.example/openai", None),
        ("evil.example:443", None),
        # A server may read these as a path above the upstream's own.
        ("/anthropic/../admin", None),
        ("/anthropic/.", None),
        ("/anthropic/%2e%2E/admin", None),
        ("/anthropic/.%2e", None),
        ("/anthropic/a%2f..%2f..", None),
        ("/anthropic/..\\admin", None),
        ("/anthropic/...", "http://127.0.0.1:9/x/..."),
        ("/anthropic/a..b/.c", "http://127.0.0.1:9/x/a..b/.c"),
    ],
)
def test_choose(target: str, url: str | None) -> None:
    chosen = choose(UPSTREAMS, target)
    assert (chosen and chosen[1]) == url
    assert choose(reversed(UPSTREAMS), target) == chosen
    if url is None and target.startswith("/") and "anthropic" not in target:
        assert choose(ALL, target) == (ALL[-1], f"https://rest/v1{target}")


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30))
def test_nothing_of_a_target_chooses_the_host_or_leaves_the_path(text: str) -> None:
    for target in (text, f"/{text}", f"/openai{text}", f"/anthropic/{text}"):
        if (chosen := choose(ALL, target)) is not None:
            upstream, url = chosen
            asked = Request("GET", url)
            own = Request("GET", upstream.url)
            assert asked.origin == own.origin
            assert asked.target.startswith(own.target.rstrip("/"))


def sent(*headers: tuple[str, str], body: bytes | None = b"{}", method: str = "POST", **how: bool) -> bytes:
    request = forwarded(
        method,
        "https://h/v1?x=y",
        headers,
        body,
        keep_encoding=how.get("keep_encoding", False),
        via="mocksse-1",
        decoded=how.get("decoded", False),
    )
    return encode_request(request)


def test_order_case_and_number_stay() -> None:
    given = (
        ("HOST", "127.0.0.1:8080"),
        ("x-API-key", "k"),
        ("accept-ENCODING", "gzip, br"),
        ("Cookie", "a=b"),
        ("cookie", "c=d"),
        ("Content-Length", "2"),
        ("X-u", "\udcff\u00fc"),
    )
    assert sent(*given) == (
        b"POST /v1?x=y HTTP/1.1\r\nHost: h\r\nx-API-key: k\r\naccept-ENCODING: identity\r\nCookie: a=b\r\n"
        b"cookie: c=d\r\nX-u: \xff\xc3\xbc\r\nVia: 1.1 mocksse-1\r\nContent-Length: 2\r\n\r\n{}"
    )


ONE_HOP = """
    Connection Keep-Alive Proxy-Authorization proxy-connection TE Trailer Transfer-Encoding Upgrade Expect
    Content-Length x-mocksse-fault X-Mocksse-Pacing X-Named x-also
"""


@pytest.mark.parametrize("name", ONE_HOP.split())
def test_what_is_of_one_hop_stays_behind(name: str) -> None:
    named = ("Connection", "keep-alive, x-named"), ("connection", "X-Also ,close")
    lines = sent((name, "chunked"), *named, method="GET", body=None).split(b"\r\n")
    assert lines[1:] == [b"Host: h", b"Accept-Encoding: identity", b"Via: 1.1 mocksse-1", b"", b""]


def test_encodings() -> None:
    assert b"Accept-Encoding: identity\r\n" in sent()
    assert sent(("Accept-Encoding", "gzip"), ("accept-encoding", "br")).lower().count(b"accept-encoding") == 1
    kept = sent(("Accept-Encoding", "gzip"), ("accept-encoding", "br"), keep_encoding=True)
    assert b"Accept-Encoding: gzip\r\naccept-encoding: br\r\n" in kept
    assert b"ccept-" not in sent(keep_encoding=True)
    assert b"Content-Encoding: gzip" in sent(("Content-Encoding", "gzip"))
    assert b"Content-Encoding" not in sent(("Content-Encoding", "gzip"), decoded=True)


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("GET", None, None), ("POST", None, b"0"), ("POST", b"", b"0"), ("DELETE", b"x", b"1")],
)
def test_the_length_is_that_of_the_body(method: str, body: bytes | None, length: bytes | None) -> None:
    data = sent(("content-length", "77"), ("Transfer-Encoding", "chunked"), method=method, body=body)
    assert (b"\r\nContent-Length: %b\r\n" % (length or b"") in data) == (length is not None)
    assert b"77" not in data
    assert data.endswith(b"\r\n\r\n" + (body or b""))


@pytest.mark.parametrize(
    ("headers", "loop"),
    [
        ((), False),
        ((("Via", "1.1 mocksse-1"),), True),
        ((("VIA", "1.0 fred, 1.1 Mocksse-1 (proxy)"),), True),
        ((("via", "HTTP/1.1 a"), ("Via", "HTTP/1.1 mocksse-1")), True),
        ((("Via", "1.1 mocksse-2, 1.1 xmocksse-1, mocksse-1,"),), False),
        ((("X-Via", "1.1 mocksse-1"),), False),
    ],
)
def test_a_loop(headers: tuple[tuple[str, str], ...], loop: bool) -> None:
    assert is_loop(headers, "mocksse-1") == loop


def test_what_was_forwarded_is_known_again() -> None:
    request = forwarded("GET", "http://h/", (("Via", "1.1 other"),), None, keep_encoding=True, via="m")
    assert request.headers == (("Via", "1.1 other"), ("Via", "1.1 m"))
    assert is_loop(request.headers, "m")
