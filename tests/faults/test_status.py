"""Another status than the recorded one: the provider's body and headers, and every way to say when to come back."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime

import pytest
from breaking import Got, broken, got, recording
from tapes_of_apis import TAPES

from mocksse.errors import UsageError
from mocksse.providers.errors.registry import SHAPES
from mocksse.replay.compile import Play
from mocksse.replay.draft import Context


def answer(faults: str, tape: str = "chat", context: Context | None = None) -> Got:
    return got(broken(faults, TAPES[tape], context=context))


def test_the_default_is_an_overload() -> None:
    plan = broken("status")
    there = got(plan)
    assert (there.status, there.whole, plan.finish) == (503, True, "complete")
    assert json.loads(there.body)["error"]["type"] == "server_error"
    assert there.header("content-type") == "application/json"
    assert there.header("content-length") == str(len(there.body))
    assert there.header("transfer-encoding") is None
    assert [write.at_us for write in plan.writes] == [100_000, 100_000], "when the head was due"
    assert plan.end_us == 100_000


@pytest.mark.parametrize(
    ("faults", "tape", "status", "path", "value"),
    [
        ("status 429", "chat", 429, ("error", "code"), "rate_limit_exceeded"),
        ("status 401", "anthropic", 401, ("error", "type"), "authentication_error"),
        ("status 529", "anthropic", 529, ("error", "type"), "overloaded_error"),
        ("status 404", "gemini", 404, ("error", "status"), "NOT_FOUND"),
        ("status 400 kind=context-length", "responses", 400, ("error", "code"), "context_length_exceeded"),
        ("status 500 message=no", "cohere", 500, ("message",), "no"),
        ("status 404 message=gone", "ollama", 404, ("error",), "gone"),
        ("status 503 shape=groq", "chat", 503, ("error", "type"), "internal_server_error"),
        ("status 200 kind=server", "chat", 200, ("error", "type"), "server_error"),
    ],
)
def test_in_the_words_of_the_provider(faults: str, tape: str, status: int, path: tuple[str, ...], value: str) -> None:
    there = answer(faults, tape)
    assert there.status == status
    said = json.loads(there.body)
    for key in path:
        said = said[key]
    assert said == value


def test_of_an_api_that_is_not_known_it_is_openais_and_says_so() -> None:
    tape = recording(b'data: {"id":2,"result":{}}\n\n', path="/rpc")
    plan = broken("status 503", tape)
    assert json.loads(got(plan).body)["error"]["type"] == "server_error"
    assert len(plan.notes) == 1
    assert "shape=" in plan.notes[0]
    for told in ("status 503 shape=openai", "status 503 body=x", "status 204", "status 503; status 200 body=y"):
        assert not broken(told, tape).notes or told.startswith("status 503; ")
    assert not broken("status 503").notes


@pytest.mark.parametrize(
    ("path", "content_type", "body", "told", "array"),
    [
        (":streamGenerateContent?alt=sse", "text/event-stream", b'data: {"candidates":[]}\r\n\r\n', "event", False),
        (":streamGenerateContent", "application/json", b'[{"candidates":[]}]', "json", True),
        (":generateContent", "application/json; charset=UTF-8", b'{"candidates":[]}', "json", False),
    ],
)
def test_gemini_labels_an_error_as_it_would_the_answer(
    path: str, content_type: str, body: bytes, told: str, array: bool
) -> None:
    there = got(broken("status 503", recording(body, path=f"/v1beta/models/m{path}", content_type=content_type)))
    types = {"event": "text/event-stream", "json": "application/json; charset=UTF-8"}
    assert there.header("content-type") == types[told]
    said = json.loads(there.body)
    assert isinstance(said, list) is array
    assert (said[0] if array else said)["error"]["status"] == "UNAVAILABLE"


def test_an_array_of_gemini_fails_as_an_array() -> None:
    assert json.loads(answer("status 429", "gemini-array").body)[0]["error"]["code"] == 429


def test_the_headers_are_the_providers() -> None:
    there = answer("status 429 retry-after=1", "anthropic")
    assert there.header("retry-after") == "1"
    assert there.header("anthropic-ratelimit-requests-remaining") == "0"
    assert (
        answer("status 429", "converse")
        .header(
            "x-amzn-errortype",
        )
        .startswith("ThrottlingException:")
    )  # type: ignore[union-attr]
    assert answer("status 429").header("retry-after") is None, "said only when asked for"


@pytest.mark.parametrize("value", ["1", "0.5", "soon", "-1", "1e9", "", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_retry_after_as_it_is_written(value: str) -> None:
    there = answer(f'status 429 retry-after="{value}" retry-after-ms="{value}"')
    assert there.header("retry-after") == value
    assert there.header("retry-after-ms") == value


@pytest.mark.parametrize(
    ("now", "said", "after"),
    [
        (1_800_000_000.0, "date:5s", 1_800_000_005),
        (1_800_000_000.2, "date:5s", 1_800_000_006),
        (1_800_000_000.0, "date:-1m", 1_799_999_940),
        (1_800_000_000.0, "date:0", 1_800_000_000),
    ],
)
def test_a_date_is_not_sooner_than_was_asked_for(now: float, said: str, after: int) -> None:
    play = Play(now=lambda: now)
    value = got(broken(f"status 429 retry-after={said}", play=play)).header("retry-after")
    assert value is not None
    assert value.endswith(" GMT")
    assert parsedate_to_datetime(value).timestamp() == after
    assert play.asked, "the plan is that moment's"


def test_a_plan_without_a_date_is_every_moments() -> None:
    play = Play()
    broken("status 429 retry-after=1", play=play)
    assert not play.asked


@pytest.mark.parametrize(("said", "sent"), [("yes", "true"), ("no", "false")])
def test_whether_to_retry(said: str, sent: str) -> None:
    for tape in ("chat", "anthropic"):  # the latter says it by itself: once is enough
        there = answer(f"status 500 should-retry={said}", tape)
        assert [value for name, value in there.headers if name == b"x-should-retry"] == [sent.encode()]


@pytest.mark.parametrize("code", [200, 201, 205, 210, 299, 300, 399])
def test_below_400_there_is_no_body_unless_one_is_asked_for(code: int) -> None:
    there = answer(f"status {code}")
    assert (there.status, there.body, there.whole) == (code, b"", True)
    assert there.headers == ((b"Content-Length", b"0"),)


@pytest.mark.parametrize("code", [204, 304])
def test_statuses_that_never_have_a_body(code: int) -> None:
    there = answer(f"status {code} body=never")
    assert (there.status, there.body, there.whole) == (code, b"", True)
    assert there.header("content-length") is None


def test_another_body_and_type() -> None:
    there = answer('status 500 body="upstream connect error"')
    assert there.body == b"upstream connect error"
    assert there.header("content-type") == "text/plain; charset=utf-8"
    assert answer('status 500 body="{}"').header("content-type") == "application/json"
    assert answer('status 500 body="" type="text/event-stream"').headers[0] == (b"content-type", b"text/event-stream")


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_shape_for_every_kind_of_status(name: str) -> None:
    for code in (400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 529, 599):
        there = answer(f"status {code} shape={name}")
        assert (there.status, there.whole) == (code, True)
        assert there.body
        assert there.header("content-length") == str(len(there.body))


@pytest.mark.parametrize("code", ["199", "600", "0", "-1", "99999"])
def test_what_is_no_status(code: str) -> None:
    with pytest.raises(UsageError, match="is no status from 200 to 599"):
        broken(f"status {code}")


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ("status 429 retry-after=date:soon", "'soon' is no duration"),
        ("status 429 retry-after=date:5", "5 of what"),
        ('status 429 retry-after="1\nx: y"', "one line"),
        ('status 429 type="a\rb"', "one line"),
    ],
)
def test_refusals(faults: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        broken(faults)


def test_head_and_http_1_0() -> None:
    there = got(broken("status 429", context=Context("HEAD")))
    assert (there.status, there.body) == (429, b"")
    assert broken("status 429", context=Context("HEAD")).wire.endswith(b"\r\n\r\n")
    plan = broken("status 429", context=Context(http="1.0", close=True))
    assert plan.finish == "fin"
    assert plan.wire.startswith(b"HTTP/1.0 429 Too Many Requests\r\n")


def test_what_came_before_is_forgotten_and_what_comes_behind_is_refused() -> None:
    assert got(broken("truncate at=first-text; status 500")).status == 500
    plan = broken("status 500; drop", strict=False)
    assert got(plan).status == 500
    (note,) = plan.notes
    assert note.startswith("drop: needs server-sent events or NDJSON or a JSON array or AWS event-stream frames, and ")


def test_an_answer_of_no_known_api_fails_as_openais() -> None:
    there = got(broken("status 500", recording(b"x", path="/x", content_type="text/plain")))
    assert json.loads(there.body)["error"]["type"] == "server_error"
