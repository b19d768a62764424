"""The events that an API defines, held against the unions of the official SDKs."""

import json
import re
from pathlib import Path

import pytest

from mocksse.providers import ag_ui, anthropic, bedrock, openai_chat, openai_responses, vercel_ui
from mocksse.providers.api import Api
from mocksse.providers.defined import defines, type_of
from mocksse.providers.framing import Frame
from mocksse.providers.registry import APIS
from mocksse.providers.terminator import terminator_of


def event(data: bytes, type_: str = "message") -> Frame:
    return Frame(0, len(data), type_, data)


def types_of(package: str, pattern: str) -> set[str]:
    """What the SDK's event classes have as their `type`."""
    folder = Path(pytest.importorskip(package).__file__).parent
    text = "".join(path.read_text() for path in folder.glob(pattern))
    return set(re.findall(r'^    type: Literal\["([\w.]+)"\]', text, re.MULTILINE))


def test_all_events_of_openai_s_sdk_are_defined() -> None:
    found = types_of("openai", "types/responses/response_*_event.py")
    found = {t for t in found if t.startswith("response.")} - {"response.create", "response.steer"}  # a client's
    assert len(found) > 50
    assert {t for t in found if not defines(openai_responses.API, event(b'{"type":"%b"}' % t.encode()))} == set()


def test_all_events_of_anthropic_s_sdk_are_defined() -> None:
    found = types_of("anthropic", "types/raw_*_event.py")
    assert len(found) >= 6
    assert {t for t in found if not defines(anthropic.API, event(b'{"type":"%b"}' % t.encode()))} == set()


@pytest.mark.parametrize(
    ("data", "type_", "defined"),
    [
        (b'{"type":"message_start"}', "message", True),
        (b"{}", "message_stop", True),
        (b'{"type":"thinking_start"}', "message_start", False),
        (b"{}", "message", False),
        (b"oops", "message", True),  # that is broken JSON
        (b"[DONE]", "message", True),
    ],
)
def test_an_api_with_types(data: bytes, type_: str, defined: bool) -> None:
    assert defines(anthropic.API, event(data, type_)) is defined


@pytest.mark.parametrize(
    ("api", "data", "type_", "defined"),
    [
        (vercel_ui.API, b'{"type":"data-weather"}', "message", True),
        (vercel_ui.API, b'{"type":"finish-step"}', "message", True),
        (vercel_ui.API, b'{"type":"text"}', "message", False),
        (ag_ui.API, b'{"type":"STATE_DELTA"}', "message", True),
        (ag_ui.API, b'{"type":"RUN_WAITED"}', "message", False),
        (bedrock.API, b"{}", "messageStart", True),
        (bedrock.API, b"{}", "throttlingException", True),
        (bedrock.API, b"{}", "messageBegin", False),
    ],
)
def test_apis_of_many_types(api: Api, data: bytes, type_: str, defined: bool) -> None:
    assert defines(api, event(data, type_)) is defined


@pytest.mark.parametrize(("data", "defined"), [(b'{"choices":[]}', True), (b'{"id":1}', False), (b"[]", False)])
def test_an_api_without(data: bytes, defined: bool) -> None:
    assert defines(openai_chat.API, event(data)) is defined


def test_a_comment_is_no_event() -> None:
    assert defines(openai_chat.API, Frame(0, 1, "", b"{}", "comment"))


def test_the_payload_s_type_goes_before_the_line_s() -> None:
    assert type_of(event(b'{"type":"a"}', "b")) == "a"
    assert type_of(event(b"{}", "b")) == "b"


def test_every_api_that_has_an_end_of_its_own_says_which() -> None:
    assert terminator_of(None) == ""
    assert {api.name for api in APIS if not terminator_of(api)} & {"openai-chat", "anthropic", "cohere"} == set()
    assert terminator_of(next(api for api in APIS if api.name == "gemini")) == ""


@pytest.mark.parametrize(
    ("api", "first", "has"),
    [
        ("openai-chat", {"choices": [{"delta": {"content": "H"}}]}, True),
        ("openai-chat", {"choices": [{"delta": {"content": "H"}, "message": None}]}, True),
        ("openai-chat", {"choices": [{"delta": {"content": "H"}, "message": {"content": "H"}}]}, False),  # Perplexity
        ("openai-completions", {"choices": [{"text": "H"}]}, True),
        ("openai-completions", {"value": "H"}, False),  # Writer
        ("anthropic", {"value": "H"}, True),
    ],
)
def test_dialects_without_a_terminator(api: str, first: object, has: bool) -> None:
    stream = [Frame(0, 1, "", b"ping", "comment"), event(json.dumps(first).encode())]
    assert bool(terminator_of(next(one for one in APIS if one.name == api), stream)) is has
