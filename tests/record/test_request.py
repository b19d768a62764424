from __future__ import annotations

import pytest

from mocksse.errors import UsageError
from mocksse.record.request import Request, encode_request


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("http://127.0.0.1:8080/v1/chat", "http://127.0.0.1:8080", "/v1/chat"),
        ("https://api.example/a?b=c#d", "https://api.example", "/a?b=c"),
        ("HTTP://API.Example", "http://api.example", "/"),
        ("http://h?q", "http://h", "/?q"),
        ("http://h#frag/ment?x", "http://h", "/"),
        ("http://[::1]:81/x", "http://[::1]:81", "/x"),
        ("http://h/a/../b//c/./d", "http://h", "/a/../b//c/./d"),
        ("http://h/?", "http://h", "/?"),
        ("http://h/%7e%zz?a=%2f&b=[]{}|^", "http://h", "/%7e%zz?a=%2f&b=[]{}|^"),
        ("http://h/a b\r\nX: y", "http://h", "/a%20b%0D%0AX:%20y"),
        ("http://h/ü?q=日", "http://h", "/%C3%BC?q=%E6%97%A5"),
        ("http://h/\udcff", "http://h", "/%FF"),
        ("http://bücher.example/", "http://xn--bcher-kva.example", "/"),
    ],
)
def test_the_target_goes_out_as_typed(url: str, origin: str, target: str) -> None:
    request = Request("GET", url)
    assert str(request.origin).rstrip("/") == origin
    assert request.target == target
    assert encode_request(request).startswith(f"GET {target} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "must begin with http:// or https://"),
        ("localhost:8080/x", "must begin with http:// or https://"),
        ("/v1/chat", "must begin with http:// or https://"),
        ("ftp://h/", "can't speak ftp://"),
        ("ws://h/", "can't speak ws://"),
        ("http://", "names no host"),
        ("http:///x", "names no host"),
        ("http://:80/", "host is required"),
        ("http://user:secret@h/", "user or password"),
        ("http://h:x/", "port can't be converted"),
        ("http://h:99999/", "Port out of range"),
        ("http://[::1/", "Invalid IPv6 URL"),
        ("http://a b/", "white space"),
        ("http://a\n/", "white space"),
    ],
)
def test_a_url_that_cannot_be_asked(url: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        Request("GET", url + "?key=sk-0123456789" if url else url)
    assert "secret" not in str(caught.value)
    assert "sk-0123" not in str(caught.value)


@pytest.mark.parametrize("method", ["", "GE T", "GET\r\nX:", "GÉT"])
def test_a_method_must_be_a_token(method: str) -> None:
    with pytest.raises(UsageError, match="not an HTTP method"):
        Request(method, "http://h/")


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "ä"])
def test_a_header_name_must_be_a_token(name: str) -> None:
    with pytest.raises(UsageError, match="not a header name"):
        Request("GET", "http://h/", ((name, "x"),))


@pytest.mark.parametrize("value", ["sk-0123\r\nX: y", "sk-0123\n", "sk-0123\0"])
def test_a_header_value_has_no_line_break_and_is_not_repeated(value: str) -> None:
    with pytest.raises(UsageError, match="header X-Key") as caught:
        Request("GET", "http://h/", (("X-Key", value),))
    assert "sk-0123" not in str(caught.value)


def test_nothing_is_added_to_a_get_but_host() -> None:
    assert encode_request(Request("GET", "http://h:81/x")) == b"GET /x HTTP/1.1\r\nHost: h:81\r\n\r\n"
    assert encode_request(Request("GET", "https://h:443/x")) == b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n"


def test_headers_keep_order_case_duplicates_and_bytes() -> None:
    headers = (("x-B", "1"), ("X-a", ""), ("x-b", "2  "), ("host", "other"), ("N", "ü\udcff"))
    assert encode_request(Request("get", "http://h/", headers)) == (
        b"get / HTTP/1.1\r\nx-B: 1\r\nX-a: \r\nx-b: 2  \r\nhost: other\r\nN: \xc3\xbc\xff\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("method", "headers", "body", "fields", "sent"),
    [
        ("POST", (), b"abc", b"Content-Length: 3\r\n", b"abc"),
        ("POST", (), b"", b"Content-Length: 0\r\n", b""),
        ("POST", (), None, b"Content-Length: 0\r\n", b""),
        ("GET", (), b"abc", b"Content-Length: 3\r\n", b"abc"),
        ("DELETE", (), None, b"", b""),
        ("POST", (("content-length", "9"),), b"abc", b"content-length: 9\r\n", b"abc"),
        ("PUT", (("Transfer-Encoding", "Chunked"),), b"0123456789abcdefX", b"Transfer-Encoding: Chunked\r\n", None),
        ("PUT", (("Transfer-Encoding", "chunked"),), None, b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        ("POST", (("Expect", "100-continue"),), b"a", b"Expect: 100-continue\r\nContent-Length: 1\r\n", b"a"),
    ],
)
def test_a_body_says_how_long_it_is(
    method: str, headers: tuple[tuple[str, str], ...], body: bytes | None, fields: bytes, sent: bytes | None
) -> None:
    if sent is None:
        sent = b"11\r\n0123456789abcdefX\r\n0\r\n\r\n"
    wire = encode_request(Request(method, "http://h/", headers, body))
    assert wire == method.encode() + b" / HTTP/1.1\r\nHost: h\r\n" + fields + b"\r\n" + sent


def test_a_plain_proxy_gets_the_absolute_form() -> None:
    request = Request("GET", "http://h:81/x?y")
    wire = encode_request(request, absolute=True, proxy_authorization="Basic dTpw")
    assert wire == b"GET http://h:81/x?y HTTP/1.1\r\nHost: h:81\r\nProxy-Authorization: Basic dTpw\r\n\r\n"


def test_a_proxy_authorization_of_the_caller_stands() -> None:
    request = Request("GET", "http://h/", (("proxy-authorization", "mine"),))
    assert encode_request(request, proxy_authorization="Basic dTpw").count(b"roxy-") == 1
