"""What must agree between a request and a recording: the table of the predicate, under every rule, and what is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from matching import chat, spoken

from mocksse.cassette.match import Rules, asked, differences, recorded
from mocksse.cassette.model import Request


def fields_of(want: tuple[str, str, bytes | None], have: Request, rules: Rules, *headers: tuple[str, str]) -> list[str]:
    return [item.field for item in differences(asked(*want, headers, rules), recorded(have, rules), rules)]


GET = ("GET", "/x", None)
POST = ("POST", "/v1/chat", None)


@pytest.mark.parametrize(
    ("want", "have", "fields"),
    [
        # Path
        (GET, Request("/x"), []),
        (GET, Request("/y"), ["path"]),
        (GET, Request("/X"), ["path"]),
        (GET, Request("/x/"), ["path"]),
        (("GET", "/a%20b", None), Request("/a b"), []),
        (("GET", "/a b", None), Request("/a%20b"), []),
        (("GET", "/x#here", None), Request("/x"), []),
        (POST, Request("/chat"), ["path"]),
        (("POST", "/chat", None), Request("/v1/chat"), ["path"]),
        (("POST", "/v1/v1/chat", None), Request("/v1/chat"), ["path"]),
        (POST, Request("/v1/chats"), ["path"]),
        (("GET", "/v1", None), Request("/"), ["path"]),
        # Patterns: one segment that is not empty, or a part of one
        (("GET", "/t/abc/runs", None), Request("/t/{thread_id}/runs"), []),
        (("GET", "/t//runs", None), Request("/t/{thread_id}/runs"), ["path"]),
        (("GET", "/t/a/b/runs", None), Request("/t/{thread_id}/runs"), ["path"]),
        (("GET", "/t/a%2Fb/runs", None), Request("/t/{thread_id}/runs"), []),
        (("GET", "/t/abc/run", None), Request("/t/{thread_id}/runs"), ["path"]),
        (("GET", "/t/{thread_id}/runs", None), Request("/t/abc/runs"), ["path"]),
        (("GET", "/models/m-1:generate", None), Request("/models/{model}:generate"), []),
        (("GET", "/models/:generate", None), Request("/models/{model}:generate"), ["path"]),
        (("GET", "/models/m-1:count", None), Request("/models/{model}:generate"), ["path"]),
        (("GET", "/a/b", None), Request("/{x}/{y}"), []),
        (("GET", "/a", None), Request("/{}"), ["path"]),
        (("GET", "/a", None), Request("/{1}"), ["path"]),
        # Method
        (GET, Request("/x", "GET"), []),
        (GET, Request("/x", "POST"), ["method"]),
        (("HEAD", "/x", None), Request("/x", "GET"), []),
        (("HEAD", "/x", None), Request("/x", "POST"), []),
        (("OPTIONS", "/x", None), Request("/x", "POST"), ["method"]),
        (("BREW", "/x", None), Request("/x"), []),
        # Query
        (("GET", "/x?a=1&b=2", None), Request("/x?b=2&a=1"), []),
        (("GET", "/x?a=%20", None), Request("/x?a=+"), []),
        (("GET", "/x?a=", None), Request("/x?a"), []),
        (("GET", "/x?", None), Request("/x"), []),
        (("GET", "/x?a=1", None), Request("/x"), ["query.a"]),
        (("GET", "/x", None), Request("/x?alt=sse"), ["query.alt"]),
        (("GET", "/x?a=1&a=2", None), Request("/x?a=1"), ["query.a"]),
        (("GET", "/x?alt=sse&key=abc", None), Request("/x?alt=sse&key=xxxxxxxx"), []),
        (("GET", "/x?alt=sse", None), Request("/x?key=xxxxxxxx&alt=sse"), []),
        (("GET", "/x?api_key=abc&token=x", None), Request("/x"), []),
        # stream
        (("POST", "/x", chat(stream=True)), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", chat(stream=True)), Request("/x", body=chat()), ["stream"]),
        (("POST", "/x", chat()), Request("/x", body=chat(stream=True)), ["stream"]),
        (("POST", "/x", chat(stream=False)), Request("/x", body=chat()), []),
        (("POST", "/x", chat(stream=True)), Request("/x"), []),
        (("POST", "/x", None), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", b"[1]"), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", b"no JSON"), Request("/x", body=chat(stream=True)), []),
        (("POST", "/api/chat", chat()), Request("/api/chat", body=chat(stream=True)), []),
        (("POST", "/api/chat", chat()), Request("/api/chat", body=chat(stream=False)), ["stream"]),
        # All at once
        (
            ("GET", "/x?a=1", chat()),
            Request("/y", "POST", body=chat(stream=True)),
            ["path", "method", "query.a", "stream"],
        ),
    ],
)
def test_what_must_agree(want: tuple[str, str, bytes | None], have: Request, fields: list[str]) -> None:
    assert fields_of(want, have, Rules()) == fields


SUBSET, IGNORE = Rules(query="subset"), Rules(query="ignore")


@pytest.mark.parametrize(
    ("rules", "asked_for", "kept", "fields"),
    [
        (SUBSET, "/x?a=1&b=2", "/x?a=1", []),
        (SUBSET, "/x?a=1", "/x?a=1&b=2", ["query.b"]),
        (SUBSET, "/x?a=1&a=2", "/x?a=2", []),
        (SUBSET, "/x?a=1", "/x?a=1&a=1", ["query.a"]),
        (SUBSET, "/x?a=2", "/x?a=1", ["query.a"]),
        (IGNORE, "/x?a=2", "/x?b=1", []),
    ],
)
def test_the_query(rules: Rules, asked_for: str, kept: str, fields: list[str]) -> None:
    assert fields_of(("GET", asked_for, None), Request(kept), rules) == fields


@pytest.mark.parametrize(
    ("given", "kept", "fields"),
    [
        ([("Anthropic-Beta", "a")], [("anthropic-beta", "a")], []),
        ([("anthropic-beta", "b")], [("Anthropic-Beta", "a")], ["header anthropic-beta"]),
        ([], [("anthropic-beta", "a")], ["header anthropic-beta"]),
        # What was not kept is not demanded, nor what nobody chose.
        ([("anthropic-beta", "a")], [], []),
        ([("accept", "a")], [("accept", "b")], []),
        # Several lines are one.
        ([("anthropic-beta", "a"), ("anthropic-beta", " b ")], [("anthropic-beta", "a, b")], []),
    ],
)
def test_chosen_headers(given: list[tuple[str, str]], kept: list[tuple[str, str]], fields: list[str]) -> None:
    rules = Rules(headers=("Anthropic-Beta",))
    assert fields_of(GET, Request("/x", headers=tuple(kept)), rules, *given) == fields


def body(**keys: Any) -> bytes:
    return json.dumps(keys).encode()


EXACT, PART, SAID = Rules(body="exact"), Rules(body="subset"), Rules(body="last-user-message")
TALK = spoken(("user", "a"), ("assistant", "b"), ("user", "c"))


@pytest.mark.parametrize(
    ("rules", "mine", "its", "fields"),
    [
        # exact
        (EXACT, body(a=1, b=[{}]), b'{ "b": [{}], "a": 1 }', []),
        (EXACT, body(a=1), body(a=2), ["$.a"]),
        (EXACT, body(a=1), body(a=1.0), ["$.a"]),
        (EXACT, body(a=1), body(a=True), ["$.a"]),
        (EXACT, body(a=1), body(a=1, b=None), ["$.b"]),
        (EXACT, body(a=1, c=2), body(a=1), ["$.c"]),
        (EXACT, body(a=[]), body(a={}), ["$.a"]),
        (EXACT, body(a=[1, 2, 3]), body(a=[1, 5]), ["$.a[1]", "$.a[2]"]),
        (EXACT, b'{"a b":{"c\'d":1}}', b'{"a b":{"c\'d":2}}', ["$['a b']['c\\'d']"]),
        (EXACT, b"text", b"text", []),
        (EXACT, b"text", b"other", ["$"]),
        (EXACT, None, body(a=1), ["$"]),
        (EXACT, body(a=1), None, []),
        (EXACT, TALK, chat("c"), ["$.model", "$.messages[0].content", "$.messages[1]", "$.messages[2]"]),
        (
            EXACT,
            body(**dict.fromkeys("abcdefghijkl", 1)),
            body(**dict.fromkeys("abcdefghijkl", 2)),
            [*map("$.{}".format, "abcdefgh")],
        ),
        # subset
        (PART, body(a=1, b={"c": 1, "d": 2}), body(b={"c": 1}), []),
        (PART, body(b={"c": 1}), body(a=1, b={"c": 1}), ["$.a"]),
        (PART, body(a={"b": 1}), body(a={}), []),
        (PART, body(a=1), body(), []),
        (PART, body(a=[{"b": 1, "c": 2}]), body(a=[{"b": 1}]), []),
        (PART, body(a=[1, 2]), body(a=[1]), ["$.a[1]"]),
        (PART, body(a=[1]), body(a=[1, 2]), ["$.a[1]"]),
        (PART, body(a=[1]), body(a=[]), ["$.a[0]"]),
        # the last user message
        (SAID, TALK, chat("c"), []),
        (SAID, TALK, chat("a"), ["$.messages[2].content"]),
        (SAID, body(input="a"), chat("b"), ["$.input"]),
        (SAID, body(model="m"), chat("b"), ["$.messages[0].content"]),
        (SAID, body(model="m"), body(model="n"), ["$.model"]),
        (SAID, b"no JSON", b"other", ["$"]),
    ],
)
def test_a_body_on_demand(rules: Rules, mine: bytes | None, its: bytes | None, fields: list[str]) -> None:
    assert fields_of(("POST", "/x", mine), Request("/x", "POST", body=its), rules) == fields


def test_a_look_at_the_head_has_no_body_to_be_held_against() -> None:
    assert fields_of(("HEAD", "/x", None), Request("/x", "POST", body=chat()), EXACT) == []


UUIDS = ["7d444840-9dc0-11d1-b245-5ffdce74fad2", "123e4567-e89b-42d3-a456-426614174000"]


@pytest.mark.parametrize(
    ("ignore", "mine", "its", "same"),
    [
        (("user",), body(a=1, user="x"), body(a=1), True),
        (("user",), body(a=[{"user": 1, "b": 2}]), body(a=[{"b": 2}]), True),
        (("user",), body(user="x", a=1), body(user="x", a=2), False),
        (("$.metadata.run",), body(metadata={"run": 1, "x": 2}), body(metadata={"run": 9, "x": 2}), True),
        (("$.metadata.run",), body(metadata={"run": 1, "x": 2}), body(metadata={"run": 1, "x": 3}), False),
        (("$.messages[?@.role == 'system']",), spoken(("system", "s"), ("user", "u")), spoken(("user", "u")), True),
        (("stream",), chat(stream=True), chat(stream=False), True),
        (("$['stream']",), chat(stream=True), chat(), True),
        (("ids",), chat(f"run {UUIDS[0]}, go on"), chat(f"run {UUIDS[1]}, go on"), True),
        ((), chat(f"run {UUIDS[0]}, go on"), chat(f"run {UUIDS[1]}, go on"), False),
        (("dates",), chat("Today is 2026-11-22."), chat("Today is 2027-01-01."), True),
        (("dates",), body(created_at=1767225600), body(created_at=1767225999), True),
        (("dates",), body(seed=1767225600), body(seed=1767225999), False),
    ],
)
def test_what_is_ignored_is_not_compared(ignore: tuple[str, ...], mine: bytes, its: bytes, same: bool) -> None:
    rules = Rules(body="exact", ignore=ignore)
    assert (fields_of(("POST", "/x", mine), Request("/x", body=its), rules) == []) is same
