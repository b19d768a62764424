"""Which recording answers a request: the table of what must agree, what decides between several, and what is said."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from cassette_strategies import AWKWARD, REQUEST_BODIES
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette import match
from mocksse.cassette.bodies import abridge
from mocksse.cassette.match import (
    Asked,
    asked,
    best,
    differences,
    last_user_message,
    likeness,
    nearest,
    parse_json,
    recorded,
)
from mocksse.cassette.model import Request


def chat(content: Any = "Hello", **keys: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": content}], **keys}).encode()


def differs(want: tuple[str, str, bytes | None], have: Request) -> list[str]:
    return differences(asked(*want), recorded(have))


GET = ("GET", "/x", None)
POST = ("POST", "/v1/chat", None)


@pytest.mark.parametrize(
    ("want", "have", "words"),
    [
        # Path
        (GET, Request("/x"), []),
        (GET, Request("/y"), ["path /y"]),
        (GET, Request("/X"), ["path /X"]),
        (GET, Request("/x/"), ["path /x/"]),
        (("GET", "/a%20b", None), Request("/a b"), []),
        (("GET", "/a b", None), Request("/a%20b"), []),
        (("GET", "/x#here", None), Request("/x"), []),
        (("GET", "http://host:1/x", None), Request("/x"), []),
        (POST, Request("/chat"), ["path /chat (with and without /v1 are different paths)"]),
        (("POST", "/chat", None), Request("/v1/chat"), ["path /v1/chat (with and without /v1 are different paths)"]),
        (
            ("POST", "/v1/v1/chat", None),
            Request("/v1/chat"),
            ["path /v1/chat (with and without /v1 are different paths)"],
        ),
        (POST, Request("/v1/chats"), ["path /v1/chats"]),
        (("GET", "/v1", None), Request("/"), ["path /"]),
        # Method
        (GET, Request("/x", "GET"), []),
        (GET, Request("/x", "POST"), ["method POST"]),
        (("HEAD", "/x", None), Request("/x", "GET"), []),
        (("HEAD", "/x", None), Request("/x", "POST"), []),
        (("OPTIONS", "/x", None), Request("/x", "POST"), ["method POST"]),
        (("BREW", "/x", None), Request("/x"), []),
        # Query
        (("GET", "/x?a=1&b=2", None), Request("/x?b=2&a=1"), []),
        (("GET", "/x?a=%20", None), Request("/x?a=+"), []),
        (("GET", "/x?a=", None), Request("/x?a"), []),
        (("GET", "/x?", None), Request("/x"), []),
        (("GET", "/x?a=1", None), Request("/x"), ["query (none)"]),
        (("GET", "/x", None), Request("/x?alt=sse"), ["query alt=sse"]),
        (("GET", "/x?a=1&a=2", None), Request("/x?a=1"), ["query a=1"]),
        (("GET", "/x?alt=sse&key=abc", None), Request("/x?alt=sse&key=xxxxxxxx"), []),
        (("GET", "/x?alt=sse", None), Request("/x?key=xxxxxxxx&alt=sse"), []),
        (("GET", "/x?api_key=abc&token=x", None), Request("/x"), []),
        # stream
        (("POST", "/x", chat(stream=True)), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", chat(stream=True)), Request("/x", body=chat()), ["stream: false"]),
        (("POST", "/x", chat()), Request("/x", body=chat(stream=True)), ["stream: true"]),
        (("POST", "/x", chat(stream=False)), Request("/x", body=chat()), []),
        (("POST", "/x", chat(stream=True)), Request("/x"), []),
        (("POST", "/x", None), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", b"[1]"), Request("/x", body=chat(stream=True)), []),
        (("POST", "/x", b"no JSON"), Request("/x", body=chat(stream=True)), []),
        (("POST", "/api/chat", chat()), Request("/api/chat", body=chat(stream=True)), []),
        (("POST", "/api/chat", chat()), Request("/api/chat", body=chat(stream=False)), ["stream: false"]),
        # All at once
        (
            ("GET", "/x?a=1", chat()),
            Request("/y", "POST", body=chat(stream=True)),
            ["path /y", "method POST", "query (none)", "stream: true"],
        ),
    ],
)
def test_what_must_agree(want: tuple[str, str, bytes | None], have: Request, words: list[str]) -> None:
    assert differs(want, have) == words


IMAGE, OTHER = (b64encode(bytes([n]) * 6000).decode() for n in (1, 2))


def image(data: str) -> list[dict[str, Any]]:
    return [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}},
    ]


@pytest.mark.parametrize(
    ("want", "bodies", "chosen"),
    [
        # the same bytes
        (chat("b"), [chat("a"), chat("b"), chat("c")], (1,)),
        # the same request again: all of them, in order
        (chat("b"), [chat("b"), chat("a"), chat("b"), chat("b")], (0, 2, 3)),
        # the same JSON, spelt otherwise
        (b'{"b":[1.0,{}],"a":null}', [b'{"a":0,"b":[1.0,{}]}', b'{ "a": null, "b": [1.0, {}] }'], (1,)),
        (b'{"a":1}', [b'{"a":true}', b'{"a":1.0}', b'{"a": 1}'], (2,)),
        (b'{"a":[]}', [b'{"a":{}}', b"{}", b'{"a": []}'], (2,)),
        (b'{"a.b":1}', [b'{"a":{"b":1}}', b'{"a.b": 1}'], (1,)),
        # the bytes before the JSON
        (b'{"a": 1}', [b'{"a":1}', b'{"a": 1}'], (1,)),
        # the last user message
        (chat("Tell me of rivers"), [chat("Tell me of mountains"), chat("Tell me of rivers", temperature=1)], (1,)),
        (chat("Tell me about rivers!"), [chat("What is 2 + 2?"), chat("Tell me of rivers")], (1,)),
        (
            json.dumps(
                {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "rivers"}]}
            ).encode(),
            [
                json.dumps(
                    {"messages": [{"role": "user", "content": "rivers"}, {"role": "user", "content": "a"}]}
                ).encode(),
                chat("rivers"),
            ],
            (1,),
        ),
        # the rest of the request, where the message says nothing
        (b'{"model":"a","x":1}', [b'{"model":"b","x":2}', b'{"model":"a","x":2}'], (1,)),
        # images by what is in them
        (chat(image(IMAGE)), [abridge(chat(image(OTHER))), abridge(chat(image(IMAGE)))], (1,)),
        # a recording that kept no body answers what no other does, but not what one was made of
        (chat("b"), [None, chat("b")], (1,)),
        (chat("b", top_p=1), [None, chat("b")], (1,)),
        (chat("something else entirely"), [chat("b"), None], (1,)),
        (None, [None, chat("b")], (0,)),
        (b"no JSON", [None, chat("b")], (0,)),
        # the first of equals
        (b"no JSON", [b"x", b"y"], (0,)),
        (None, [chat("a"), chat("b")], (0,)),
        (b"", [b"", b"x"], (0,)),
        # one is enough, however unlike
        (chat("a"), [b"\xff"], (0,)),
        (chat("a"), [], ()),
    ],
)
def test_the_body_decides(want: bytes | None, bodies: list[bytes | None], chosen: tuple[int, ...]) -> None:
    recordings = [recorded(Request("/x", "POST", body=body)) for body in bodies]
    assert best(asked("POST", "/x", want), recordings) == chosen


def test_only_those_that_agree_are_weighed() -> None:
    recordings = [
        recorded(Request("/x", "POST", body=chat("a", stream=True))),
        recorded(Request("/y", "POST", body=chat("a"))),
        recorded(Request("/x", "GET")),
        recorded(Request("/x", "POST", body=chat("b"))),
    ]
    assert best(asked("POST", "/x", chat("a")), recordings) == (3,)
    assert best(asked("POST", "/x", chat("a", stream=True)), recordings) == (0,)
    assert best(asked("GET", "/x", None), recordings) == (2,)
    assert best(asked("GET", "/z", None), recordings) == ()


def test_head() -> None:
    get, post, head = (recorded(Request("/x", method)) for method in ("GET", "POST", "HEAD"))
    want = asked("HEAD", "/x", None)
    assert best(want, [post, get]) == (0, 1)
    assert best(want, [get, head, post, head]) == (1, 3)
    assert best(asked("GET", "/x", None), [head, get]) == (1,)


@pytest.mark.parametrize(
    ("want", "bodies", "failed", "chosen"),
    [
        # an error answers the request that it was made with
        (chat("a"), [chat("a"), chat("b")], {0}, (0,)),
        (b'{"b":1,"a":2}', [b'{"a":2,"b":1}', b'{"a":3}'], {0}, (0,)),
        # and no other, if there is a whole answer
        (chat("a!"), [chat("a"), chat("something else")], {0}, (1,)),
        (chat("a!"), [chat("a"), None], {0}, (1,)),
        (chat("a!"), [None, chat("something else")], {0}, (1,)),
        (chat("a!"), [chat("a"), chat("b")], {0, 1}, (0,)),
        # a request that failed at first and then did not is a request like any other
        (chat("a!"), [chat("a"), chat("b"), chat("a")], {0}, (0, 2)),
    ],
)
def test_failures(want: bytes, bodies: list[bytes | None], failed: set[int], chosen: tuple[int, ...]) -> None:
    recordings = [recorded(Request("/x", "POST", body=body)) for body in bodies]
    assert best(asked("POST", "/x", want), recordings, frozenset(failed)) == chosen


def test_likeness_is_ordered() -> None:
    want = asked("POST", "/x", chat("Tell me of rivers", temperature=1))

    def like(body: bytes | None) -> float:
        return likeness(want, recorded(Request("/x", body=body)))

    same = like(chat("Tell me of rivers", temperature=1))
    respelt = like(json.dumps(json.loads(chat("Tell me of rivers", temperature=1)), indent=1).encode())
    warmer = like(chat("Tell me of rivers", temperature=2))
    unknown = like(None)
    near = like(chat("Tell me of a river", temperature=1))
    far = like(chat("What is 2 + 2?", temperature=1))
    assert same == respelt == 2.0
    assert 2.0 > warmer > unknown > near > far > like(b"no JSON") == 0.0


def test_a_recorded_body_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    recordings = [recorded(Request("/x", body=chat(f"prompt {i}"))) for i in range(5)]
    assert best(asked("POST", "/x", chat("prompt 3!")), recordings) == (3,)
    parsed: list[bytes | None] = []
    monkeypatch.setattr(match, "parse_json", lambda body: parsed.append(body) or parse_json(body))
    assert best(asked("POST", "/x", chat("prompt 4!")), recordings) == (4,)
    assert set(parsed) == {chat("prompt 4!")}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"messages": [{"role": "user", "content": "a"}]}, "a"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "a"),
        ({"messages": [{"role": "system", "content": "a"}]}, ""),
        ({"messages": [{"role": "user", "content": image("x")}]}, "What is it?"),
        ({"messages": [{"role": "user", "content": [{"text": "a"}, {"text": "b"}]}]}, "a\nb"),
        ({"input": "a"}, "a"),
        ({"input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}]}, "a"),
        ({"contents": [{"role": "user", "parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}]}, "a"),
        ({"contents": [{"parts": [{"text": "a"}]}]}, "a"),
        ({"prompt": "a"}, "a"),
        ({"inputs": "a"}, "a"),
        ({"messages": [], "prompt": "a"}, "a"),
        ({"messages": [{"role": "user"}]}, ""),
        ({"messages": [{"role": "user", "content": None}]}, ""),
        ({"messages": [{"role": "user", "content": [1, None, {"text": ["x"]}, "a"]}]}, "a"),
        ({"messages": "a"}, "a"),
        ({"messages": [1, "x", None]}, ""),
        ({}, ""),
        ([], ""),
        ("a", ""),
        (None, ""),
    ],
)
def test_last_user_message(body: Any, said: str) -> None:
    assert last_user_message(body) == said


@pytest.mark.parametrize(
    ("method", "target", "body", "what"),
    [
        ("GET", "/x?b=2&a=1#f", None, Asked("GET", "/x", (("a", "1"), ("b", "2")), None, None)),
        ("GET", "/a%2Fb%00?%C3%A9=%ff", b"", Asked("GET", "/a/b\0", (("é", "\ufffd"),), None, None)),
        ("POST", "http://h/x?key=1", b"{}", Asked("POST", "/x", (), b"{}", False)),
        ("POST", "/x", b'{"stream":true}', Asked("POST", "/x", (), b'{"stream":true}', True)),
        ("POST", "/api/generate", b"{}", Asked("POST", "/api/generate", (), b"{}", True)),
        ("OPTIONS", "*", None, Asked("OPTIONS", "/", (), None, None)),
        ("CONNECT", "h:443", None, Asked("CONNECT", "/", (), None, None)),
    ],
)
def test_asked(method: str, target: str, body: bytes | None, what: Asked) -> None:
    assert asked(method, target, body) == what


def test_nearest_are_those_that_differ_least() -> None:
    recordings = [
        recorded(Request("/v1/messages", "POST")),
        recorded(Request("/v1/chat/completions", "POST")),
        recorded(Request("/v1/chat/completions?beta=1", "GET")),
        recorded(Request("/chat/completions", "POST")),
        recorded(Request("/", "GET")),
    ]
    misses = nearest(asked("POST", "/v1/chat/completion", b"{}"), recordings)
    assert [(miss.index, miss.differs) for miss in misses] == [
        (1, ("path /v1/chat/completions",)),
        (3, ("path /chat/completions",)),
        (0, ("path /v1/messages",)),
    ]
    assert len(nearest(asked("GET", "/", None), recordings, 2)) == 2
    assert nearest(asked("GET", "/", None), []) == ()


DEEP = (
    b"[" * 900 + b"]" * 900,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"messages":[{"content":' + b"[" * 900 + b"]" * 900 + b"}]}",
)
TARGETS = (
    AWKWARD.map("/".__add__) | st.text() | st.sampled_from(["/x", "/x?a=1", "/x?%", "*", "//", "http://", "/%ff?%ff=%"])
)
BODIES = REQUEST_BODIES | st.sampled_from(DEEP)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["GET", "POST", "HEAD", "é"]),
    TARGETS,
    BODIES,
    st.lists(st.tuples(st.sampled_from(["GET", "POST", None]), TARGETS, BODIES), max_size=5),
)
def test_nothing_is_too_odd(
    method: str, target: str, body: bytes | None, others: list[tuple[str | None, str, bytes | None]]
) -> None:
    recordings = [recorded(Request(target, method, body=body)) for method, target, body in others]
    want = asked(method, target, body)
    found = best(want, recordings)
    assert list(found) == [i for i in found if not differences(want, recordings[i])]
    assert bool(found) == any(not differences(want, have) for have in recordings)
    assert len(nearest(want, recordings)) == min(3, len(recordings))
    # What was recorded answers itself, before all others.
    again = best(want, [*recordings, recorded(Request(target, method, body=body))])
    assert len(recordings) in again
    last_user_message(parse_json(body))


@pytest.mark.parametrize("body", DEEP, ids=lambda body: body[:24].decode())
def test_depth_is_no_trouble(body: bytes) -> None:
    other = body.replace(b"]", b" ]").replace(b"}", b" }")
    recordings = [recorded(Request("/x", body=b"{}")), recorded(Request("/x", body=other))]

    def from_depth(levels: int) -> tuple[int, ...]:
        return from_depth(levels - 1) if levels else best(asked("POST", "/x", body), recordings)

    for levels in range(0, 900, 50):
        assert from_depth(levels) in {(0,), (1,)}
