"""A request that was sent, as a cassette keeps it."""

from __future__ import annotations

import pytest

from mocksse.cassette.asked import escape, readable, stored_request
from mocksse.cassette.model import Request
from mocksse.cassette.redact import Secrets

KEY = "sk-proj-0123456789abcdef"


def test_what_is_secret_is_blotted_and_what_can_not_be_written_replaced() -> None:
    secrets = Secrets((KEY.encode(),))
    headers = (("Authorization", f"Bearer {KEY}"), ("Accept", "a\udcff"), ("Content-Type", "text/plain"))
    kept = stored_request("POST", f"/v1?q={KEY}", headers, f"my {KEY}".encode(), secrets)
    blot = "x" * len(KEY)
    assert kept == Request(
        f"/v1?q={blot}", "POST", (("accept", "a\N{REPLACEMENT CHARACTER}"), ("content-type", "text/plain")),
        f"my {blot}".encode(),
    )  # fmt: skip
    assert stored_request("GET", "/", (), None, secrets).body is None


@pytest.mark.parametrize(
    ("target", "escaped"),
    [("/a?b=c%20d&e={f}|\"'", "/a?b=c%20d&e={f}|\"'"), ("/a b\t", "/a%20b%09"), ("/é\udcff", "/%C3%A9%FF")],
)
def test_a_target(target: str, escaped: str) -> None:
    assert escape(target) == escaped


def test_readable() -> None:
    assert readable("é\udcff") == "é\N{REPLACEMENT CHARACTER}"
