"""What holds of matching whatever is asked: a recording finds itself, the best is among the fitting, words agree."""

from __future__ import annotations

import json

import pytest
from cassette_strategies import AWKWARD, JSON_BODIES, REQUEST_BODIES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matching import chat

from mocksse.cassette.match import (
    Rules,
    asked,
    differences,
    find,
    fitting,
    last_user_message,
    nearest,
    parse_json,
    recorded,
)
from mocksse.cassette.match.predicate import _places, body_fits
from mocksse.cassette.model import Request

DEEP = (
    b"[" * 900 + b"]" * 900,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"messages":[{"content":' + b"[" * 900 + b"]" * 900 + b"}]}",
)
TARGETS = (
    AWKWARD.map("/".__add__)
    | st.text()
    | st.sampled_from(
        ["/x", "/x?a=1", "/x?a=1&a=2&b=", "/x?%", "*", "//", "/%ff?%ff=%", "/{a}", "/{a}{b}?{a}", "/x/{a}.b"]
    )
)
BODIES = REQUEST_BODIES | st.sampled_from(
    [*DEEP, chat("a"), chat("b"), chat("a", stream=True), chat("call_1a 2026-01-01", user="u"), b'{"messages":[]}']
)
HEADERS = st.lists(
    st.tuples(st.sampled_from(["accept", "Accept", "x-a"]), st.sampled_from(["", "a", "b, c"])), max_size=3
).map(tuple)
REQUESTS = st.builds(Request, TARGETS, st.sampled_from(["GET", "POST", "HEAD"]), HEADERS, BODIES)
RULES = st.builds(
    Rules,
    st.sampled_from(["exact", "subset", "ignore"]),
    st.sampled_from([(), ("accept",), ("accept", "x-a")]),
    st.sampled_from(["best", "exact", "subset", "last-user-message", "ignore"]),
    st.lists(
        st.sampled_from(["ids", "dates", "user", "stream", "a", "$.a", "$..b", "$.messages[0]", "$[?@.a]"]), max_size=3
    ).map(tuple),
)
WANTED = st.tuples(st.sampled_from(["GET", "POST", "HEAD", "é"]), TARGETS, BODIES, HEADERS)


@settings(max_examples=300, deadline=None)
@given(WANTED, st.lists(REQUESTS, max_size=5), RULES)
def test_the_best_is_among_the_fitting_and_they_are_those_without_differences(
    wanted: tuple[str, str, bytes | None, tuple[tuple[str, str], ...]], requests: list[Request], rules: Rules
) -> None:
    recordings = [recorded(request, rules) for request in requests]
    want = asked(*wanted, rules)
    fit = fitting(want, recordings, rules)
    found = find(want, recordings, rules)
    assert set(found) <= set(fit)
    assert bool(found) == bool(fit)
    assert list(found) == sorted(found)
    agree = {i for i, have in enumerate(recordings) if not differences(want, have, rules)}
    assert set(fit) <= agree
    assert bool(fit) == bool(agree)
    if want.method != "HEAD" and not any(have.pattern for have in recordings):
        assert set(fit) == agree
    misses = nearest(want, recordings, rules)
    assert len(misses) == min(3, len(recordings))
    assert all(len(str(item)) < 600 and "\n" not in str(item) for miss in misses for item in miss.differs)
    last_user_message(parse_json(want.body))


@settings(max_examples=300, deadline=None)
@given(REQUESTS, st.lists(REQUESTS, max_size=5), RULES, st.data())
@example(Request("/{a}", "GET"), [Request("/x", "GET")], Rules(), None)
def test_what_was_recorded_finds_itself(
    request: Request, others: list[Request], rules: Rules, data: st.DataObject | None
) -> None:
    place = data.draw(st.integers(0, len(others))) if data is not None else 0
    recordings = [recorded(other, rules) for other in [*others[:place], request, *others[place:]]]
    want = asked(request.method or "", request.path, request.body, request.headers, rules)
    assert differences(want, recordings[place], rules) == ()
    assert place in find(want, recordings, rules)
    assert nearest(want, recordings, rules)[0].differs == ()


@settings(max_examples=300, deadline=None)
@given(JSON_BODIES, JSON_BODIES, st.sampled_from(["exact", "subset"]), st.booleans())
def test_hashes_and_places_say_the_same(mine: bytes, its: bytes, body: str, nested: bool) -> None:
    # Two random values hardly ever have anything in common.
    mine, its = (b'{"a":%b,"b":[%b]}' % (mine, its), b'{"a":%b}' % mine) if nested else (mine, its)
    rules = Rules(body=body)  # type: ignore[arg-type]
    want, have = asked("POST", "/x", mine, (), rules), recorded(Request("/x", body=its), rules)
    places = list(_places(json.loads(mine), json.loads(its), (), body == "subset", ()))
    assert body_fits(want, have, rules) == (not places)
    assert bool(differences(want, have, rules)) == bool(places)


@pytest.mark.parametrize("body", DEEP, ids=lambda body: body[:24].decode())
def test_depth_is_no_trouble(body: bytes) -> None:
    other = body.replace(b"]", b" ]").replace(b"}", b" }")
    recordings = [recorded(Request("/x", body=b"{}")), recorded(Request("/x", body=other))]

    def from_depth(levels: int) -> tuple[int, ...]:
        return from_depth(levels - 1) if levels else find(asked("POST", "/x", body), recordings, Rules())

    for levels in range(0, 900, 50):
        assert from_depth(levels) in {(0,), (1,)}
