"""Which of several recordings answers: the body decides, a conversation's place before its text, and no failure."""

from __future__ import annotations

import json
from base64 import b64encode
from itertools import permutations
from typing import Any

import pytest
from matching import SHAPES, chat, spoken, turn

from mocksse.cassette.bodies import abridge
from mocksse.cassette.match import Rules, asked, find, fitting, recorded
from mocksse.cassette.match import body as bodies_of
from mocksse.cassette.match.ranking import likeness
from mocksse.cassette.model import Request

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
                spoken(("user", "x"), ("user", "rivers"), top_p=1),
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
    assert find(asked("POST", "/x", want), recordings, Rules()) == chosen


def test_only_those_that_agree_are_weighed() -> None:
    recordings = [
        recorded(Request("/x", "POST", body=chat("a", stream=True))),
        recorded(Request("/y", "POST", body=chat("a"))),
        recorded(Request("/x", "GET")),
        recorded(Request("/x", "POST", body=chat("b"))),
    ]
    assert find(asked("POST", "/x", chat("a")), recordings, Rules()) == (3,)
    assert find(asked("POST", "/x", chat("a", stream=True)), recordings, Rules()) == (0,)
    assert find(asked("GET", "/x", None), recordings, Rules()) == (2,)
    assert find(asked("GET", "/z", None), recordings, Rules()) == ()


def test_head() -> None:
    get, post, head = (recorded(Request("/x", method)) for method in ("GET", "POST", "HEAD"))
    want = asked("HEAD", "/x", None)
    assert find(want, [post, get], Rules()) == (0, 1)
    assert find(want, [get, head, post, head], Rules()) == (1, 3)
    assert find(asked("GET", "/x", None), [head, get], Rules()) == (1,)


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
    assert find(asked("POST", "/x", want), recordings, Rules(), frozenset(failed)) == chosen


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
    assert find(asked("POST", "/x", chat("prompt 3!")), recordings, Rules()) == (3,)
    want = asked("POST", "/x", chat("prompt 4!"))
    read: list[bytes | None] = []
    parse = bodies_of.parse_json
    monkeypatch.setattr(bodies_of, "parse_json", lambda body: read.append(body) or parse(body))
    assert find(want, recordings, Rules()) == (4,)
    assert set(read) == {chat("prompt 4!")}


# --- Conversations


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tool_loop_finds_its_turns(shape: str) -> None:
    loops = [turn(shape, "What time is it in Rome on May 3?", ["call_1", "call_2"][:done]) for done in range(3)]
    asks = [
        turn(shape, "What time is it, please, in Oslo on June 9?", ["call_1", "call_2"][:done], user="u-7")
        for done in range(3)
    ]
    for order in permutations(range(3)):
        recordings = [recorded(Request("/x", "POST", body=loops[done])) for done in order]
        found = [find(asked("POST", "/x", ask), recordings, Rules()) for ask in asks]
        assert found == [(order.index(done),) for done in range(3)]


@pytest.mark.parametrize("shape", SHAPES)
def test_two_loops_of_one_length_are_told_apart_by_what_the_tools_answer_to(shape: str) -> None:
    ids = ["call_a", "call_b"]
    recordings = [recorded(Request("/x", body=turn(shape, f"prompt {i}", [i], seed=i))) for i in ids]
    for number, i in enumerate(ids):
        # By its text it would be the other one.
        want = asked("POST", "/x", turn(shape, f"prompt {ids[1 - number]}", [i], top_p=1))
        assert find(want, recordings, Rules()) == (number,)


@pytest.mark.parametrize(
    ("want", "bodies", "chosen"),
    [
        # the length before the text
        (
            spoken(("user", "a"), ("assistant", "b"), ("user", "rivers!")),
            [spoken(("user", "rivers")), spoken(("user", "x"), ("assistant", "y"), ("user", "z"))],
            1,
        ),
        # the nearest length, where none is the same
        (
            spoken(*[("user", "a"), ("assistant", "b")] * 3, ("user", "c")),
            [spoken(("user", "c")), spoken(("user", "x"), ("assistant", "y"), ("user", "z"))],
            1,
        ),
        # who spoke last
        (
            spoken(("user", "a"), ("assistant", "rivers!")),
            [spoken(("user", "a"), ("user", "rivers")), spoken(("user", "y"), ("assistant", "z"))],
            1,
        ),
        # instructions do not count
        (
            spoken(("system", "be brief"), ("user", "rivers!")),
            [spoken(("user", "seas"), ("assistant", "x")), spoken(("user", "rivers"))],
            1,
        ),
    ],
)
def test_the_place_in_a_conversation_goes_before_text(want: bytes, bodies: list[bytes], chosen: int) -> None:
    recordings = [recorded(Request("/x", body=body)) for body in bodies]
    assert find(asked("POST", "/x", want), recordings, Rules()) == (chosen,)


# --- Rules


def test_fitting_is_all_that_may_answer() -> None:
    recordings = [recorded(Request(path, "POST", body=chat(t))) for path, t in (("/x", "a"), ("/y", "a"), ("/x", "b"))]
    assert fitting(asked("POST", "/x", chat("c")), recordings, Rules()) == (0, 2)
    assert fitting(asked("POST", "/x", chat("b")), recordings, Rules(body="exact")) == (2,)
    assert fitting(asked("POST", "/x", chat("c")), recordings, Rules(body="exact")) == ()


def test_a_path_goes_before_a_pattern() -> None:
    recordings = [recorded(Request(path)) for path in ("/t/{id}/runs", "/t/a/runs", "/t/{id}/runs")]
    for choose in (find, fitting):
        assert choose(asked("GET", "/t/a/runs", None), recordings, Rules()) == (1,)
        assert choose(asked("GET", "/t/b/runs", None), recordings, Rules()) == (0, 2)


def test_where_the_body_is_ignored_all_are_the_same_request() -> None:
    recordings = [recorded(Request("/x", body=chat(text))) for text in "abc"]
    assert find(asked("POST", "/x", chat("b")), recordings, Rules(body="ignore"), frozenset({0})) == (0, 1, 2)


def test_recordings_that_differ_in_what_is_ignored_are_one_request() -> None:
    rules = Rules(ignore=("user",))
    recordings = [recorded(Request("/x", body=chat(t, user=u)), rules) for t, u in (("a", "1"), ("b", "1"), ("a", "2"))]
    assert find(asked("POST", "/x", chat("a", user="3"), (), rules), recordings, rules) == (0, 2)


def test_a_part_is_enough_for_a_subset() -> None:
    rules = Rules(body="subset")
    recordings = [recorded(Request("/x", body=body), rules) for body in (b'{"model":"m"}', b'{"model":"n"}')]
    assert find(asked("POST", "/x", chat("a"), (), rules), recordings, rules) == (0,)
