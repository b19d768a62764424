"""A request in the terms of matching: decoded, without credentials, with the headers that were chosen."""

from __future__ import annotations

import pytest

from mocksse.cassette.match import Asked, Rules, asked, recorded
from mocksse.cassette.model import Request


@pytest.mark.parametrize(
    ("method", "target", "body", "what"),
    [
        ("GET", "/x?b=2&a=1#f", None, Asked("GET", "/x", (("a", "1"), ("b", "2")), None, None)),
        ("GET", "/a%2Fb%00?%C3%A9=%ff", b"", Asked("GET", "/a/b\0", (("é", "\ufffd"),), None, None)),
        ("POST", "/x?key=1", b"{}", Asked("POST", "/x", (), b"{}", False)),
        ("POST", "/x", b'{"stream":true}', Asked("POST", "/x", (), b'{"stream":true}', True)),
        ("POST", "/api/generate", b"{}", Asked("POST", "/api/generate", (), b"{}", True)),
    ],
)
def test_asked(method: str, target: str, body: bytes | None, what: Asked) -> None:
    assert asked(method, target, body) == what


def test_a_recording_is_read_alike() -> None:
    request = Request("/x?a=1", "POST", (("Accept", "a"), ("accept", "b")), b"{}")
    rules = Rules(headers=("accept",), ignore=("stream",))
    assert recorded(request, rules) == Asked(
        "POST", "/x", (("a", "1"),), b"{}", None, (("accept", "a, b"),), ("stream",)
    )
    assert recorded(Request("/x")).method == ""
