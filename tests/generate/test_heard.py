"""What a recording says and when, in pieces that join to its turn."""

from __future__ import annotations

import json
from typing import Any

import pytest
from breaking import recording
from tapes_of_apis import TAPES

from mocksse.cassette.model import Interaction, Response
from mocksse.cassette.units import api_of, units
from mocksse.errors import UsageError
from mocksse.generate.heard import heard
from mocksse.providers.turn import merge
from mocksse.wire import sse

KNOWN = [name for name, tape in TAPES.items() if api_of(tape) is not None]


@pytest.mark.parametrize("name", KNOWN)
def test_the_pieces_of_every_api_join_to_its_turn(name: str) -> None:
    api, speech = heard(TAPES[name])
    assert speech.turn == merge(api, units(TAPES[name].response))
    for choice in speech.turn.choices:
        mine = [piece for piece in speech.fragments if piece.choice == choice.index]
        for kind in ("text", "reasoning", "refusal"):
            assert "".join(piece.text for piece in mine if piece.kind == kind) == getattr(choice, kind)
        for place, call in enumerate(choice.tool_calls):
            told = [piece.text for piece in mine if (piece.kind, piece.index) == ("tool", place)]
            assert "".join(told) == call.arguments
            assert told
    assert len(speech.at_us) == len(speech.fragments) + 2
    assert list(speech.at_us) == sorted(speech.at_us)


def chat(*deltas: dict[str, Any], finish: str | None = None) -> Interaction:
    """A chat whose chunks come one by one."""
    choices: list[Any] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    if finish:
        choices.append({"index": 0, "delta": {}, "finish_reason": finish})
    blocks = [sse.encode(data=json.dumps({"choices": [choice]}).encode()) for choice in choices]
    if finish:
        blocks.append(sse.encode(data=b"[DONE]"))
    return recording(*blocks, path="/v1/chat/completions")


def tool(index: int, arguments: str, **more: str) -> dict[str, Any]:
    told = {"index": index, "function": {"arguments": arguments, **({"name": more["name"]} if more else {})}}
    return {"tool_calls": [told | ({"id": more["id"]} if more else {})]}


def test_moments_are_those_of_the_chunks() -> None:
    interaction = chat({"role": "assistant"}, {"content": "A"}, {"content": "B"}, finish="stop")
    times = interaction.response.piece_times_us
    _, speech = heard(interaction)
    assert [piece.text for piece in speech.fragments] == ["A", "B"]
    assert speech.at_us == times[:4], "opening, two pieces, and the finish, behind which [DONE] comes"
    assert speech.whole


def test_calls_in_turns_keep_their_places() -> None:
    _, speech = heard(
        chat(tool(0, "{", id="a", name="f"), tool(1, "{", id="b", name="g"), tool(0, "}"), tool(1, "}"), finish="stop")
    )
    assert [(piece.index, piece.text) for piece in speech.fragments] == [(0, "{"), (1, "{"), (0, "}"), (1, "}")]


def test_another_id_under_the_same_number_is_another_call() -> None:
    _, speech = heard(chat(tool(0, "{}", id="a", name="f"), tool(0, "{}", id="b", name="g"), finish="stop"))
    assert [piece.index for piece in speech.fragments] == [0, 1]


def test_pieces_of_two_calls_under_one_number_may_come_by_turns() -> None:
    pieces = (tool(0, "{", id="a", name="f"), tool(0, "{", id="b", name="g"), tool(0, "}", id="a", name="f"))
    _, speech = heard(chat(*pieces, tool(0, "}", id="b", name="g"), finish="stop"))
    assert [(piece.index, piece.text) for piece in speech.fragments] == [(0, "{"), (1, "{"), (0, "}"), (1, "}")]


def test_what_was_said_whole_after_its_pieces_is_said_once() -> None:
    _, speech = heard(TAPES["responses"])
    assert [piece.text for piece in speech.fragments if piece.kind == "tool"] == ["", '{"city":"Köln"}']


def test_a_stream_that_broke_off_is_not_whole() -> None:
    _, speech = heard(chat({"content": "A"}, {"content": "B"}))
    assert not speech.whole
    assert speech.at_us[-1] == speech.at_us[-2]


def bare(status: int, body: bytes, *headers: tuple[bytes, bytes], path: str = "/v1/messages") -> Interaction:
    interaction = recording(body, path=path)
    response = Response(status, headers, "chunked", interaction.response.pieces if body else ())
    return Interaction("it", interaction.request, response)


@pytest.mark.parametrize(
    ("interaction", "message"),
    [
        (bare(429, b'{"error": {}}', (b"content-type", b"application/json")), "it: an error, status 429"),
        (bare(200, b"\x1f\x8b", (b"content-encoding", b"gzip")), "it: its body can't be read"),
        (bare(200, b"data: x\n\n", (b"content-type", b"text/event-stream"), path="/x"), "it: of no known API"),
        (bare(200, b": hi\n\n", (b"content-type", b"text/event-stream")), "it: has no answer in it"),
        (bare(200, b""), "it: has no answer in it"),
    ],
)
def test_what_is_no_answer_is_refused(interaction: Interaction, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        heard(interaction)
    assert caught.value.message == message
    assert caught.value.hint
