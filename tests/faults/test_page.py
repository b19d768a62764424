"""Pages of HTML instead of an answer: whose they are shows in status, headers and markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from breaking import Got, broken, got

from mocksse.errors import UsageError


def page(faults: str) -> Got:
    there = got(broken(faults))
    assert there.whole
    assert (there.header("content-type") or "").startswith("text/html")
    assert there.header("content-length") == str(len(there.body))
    return there


@pytest.mark.parametrize(
    ("faults", "status", "server", "title"),
    [
        ("html-error", 502, "nginx", "<title>502 Bad Gateway</title>"),
        ("html-error 504", 504, "nginx", "<title>504 Gateway Time-out</title>"),
        ("html-error 520", 520, "cloudflare", "| 520: Web server is returning an unknown error</title>"),
        ("html-error 524", 524, "cloudflare", "| 524: A timeout occurred</title>"),
        ("html-error 502 flavour=cloudflare", 502, "cloudflare", "| 502: Bad gateway</title>"),
        ("html-error 503 flavour=alb", 503, "awselb/2.0", "<title>503 Service Temporarily Unavailable</title>"),
        ("html-error 200", 200, None, "<title>Sign in</title>"),
        ("html-error 530 flavour=nginx", 530, "nginx", "<title>530</title>"),
    ],
)
def test_who_writes_it(faults: str, status: int, server: str | None, title: str) -> None:
    there = page(faults)
    assert (there.status, there.header("server")) == (status, server)
    assert title in there.body.decode()


@pytest.mark.parametrize("flavour", ["nginx", "cloudflare", "alb", "login"])
def test_it_is_html_with_even_tags(flavour: str) -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in {"hr", "meta", "input"}:
                self.open.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            assert tag == "meta"

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    tags = Tags()
    tags.feed(page(f"html-error flavour={flavour}").body.decode())
    assert not tags.open


def test_the_status_line_is_its_writers_too() -> None:
    assert broken("html-error 504").wire.startswith(b"HTTP/1.1 504 Gateway Time-out\r\n")
    assert broken("html-error 520").wire.startswith(b"HTTP/1.1 520 \r\n")
    assert broken("html-error 200").wire.startswith(b"HTTP/1.1 200 OK\r\n")


def test_what_is_no_status() -> None:
    with pytest.raises(UsageError, match="no status"):
        broken("html-error 700")
