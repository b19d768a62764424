"""The 404 of a request that no recording answers: in whose shape, what it names, what it keeps to itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from wire_tapes import tape

from mocksse.cassette.match import Difference, Rules, asked, nearest
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.redact import Secrets
from mocksse.server.miss import Missed, Near, missed
from mocksse.server.tape import Tape

CHAT = "/v1/chat/completions"
NONE = Secrets()


def near(path: str, *differs: Difference) -> Near:
    return Near(Tape("f", tape(path, method="POST", name="one"), Pacing()), differs)


def answer(target: str, *found: Near, secrets: Secrets = NONE) -> tuple[Missed, Any]:
    said = missed("POST", target, found, secrets)
    return said, json.loads(said.body)


PATH = Difference("path", "/asked", "/kept")
BODY = Difference("$.messages[0].content", "a", "b")


@pytest.mark.parametrize(
    ("target", "keep", "differs", "where"),
    [
        (CHAT, CHAT, BODY, ("error", "message")),
        (CHAT, "/other", PATH, ("error", "message")),
        ("/v1/responses", "/v1/responses", BODY, ("error", "message")),
        ("/v1/messages", "/v1/messages", BODY, ("error", "message")),
        ("/v1beta/models/m:streamGenerateContent?alt=sse", "/other", PATH, ("error", "message")),
        ("/v1beta/models/m:streamGenerateContent", "/other", PATH, (0, "error", "message")),
        ("/v2/chat", "/other", PATH, ("message",)),
        ("/api/chat", "/other", PATH, ("error",)),
        ("/model/m/converse-stream", "/other", PATH, ("message",)),
        ("/openai/deployments/d/chat/completions", "/other", PATH, ("error", "message")),
        ("/nowhere", "/other", PATH, ("error", "message")),
    ],
)
def test_it_has_the_shape_of_the_api(target: str, keep: str, differs: Difference, where: tuple[str | int, ...]) -> None:
    said, value = answer(target, near(keep, differs))
    name = differs.field
    message = value
    for key in where:
        message = message[key]
    path = target.partition("?")[0]
    assert message.startswith(f"no recording answers POST {path}")
    assert message.endswith(f": nearest is f#one, which differs in {name}")
    inside = value[0] if isinstance(value, list) else value
    assert inside["mocksse"] == {
        "nearest": [
            {
                "interaction": "f#one",
                "request": f"POST {keep}",
                "differs": [{"field": name, "asked": differs.asked, "recorded": differs.recorded}],
            }
        ]
    }
    assert said.note == f"no recording answers this: nearest is f#one, which differs in {name}"
    assert [name.lower() for name, _ in said.headers].count(b"content-type") == 1


def test_a_recording_that_was_played_as_often_as_it_may_be() -> None:
    said, value = answer("/nowhere", near("/other", PATH), near("/nowhere"))
    why = "f#one was played as often as it was recorded (on_exhausted: error)"
    assert value["error"]["message"] == f"no recording answers POST /nowhere: {why}"
    assert said.note == f"no recording answers this: {why}"


def test_the_path_of_no_api_gets_our_own_shape() -> None:
    said, value = answer("/nowhere")
    error = {"message": "no recording answers POST /nowhere", "type": "mocksse", "code": 404}
    assert value == {"error": error, "mocksse": {"nearest": []}}
    assert said.note == "no recording answers this"
    assert said.headers == ((b"Content-Type", b"application/json"),)


def test_a_recording_at_the_same_path_tells_whose_shape_it_is() -> None:
    groq = tape(CHAT, b'data: {"id":"1","x_groq":{"id":"r"},"choices":[]}\n\n', name="one")
    found = Near(Tape("f", groq, Pacing()), (BODY,))
    assert missed("POST", CHAT, (found,), NONE).headers != answer(CHAT, near(CHAT, BODY))[0].headers


def test_many_fields_are_counted_in_the_message_and_listed_in_the_body() -> None:
    said, value = answer(CHAT, near(CHAT, *(Difference(f"$.{name}", 1, 2) for name in "abcde")))
    assert said.note.endswith("which differs in $.a, $.b, $.c and 2 more")
    assert len(value["mocksse"]["nearest"][0]["differs"]) == 5


def test_a_hint_is_given_in_the_message() -> None:
    said, _ = answer("/chat/completions", near(CHAT, Difference("path", "/chat/completions", CHAT)))
    assert said.note.endswith("which differs in path (with and without /v1 are different paths)")


def test_nothing_of_it_is_secret() -> None:
    secret = "c0ffee-0123456789-c0ffee"
    differs = Difference("$.a", f"my {secret}", "b"), Difference(f"query.{secret}", "1", None)
    said, _ = answer(
        f"/x/{secret}?a={secret}&api_key=hunter22-hunter22", near("/x", *differs), secrets=Secrets((secret.encode(),))
    )
    for text in (said.body.decode(), said.note):
        assert secret not in text
        assert "hunter22" not in text


def test_a_long_target_is_cut() -> None:
    said, value = answer(f"/{'a' * 60000}\n\x1b[31m", near("/x", PATH))
    assert len(value["error"]["message"]) <= 400
    assert "\x1b" not in value["error"]["message"]
    assert len(said.note) <= 400


def test_what_matching_says_fits() -> None:
    kept = Tape("f", tape(CHAT, method="POST", body=b'{"a":"\\ud800","b":NaN}'), Pacing())
    rules = Rules(body="exact")
    found = nearest(asked("POST", CHAT, b'{"a":1e999,"b":null}', (), rules), [kept.asked(rules)], rules)
    _, value = answer(CHAT, *(Near(kept, miss.differs) for miss in found))
    assert [item["field"] for item in value["mocksse"]["nearest"][0]["differs"]] == ["$.a", "$.b"]


def test_the_miss_in_the_documents_is_what_is_sent() -> None:
    text = (Path(__file__).parents[2] / "docs" / "matching.md").read_text()
    said = "Write one sentence about %s."
    body = b'{"messages":[{"role":"user","content":"%b"}]}'
    rules = Rules(body="exact")
    kept = tape(CHAT, method="POST", name="rivers", body=body % (said % "rivers").encode())
    chat = Tape("chat", kept, Pacing())
    found = nearest(asked("POST", CHAT, body % (said % "seas").encode(), (), rules), [chat.asked(rules)], rules)
    sent = missed("POST", CHAT, [Near(chat, miss.differs) for miss in found], NONE)
    assert f"```json\n{sent.body.decode()}```" in text
    assert f"```\n{sent.note}\n```" in text
