"""Choices that are null, missing or empty, deltas with nulls: exact bytes, and the answer is the same."""

from __future__ import annotations

import pytest
from answers import answers, body_of, edited_values, values
from breaking import CHAT, broken, events, recording
from tapes_of_apis import TAPES

from mocksse.replay.faults.fault import Refused

BODY = b"".join(CHAT)
FIRST = CHAT[0]
AZURE = (
    b'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,'
    b'"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,'
    b'"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}'
    b"]}\n\n"
)
USAGE = b'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}\n\n'


@pytest.mark.parametrize(
    ("spec", "body"),
    [
        ("null-choices", b'data: {"id":"c1","choices":null}\n\n' + BODY),
        ("null-choices kind=missing", b'data: {"id":"c1"}\n\n' + BODY),
        ("null-choices at=done", b"".join((*CHAT[:4], b'data: {"id":"c1","choices":null}\n\n', CHAT[4]))),
        ("null-choices at=finish", b"".join((*CHAT[:3], b'data: {"id":"c1","choices":null}\n\n', *CHAT[3:]))),
        ("empty-choices which=first", AZURE + BODY),
        ("empty-choices which=last", b"".join((*CHAT[:4], USAGE, CHAT[4]))),
        ("empty-choices", b"".join((AZURE, *CHAT[:4], USAGE, CHAT[4]))),
        ("null-delta", BODY.replace(b'"delta":{}', b'"delta":null').replace(
            b'{"role":"assistant","content":""}', b"null")),
        ("null-delta at=first-text", BODY.replace('{"content":"Grüße"}'.encode(), b"null")),
        ("null-delta kind=role", BODY.replace(b'"assistant"', b"null")),
        ("null-delta kind=empty-role", BODY.replace(b'"assistant"', b'""')),
        ("null-delta kind=no-role", BODY.replace(b'"role":"assistant",', b"")),
        ("null-delta kind=content", BODY.replace(b'"content":""', b'"content":null').replace(
            b'"delta":{}', b'"delta":{"content":null}')),
        ("null-delta kind=no-index", BODY.replace(b'"index":0,', b"")),
        ("null-delta kind=no-index at=event:2", BODY.replace(CHAT[2], CHAT[2].replace(b'"index":0,', b""))),
    ],
)  # fmt: skip
def test_chat(spec: str, body: bytes) -> None:
    assert body_of(spec, recording()) == body


SAME = ("null-choices", "empty-choices", "null-delta", *(
    f"null-delta kind={kind}" for kind in ("role", "empty-role", "no-role", "content", "no-index")
))  # fmt: skip


@pytest.mark.parametrize("spec", SAME)
@pytest.mark.parametrize("name", ["chat", "chat-tools", "openrouter"])
def test_the_answer_is_the_same(name: str, spec: str) -> None:
    before, after = answers(spec, TAPES[name])
    assert after.text == before.text
    assert after.args == before.args
    assert after.finish == before.finish


@pytest.mark.parametrize("name", ["gemini", "gemini-array"])
def test_candidates_of_gemini(name: str) -> None:
    tape = TAPES[name]
    assert edited_values("null-choices", tape)[0] == {"candidates": None}
    first, *others = edited_values("empty-choices", tape)
    assert first == {"candidates": []}
    assert others[:-1] == values(tape)
    assert others[-1]["candidates"] == []
    assert "usageMetadata" in others[-1]
    before, after = answers("empty-choices", tape)
    assert (after.text, after.args) == (before.text, before.args)


def test_a_new_event_is_written_as_its_neighbours() -> None:
    crlf = recording(*(chunk.replace(b"\n", b"\r\n").replace(b"data: ", b"data:") for chunk in CHAT))
    assert body_of("null-choices", crlf).startswith(b'data:{"id":"c1","choices":null}\r\n\r\ndata:')
    assert body_of("empty-choices which=last", crlf).endswith(b"}}\r\n\r\ndata:[DONE]\r\n\r\n")
    with_ids = recording(b"id: 7\n: hello\nretry: 9\n" + CHAT[0], *CHAT[1:])
    assert body_of("null-choices", with_ids).startswith(
        b'data: {"id":"c1","choices":null}\n\nid: 7\n: hello\nretry: 9\n'
    )


def test_usage_is_told_once_more() -> None:
    tape = recording(b'data: {"id":"c","choices":[{"delta":{}}],"usage":{"prompt_tokens":3}}\n\n')
    *_, last = events(body_of("empty-choices which=last", tape))
    assert last == (b"message", b'{"id":"c","choices":[],"usage":{"prompt_tokens":3}}')


@pytest.mark.parametrize("name", ["anthropic", "responses", "cohere", "ollama", "converse", "tgi", "plain", "invoke"])
@pytest.mark.parametrize("fault", ["null-choices", "empty-choices", "null-delta"])
def test_where_there_are_no_choices(name: str, fault: str) -> None:
    with pytest.raises(Refused, match=r"no (list of choices|choice with a delta) in this stream"):
        broken(fault, TAPES[name])


def test_what_would_lose_something_is_refused() -> None:
    full = recording(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n')
    with pytest.raises(Refused, match="each delta says something"):
        broken("null-delta", full)
    with pytest.raises(Refused, match="no delta has a role"):
        broken("null-delta kind=role", full)
    two = b'data: {"choices":[{"index":0,"delta":{}},{"index":1,"delta":{}}]}\n\n'
    with pytest.raises(Refused, match="needed"):
        broken("null-delta kind=no-index", recording(two))
