"""The provider's own error in mid-stream: in its own framing, between two events, and what is behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, events, got, recording
from tapes_of_apis import ANTHROPIC, COHERE, CONVERSE, GEMINI, GEMINI_ARRAY, INVOKE, OLLAMA, RESPONSES, TAPES, TGI

from mocksse.cassette.model import Recorded
from mocksse.cassette.units import api_of
from mocksse.providers.framing import frames
from mocksse.providers.lenient import decode
from mocksse.providers.registry import fragments_of
from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

A, B, C, D, DONE = CHAT
NESTED = (
    b'data: {"error":{"message":"The server is currently overloaded with other requests. Sorry about that! '
    b'Please retry your request.","type":"server_error","param":null,"code":null}}\n\n'
)


def body(faults: str, tape: Interaction | None = None) -> bytes:
    return got(broken(faults, tape)).body


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("error at=event:2", A + B + NESTED),
        ("error at=event:0", NESTED),
        ("error at=end", A + B + C + D + DONE + NESTED),
        ("error at=event:2 then=continue", A + B + NESTED + C + D + DONE),
        ("error at=event:2 then=done", A + B + NESTED + DONE),
        (f"error at=byte:{len(A)}", A + NESTED),
        (f"error at=byte:{len(A) + 1}", A + B + NESTED),
        ("error at=first-text; error at=first-text", A + NESTED),
        ("error at=percent:50", A + B + C + NESTED),
    ],
)
def test_between_two_events_of_a_chat(faults: str, expected: bytes) -> None:
    there = got(broken(faults, strict=False))
    assert there.body == expected
    assert there.whole


def test_what_it_says() -> None:
    said = body('error at=event:1 kind=rate-limit message="slow \\"down\\", é"')
    assert said.startswith(A + b"data: ")
    error = json.loads(said[len(A) + 6 :])["error"]
    assert error["message"] == 'slow "down", é'
    assert error["code"] == "rate_limit_exceeded"
    assert b'"status_code":418' in body("error shape=groq code=418")


@pytest.mark.parametrize(
    ("tape", "kept", "said"),
    [
        (
            "anthropic",
            b"".join(ANTHROPIC[:7]),
            b'event: error\ndata: {"type":"error","error":{"type":"overlo',
        ),
        ("responses", b"".join(RESPONSES[:5]), b'event: error\ndata: {"type":"error","sequence_number":5,"error":'),
        ("gemini", b"".join(GEMINI[:2]), b'{\r\n  "error": {\r\n    "code": 503,\r\n'),
        ("gemini-array", GEMINI_ARRAY[0], b'\r\n,\r\n{\n  "error": {\n    "code": 503,\n'),
        ("cohere", b"".join(COHERE[:3]), b'event: message-end\ndata: {"type":"message-end","delta":{"error":'),
        ("ollama", b"".join(OLLAMA[:2]), b'{"error":"server busy'),
        ("tgi", TGI[0], b"data:"),
        ("openrouter", b": OPENROUTER PROCESSING\n\n" * 2 + A + B, b'data: {"id":"c1","provider":"Unknown"'),
    ],
)
def test_in_the_own_words_of_each_api(tape: str, kept: bytes, said: bytes) -> None:
    """Behind the first event with text: `at=byte` inside it."""
    inside = len(kept) - 3
    there = body(f"error at=byte:{inside}", TAPES[tape])
    assert there.startswith(kept + said)
    api = api_of(TAPES[tape])
    assert api
    found = [
        fragment
        for frame in frames(TAPES[tape].response.header("content-type") or "", there)
        for fragment in fragments_of(api, frame)
        if fragment.kind == "error"
    ]
    assert found or tape == "gemini", "raw JSON in an event stream is no event"


@pytest.mark.parametrize(("tape", "events_"), [("converse", CONVERSE), ("invoke", INVOKE)])
def test_an_exception_frame_of_aws_is_the_last(tape: str, events_: tuple[bytes, ...]) -> None:
    there = body("error at=event:2 kind=rate-limit", TAPES[tape])
    assert there.startswith(b"".join(events_[:2]))
    *_, last = eventstream.parse(there)
    assert isinstance(last, eventstream.Frame)
    assert last.header(":exception-type") == "throttlingException"
    assert last.header(":message-type") == "exception"


@pytest.mark.parametrize(
    ("shape", "follow"),
    [
        ("openrouter", DONE),
        ("cohere", DONE),
        ("llamacpp-field", DONE),
        ("llamacpp", b""),
        ("anthropic", b""),
        ("groq", b""),
    ],
)
def test_what_a_provider_still_sends_behind_it(shape: str, follow: bytes) -> None:
    there = body(f"error at=event:2 shape={shape}")
    assert there.endswith(follow)
    assert there.count(DONE) == bool(follow)
    assert body(f"error at=event:2 shape={shape} then=done").count(DONE) == 1
    assert body(f"error at=event:2 shape={shape} then=continue").endswith(C + D + DONE)


@pytest.mark.parametrize("shape", ["auto", "openai-flat", "openai-responses", "openai"])
@pytest.mark.parametrize("fault", ["error", "error-spliced-mid-event"])
@pytest.mark.parametrize("place", ["event:0", "event:2", "percent:50"])
def test_numbers_go_on_behind_an_error_that_took_some(fault: str, shape: str, place: str) -> None:
    there = body(f"{fault} at={place} shape={shape} then=continue", TAPES["responses"])
    values = [decode(data) for _, data in events(there)]
    numbers = [value["sequence_number"] for value in values if value and "sequence_number" in value]
    # The number that is missing is in what an error and half an event are together, which is no JSON.
    spliced = fault != "error"
    assert values.count(None) == spliced
    assert numbers == [n for n in range(len(numbers) + spliced) if not spliced or n != values.index(None)]


def test_an_array_is_closed() -> None:
    for place in ("event:0", "event:1", "end"):
        read = json.loads(body(f"error at={place}", TAPES["gemini-array"]))
        assert read[-1]["error"]["code"] == 503
    read = json.loads(body("error at=event:1 then=continue", TAPES["gemini-array"]))
    assert ["error" in element for element in read] == [False, True, False]


@pytest.mark.parametrize(
    ("tape", "shape"),
    [
        ("ollama", "openai"),
        ("ollama", "openai-responses"),
        ("ollama", "gemini"),
        ("gemini-array", "anthropic"),
        ("gemini-array", "ollama"),
        ("converse", "groq"),
        ("converse", "ollama"),
    ],
)
def test_what_is_made_for_another_framing_is_framed_as_the_body_is(tape: str, shape: str) -> None:
    clean = TAPES[tape]
    for then in ("end", "continue"):
        there = body(f"error at=event:1 shape={shape} then={then}", clean)
        found = frames(clean.response.header("content-type") or "", there)
        errors = [json.loads(frame.data) for frame in found[1:] if frame.kind == "event" and b'"error"' in frame.data]
        assert len(errors) == (2 if shape == "openai-responses" else 1)


def test_a_line_without_an_end_gets_one() -> None:
    tape = recording(b'{"message":{"content":"a"},"done":false}', path="/api/chat", content_type="application/x-ndjson")
    for then in ("end", "continue"):
        there = body(f"error at=end then={then}", tape)
        assert [json.loads(line).get("done") for line in there.splitlines()] == [False, None]


def test_times() -> None:
    """The error is due when the next event was, and the end comes as soon behind it as behind the last."""
    plan = broken("error at=event:2")
    assert [(w.at_us, NESTED in w.data) for w in plan.writes[-2:]] == [(130_000, True), (135_000, False)]
    assert plan.end_us == 135_000
    plan = broken("error at=event:2 then=continue")
    assert [(w.at_us, NESTED in w.data) for w in plan.writes[3:5]] == [(130_000, True), (130_000, False)]
    assert plan.end_us == broken("error at=end").end_us == 155_000
    assert [chunk for chunk in got(plan).chunks if chunk] == [A, B, NESTED, C, D, DONE]


@pytest.mark.parametrize(
    ("faults", "tape", "why"),
    [
        ("error then=done", "gemini", "no terminal event in this stream"),
        ("error at=end then=done", "chat", "the terminal event is in front of this place"),
        ("error-as-field", "ollama", "needs server-sent events"),
    ],
)
def test_refusals(faults: str, tape: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(faults, TAPES[tape])


def test_an_error_as_a_field_is_an_empty_success_to_whoever_ignores_it() -> None:
    there = body("error-as-field kind=context-length")
    assert there.startswith(b'error: {"code":400,"message":"request (4097 tokens) exceeds')
    assert events(there) == [(b"message", b"[DONE]")]
    assert body("error-as-field at=event:2").startswith(A + B + b'error: {"code":503,')


@pytest.mark.parametrize("style", ["line", "pretty"])
def test_json_without_a_field_in_front(style: str) -> None:
    there = body(f"unframed-json-error at=event:1 style={style}")
    raw = there.removeprefix(A)
    assert json.loads(raw)["error"]["type"] == "server_error"
    assert raw.count(b"\n") == (1 if style == "line" else 8)
    assert events(there) == events(A)
    on = body(f"unframed-json-error at=event:1 style={style} then=continue")
    assert on == A + raw + B + C + D + DONE
    assert events(on) == events(b"".join(CHAT)), "to the standard they are fields of no meaning"


def test_json_without_a_field_has_the_line_ends_of_the_stream() -> None:
    raw = body("unframed-json-error at=event:1 style=pretty", TAPES["gemini"]).removeprefix(GEMINI[0])
    assert raw.count(b"\r\n") == raw.count(b"\n") == 7


def test_an_error_inside_an_event_that_has_no_end() -> None:
    there = body("error-spliced-mid-event at=event:2")
    assert there == A + B + C[:-1] + NESTED
    *_, last = events(there)
    assert last[1] == C[6:-2] + b"\n" + NESTED[6:-2], "one event, of two JSON texts"
    assert body("error-spliced-mid-event at=event:2 then=continue") == A + B + C[:-1] + NESTED + D + DONE
    there = body("error-spliced-mid-event at=event:2 cut=amid")
    torn = there.removeprefix(A + B).removesuffix(NESTED)
    assert C.startswith(torn)
    assert 10 < len(torn) < len(C) - 10


def test_an_error_inside_an_event_of_anthropic() -> None:
    there = body("error-spliced-mid-event at=first-text", TAPES["anthropic"])
    *_, last = events(there)
    assert last[0] == b"error"
    assert last[1].startswith(b'{"type": "content_block_delta"') or last[1].startswith(b'{"type":"content_block_delta"')
    there = body("error-spliced-mid-event at=event:1", TAPES["gemini"])
    assert there.startswith(GEMINI[0] + GEMINI[1][:-2] + b"{\r\n")


@pytest.mark.parametrize("eol", [b"\r\n", b"\r", b"\n"])
@pytest.mark.parametrize(
    "faults",
    [
        "error at=event:2",
        "error at=event:2 then=continue",
        "error at=end shape=cohere",
        "error at=event:0 shape=openai-responses then=done",
        "error-as-field at=event:2",
        "error-as-field at=event:2 then=continue",
        "unframed-json-error at=event:2 style=pretty",
        "unframed-json-error at=end then=continue",
        "error-spliced-mid-event at=event:2",
        "error-spliced-mid-event at=event:2 cut=amid then=continue",
    ],
)
def test_an_error_has_the_line_ends_of_the_stream(faults: str, eol: bytes) -> None:
    there = body(faults, recording(*(event.replace(b"\n", eol) for event in CHAT)))
    assert there == body(faults).replace(b"\n", eol)
    if eol == b"\r\n":
        assert body(f"crlf; {faults}") == there


UNKNOWN = recording(
    b'event: message\ndata: {"rpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"Hi"}]}}\n\n',
    path="/rpc",
)


@pytest.mark.parametrize("name", ["error", "error-spliced-mid-event", "unframed-json-error"])
def test_of_an_api_that_is_not_known_nobody_guesses_the_error(name: str) -> None:
    with pytest.raises(Refused, match="the errors of this stream's API are not known") as caught:
        broken(name, UNKNOWN)
    assert "shape=openai" in caught.value.hint
    assert b'"server_error"' in body(f"{name} shape=openai", UNKNOWN)
    assert b"error: {" in body("error-as-field", UNKNOWN)


def test_an_exception_frame_is_of_any_service_of_aws() -> None:
    frame = eventstream.encode([(":event-type", "trace"), (":message-type", "event")], b'{"step":1}')
    tape = recording(frame, path="/agents/a/text", content_type="application/vnd.amazon.eventstream")
    assert api_of(tape) is None
    *_, last = eventstream.parse(body("error at=end kind=rate-limit", tape))
    assert isinstance(last, eventstream.Frame)
    assert last.header(":exception-type") == "throttlingException"


def test_whose_error_it_is_a_recording_shows() -> None:
    groq = CHAT[0].replace(b'"id":"c1"', b'"id":"c1","x_groq":{"id":"req_1"}')
    there = body("error at=event:1", recording(groq, *CHAT[1:]))
    assert there.startswith(groq + b"event: error\n")
    tape = recording()
    at_deepseek = replace(tape, recorded=Recorded(upstream="https://api.deepseek.com"))
    assert b'"code":"invalid_request_error"' in body("error at=event:1", at_deepseek)
    llamacpp = replace(
        tape, response=replace(tape.response, headers=(*tape.response.headers, (b"Server", b"llama.cpp")))
    )
    assert b'{"error":{"code":503,' in body("error at=event:1", llamacpp)
