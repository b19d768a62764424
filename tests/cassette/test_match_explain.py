"""The nearest recordings to a request that none answers, and what is said of each."""

from __future__ import annotations

import pytest
from matching import chat, turn

from mocksse.cassette.match import Rules, asked, nearest, recorded
from mocksse.cassette.model import Request

EXACT = Rules(body="exact")


def test_nearest_are_those_that_differ_least() -> None:
    recordings = [
        recorded(Request("/v1/messages", "POST")),
        recorded(Request("/v1/chat/completions", "POST")),
        recorded(Request("/v1/chat/completions?beta=1", "GET")),
        recorded(Request("/chat/completions", "POST")),
        recorded(Request("/", "GET")),
    ]
    misses = nearest(asked("POST", "/v1/chat/completion", b"{}"), recordings, Rules())
    assert [(miss.index, *map(str, miss.differs)) for miss in misses] == [
        (1, "path: asked /v1/chat/completion, recorded /v1/chat/completions"),
        (3, "path: asked /v1/chat/completion, recorded /chat/completions"),
        (0, "path: asked /v1/chat/completion, recorded /v1/messages"),
    ]
    assert len(nearest(asked("GET", "/", None), recordings, Rules(), 2)) == 2
    assert nearest(asked("GET", "/", None), [], Rules()) == ()


def test_of_those_with_the_same_path_the_body_decides() -> None:
    texts = ("What is 2 + 2?", "Tell me of rivers", "Tell me of seas")
    recordings = [recorded(Request("/x", "POST", body=chat(text))) for text in texts]
    misses = nearest(asked("POST", "/x", chat("Tell me of rivers!")), recordings, EXACT)
    assert [miss.index for miss in misses] == [1, 2, 0]
    assert [str(item) for item in misses[0].differs] == [
        '$.messages[0].content: asked "Tell me of rivers!", recorded "Tell me of rivers"'
    ]


def test_of_those_at_another_path_it_decides_too() -> None:
    texts = ("What is 2 + 2?", "Tell me of rivers", "Tell me of seas")
    recordings = [recorded(Request("/x", "POST", body=chat(text))) for text in texts]
    misses = nearest(asked("POST", "/y", chat("Tell me of rivers")), recordings, EXACT)
    assert [(miss.index, len(miss.differs)) for miss in misses] == [(1, 1), (2, 2), (0, 2)]


@pytest.mark.parametrize("shape", ["openai", "anthropic", "gemini"])
def test_the_place_in_a_conversation_goes_before_text(shape: str) -> None:
    ids = ["call_1", "call_2"]
    recordings = [recorded(Request("/x", "POST", body=turn(shape, f"text {n}", ids[:n]))) for n in range(3)]
    misses = nearest(asked("POST", "/x", turn(shape, "text 0", ids)), recordings, EXACT)
    assert [miss.index for miss in misses] == [2, 1, 0]
    assert len(misses[0].differs) == 1


def test_a_pattern_is_the_same_path() -> None:
    recordings = [recorded(Request("/t/a/runs", "GET")), recorded(Request("/t/{id}/runs", "GET"))]
    misses = nearest(asked("POST", "/t/b/runs", None), recordings, Rules())
    assert [(miss.index, [item.field for item in miss.differs]) for miss in misses] == [
        (1, ["method"]),
        (0, ["path", "method"]),
    ]
