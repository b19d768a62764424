"""Redirects: where they lead to, and that the way to oneself holds under any prefix."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from breaking import broken, got
from hypothesis import given
from hypothesis import strategies as st

from mocksse.errors import UsageError
from mocksse.replay.compile import Play
from mocksse.replay.faults.http.redirect import itself


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_to_the_same_place(code: int) -> None:
    play = Play(target="/v1/chat/completions")
    plan = broken(f"redirect {code}", play=play)
    there = got(plan)
    assert (there.status, there.body, there.whole, plan.finish) == (code, b"", True, "complete")
    assert there.headers == ((b"Location", b"./completions"), (b"Content-Length", b"0"))
    assert play.asked, "the plan is that request's"


@pytest.mark.parametrize(
    ("to", "headers"),
    [
        ("none", ()),
        ("empty", ((b"Location", b""),)),
        ("http://127.0.0.1:9/x?y=z", ((b"Location", b"http://127.0.0.1:9/x?y=z"),)),
        ("/v1/other", ((b"Location", b"/v1/other"),)),
    ],
)
def test_to_elsewhere(to: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    play = Play()
    there = got(broken(f"redirect to={to}", play=play))
    assert there.status == 307
    assert there.headers == (*headers, (b"Content-Length", b"0"))
    assert not play.asked


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/chat/completions", "./completions"),
        ("/v1/chat/completions?a=b/c&d", "./completions?a=b/c&d"),
        ("/v1beta/models/gemini:streamGenerateContent?alt=sse", "./gemini:streamGenerateContent?alt=sse"),
        ("/", "./"),
        ("/a/", "./"),
        ("/?x", "./?x"),
    ],
)
def test_a_reference_to_itself(target: str, expected: str) -> None:
    assert itself(target) == expected


SEGMENT = st.text("abc:.%~-_@", min_size=1, max_size=6).filter(lambda s: s not in {".", ".."})


@given(st.lists(SEGMENT, max_size=4), st.sampled_from(["", "?a=b/c", "?x"]), st.sampled_from(["", "/@s", "/%40s/p"]))
def test_it_leads_back_under_any_prefix(segments: list[str], query: str, prefix: str) -> None:
    target = "/" + "/".join(segments) + query
    asked = f"http://host:1{prefix}{target}"
    assert urljoin(asked, itself(target)) == asked


def test_errors() -> None:
    with pytest.raises(UsageError, match="'300' is none of 301, 302, 303, 307, 308"):
        broken("redirect 300")
    with pytest.raises(UsageError, match="one line"):
        broken('redirect to="/a\r\nx: y"')
