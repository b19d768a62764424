"""Tool calls without numbers or ids, with one number for two, with half their arguments: exact, API by API."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from answers import answers, body_of, edited_values, values
from breaking import broken, recording
from tapes_of_apis import ANTHROPIC, CHAT_TOOLS, RESPONSES, TAPES

from mocksse.cassette.units import units
from mocksse.replay.faults.fault import Refused

WITH_CALLS = ("chat-tools", "anthropic", "responses", "cohere", "converse", "invoke")


def inner(events: list[Any]) -> list[Any]:
    """What base64 hides in Bedrock's chunks."""
    return [json.loads(base64.b64decode(event["bytes"])) for event in events]


def diff(name: str, spec: str) -> list[tuple[Any, Any]]:
    """The events that differ, before and after."""
    before, after = values(TAPES[name]), edited_values(spec, TAPES[name])
    if name == "invoke":
        before, after = inner(before), inner(after)
    assert len(before) == len(after)
    return [(one, other) for one, other in zip(before, after, strict=True) if one != other]


@pytest.mark.parametrize(
    ("name", "key", "count"),
    [("anthropic", "index", 5), ("invoke", "index", 5), ("responses", "output_index", 3), ("cohere", "index", 3),
     ("converse", "contentBlockIndex", 2)],
)  # fmt: skip
def test_index_missing(name: str, key: str, count: int) -> None:
    changed = diff(name, "tool-index-missing")
    assert len(changed) == count
    for before, after in changed:
        assert {**after, key: before[key]} == before


def test_index_missing_in_chat() -> None:
    body = b"".join(CHAT_TOOLS)
    expected = body.replace(b'[{"index":0,"function', b'[{"function').replace(b'[{"index":1,"function', b'[{"function')
    expected = expected.replace(b'[{"index":0,"id"', b'[{"id"').replace(b'[{"index":1,"id"', b'[{"id"')
    assert body_of("tool-index-missing", TAPES["chat-tools"]) == expected != body


@pytest.mark.parametrize(
    ("name", "old"),
    [("chat-tools", "call_7f"), ("anthropic", "toolu_01"), ("responses", "call_1"), ("cohere", "w0")],
)
def test_id_missing(name: str, old: str) -> None:
    body = TAPES[name].response.body
    quoted = f'"{old}"'.encode()
    nulled = body_of("tool-id-missing", TAPES[name])
    assert quoted in body
    assert quoted not in nulled
    # The item of a call in Responses has an id of its own, which is not the call's.
    assert answers("tool-id-missing kind=missing", TAPES[name])[1].ids == (["fc_1"] if name == "responses" else [])
    if name != "chat-tools":
        assert nulled == body.replace(quoted, b"null")


def test_index_collision() -> None:
    body = TAPES["chat-tools"].response.body
    assert body_of("tool-index-collision", TAPES["chat-tools"]) == body.replace(b'[{"index":1,', b'[{"index":0,')
    before, after = answers("tool-index-collision", TAPES["chat-tools"])
    assert after.args == {(0, 0): "".join(before.args.values())}
    assert after.ids == before.ids


def test_index_collision_between_the_blocks_of_an_answer() -> None:
    second = [block.replace(b'"index":2', b'"index":3').replace(b"toolu_01", b"toolu_02") for block in ANTHROPIC[9:14]]
    tape = recording(*ANTHROPIC[:14], *second, *ANTHROPIC[14:], path="/v1/messages")
    assert [event.get("index") for event in edited_values("tool-index-collision", tape)[9:19]] == [2] * 10


@pytest.mark.parametrize("name", ["anthropic", "responses", "cohere", "converse", "invoke"])
def test_one_call_cannot_collide(name: str) -> None:
    with pytest.raises(Refused, match="needs two tool calls in one answer"):
        broken("tool-index-collision", TAPES[name])


@pytest.mark.parametrize("name", WITH_CALLS)
@pytest.mark.parametrize("finish", ["keep", "length", "tool_calls"])
def test_truncated_arguments(name: str, finish: str) -> None:
    before, after = answers(f"truncated-tool-args finish={finish}", TAPES[name])
    assert after.args == {call: args[: len(args) // 2] for call, args in before.args.items()}
    assert (after.text, after.reasoning, after.ids) == (before.text, before.reasoning, before.ids)
    words = {"chat-tools": ["length"], "responses": ["max_output_tokens"], "cohere": ["MAX_TOKENS"]}
    assert after.finish == (words.get(name, ["max_tokens"]) if finish == "length" else before.finish)


def test_truncated_arguments_are_gone_and_nothing_else() -> None:
    tape = TAPES["chat-tools"]
    before, after = values(tape), edited_values("truncated-tool-args", tape)
    assert len(after) == len(before) - 1  # all of a later fragment
    assert after[4]["choices"][0]["delta"]["tool_calls"][0] == {"index": 0, "function": {"arguments": '{"city":'}}
    assert after[5]["choices"][0]["delta"]["tool_calls"][0]["function"] == {"name": "time", "arguments": '{"zon'}


def test_what_repeats_the_arguments_stops_too_and_the_numbers_go_on() -> None:
    opening, item, delta, done, end = RESPONSES[0], *RESPONSES[6:]
    whole = '{\\"city\\":\\"Köln\\"}'.encode()
    first, second = delta.replace(whole, rb"{\"city\""), delta.replace(whole, rb":\"K\"}").replace(b":7}", b":8}")
    later = [
        block.replace(b'"sequence_number":%d}' % n, b'"sequence_number":%d}' % (n + 1))
        for n, block in ((8, done), (9, end))
    ]
    tape = recording(opening, item, first, second, *later, path="/v1/responses")
    after = edited_values("truncated-tool-args", tape)
    assert [event["sequence_number"] for event in after] == [0, 6, 7, 8, 9]
    assert after[2]["delta"] == '{"city'
    assert after[3]["arguments"] == '{"city'


def test_an_answer_with_a_limit_of_responses_is_of_another_type() -> None:
    (last,) = [u for u in units(recording(body_of("truncated-tool-args finish=length", TAPES["responses"])).response)
               if u.type == "response.incomplete"]  # fmt: skip
    payload = json.loads(last.data)
    assert (payload["type"], payload["response"]["status"]) == ("response.incomplete", "incomplete")
    assert payload["response"]["incomplete_details"] == {"reason": "max_output_tokens"}


@pytest.mark.parametrize(
    "fault", ["tool-index-missing", "tool-id-missing", "tool-index-collision", "truncated-tool-args"]
)
@pytest.mark.parametrize(
    ("name", "why"), [("chat", "no tool call"), ("tgi", "no tool call"), ("plain", "no API that mocksse knows")]
)
def test_where_nothing_is_called(name: str, why: str, fault: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(fault, TAPES[name])


@pytest.mark.parametrize("name", ["gemini", "ollama"])
def test_arguments_that_are_an_object(name: str) -> None:
    with pytest.raises(Refused, match="no arguments as text") as refused:
        broken("truncated-tool-args", TAPES[name])
    assert "truncated-json" in refused.value.hint
    for fault, lacks in (("tool-index-missing", "have no index"), ("tool-id-missing", "have no id")):
        with pytest.raises(Refused, match=lacks):
            broken(fault, TAPES[name])


def test_a_call_with_all_in_one_event() -> None:
    """As Mistral sends it: id, name, arguments, finish reason and usage together, and no index."""
    tool = b'{"id":"x1","function":{"name":"f","arguments":"{\\"a\\":1}"}}'
    chunk = (
        b'data: {"choices":[{"index":0,"delta":{"tool_calls":[%b]},"finish_reason":"tool_calls"}],"usage":{"n":1}}\n\n'
    )
    tape = recording(chunk % tool)
    cut = chunk % tool.replace(b'{\\"a\\":1}', b'{\\"a')
    assert body_of("truncated-tool-args", tape) == cut
    assert body_of("truncated-tool-args finish=length", tape) == cut.replace(b'"tool_calls"}', b'"length"}')
    assert body_of("tool-id-missing kind=missing", tape) == chunk % tool.replace(b'"id":"x1",', b"")
    with pytest.raises(Refused, match="its tool calls have no index"):
        broken("tool-index-missing", tape)
