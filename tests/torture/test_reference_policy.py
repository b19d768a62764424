"""When the reference client asks again, how long it waits, and what a redirect makes of its request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.record.request import Request
from mocksse.torture.clients.contract import Failure
from mocksse.torture.clients.reference import policy

NOW_S = 1_800_000_000.0
DRAWS = st.floats(0, 1, exclude_max=True)
ASKED = Request("POST", "http://a.test/v1/x?q=1", (("Content-Type", "text/plain"), ("Authorization", "k")), b"body")


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ([], None),
        ([(b"Retry-After", b"3")], 3),
        ([(b"retry-after", b"0")], 0),
        ([(b"Retry-After", b"3"), (b"retry-after-ms", b"1500.5")], 1.5005),
        ([(b"Retry-After", b"Fri, 15 Jan 2027 08:00:05 GMT")], 5),
        ([(b"Retry-After", b"Fri, 15 Jan 2027 07:59:59 GMT")], None),  # past
        ([(b"Retry-After", b"-3")], None),
        ([(b"Retry-After", b"3.5")], None),
        ([(b"Retry-After", b"soon")], None),
        ([(b"Retry-After", b"1e9")], None),
        ([(b"Retry-After", b"1000000000")], None),
        ([(b"Retry-After", b"")], None),
        ([(b"retry-after-ms", b"-1"), (b"Retry-After", b"2")], 2),
    ],
)
def test_the_wait_that_is_asked_for(headers: list[tuple[bytes, bytes]], told: float | None) -> None:
    assert policy.told_s(tuple(headers), NOW_S) == told


@given(st.integers(0, 40), st.floats(0, policy.MAX_WAIT_S) | st.none(), DRAWS)
def test_it_never_comes_back_too_early_and_never_much_too_late(tried: int, told: float | None, draw: float) -> None:
    wait = policy.wait_s(tried, told, draw)
    assert wait is not None
    assert max(told or 0, 0.5) <= wait <= max(told or 0, 8) + 2


def test_waits_grow_and_what_takes_too_long_is_not_waited_for() -> None:
    assert [policy.wait_s(tried, None, 0) for tried in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert policy.wait_s(0, policy.MAX_WAIT_S + 1, 0) is None
    assert policy.reconnect_s(0, policy.MAX_WAIT_S + 1, 0) is None
    assert [policy.reconnect_s(failures, 3, 0) for failures in range(4)] == [3, 3.5, 4, 5]


def test_only_what_passes_is_asked_again() -> None:
    passing = [status for status in range(200, 600) if policy.is_passing(status)]
    assert {408, 409, 425, 429, 500, 502, 503, 504, 520, 524, 529} <= set(passing)
    assert not {200, 204, 301, 400, 401, 403, 404, 413, 422, 501, 505} & set(passing)


@pytest.mark.parametrize(
    ("status", "location", "method", "url"),
    [
        (301, b"/y", "POST", "http://a.test/y"),
        (302, b"./y?z#f", "POST", "http://a.test/v1/y?z"),
        (303, b"/y", "GET", "http://a.test/y"),
        (307, b"//b.test/y", "POST", "http://b.test/y"),
        (308, b"https://a.test/y", "POST", "https://a.test/y"),
    ],
)
def test_where_a_redirect_leads(status: int, location: bytes, method: str, url: str) -> None:
    further = policy.redirected(ASKED, status, location)
    assert further is not None
    assert (further.method, further.url, further.body) == (method, url, b"body" if method == "POST" else None)
    names = {name for name, _ in further.headers}
    assert ("Authorization" in names) == url.startswith("http://a.test")
    assert ("Content-Type" in names) == (method == "POST")


@pytest.mark.parametrize("location", [None, b"", b"ftp://a.test/", b"http://[x", b"mailto:a"])
def test_a_redirect_to_nowhere_is_a_failure(location: bytes | None) -> None:
    with pytest.raises(Failure, match=r"^307 "):
        policy.redirected(ASKED, 307, location)


def test_no_other_status_is_a_redirect() -> None:
    for status in (200, 204, 300, 304, 404):
        assert policy.redirected(ASKED, status, b"/y") is None
