"""Every generated event by the official SDKs' own types: what their lenient readers would let pass is missing here.

Only Responses, Anthropic and Chat have types that demand their fields.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.cassette.pacing import Fixed, Pacing
from mocksse.cassette.units import units
from mocksse.generate.made import Tool, Wanted, make

if TYPE_CHECKING:
    from pydantic import TypeAdapter

pytestmark = pytest.mark.long


def payloads(api: str) -> list[dict[str, Any]]:
    tools = (Tool("weather", {"city": "Bern"}), Tool("time", {}))
    made = make(Wanted(api, Pacing(ttft=Fixed(1)), words=9, reasoning=6, tools=tools, usage=True), 2)
    return [json.loads(unit.data) for unit in units(made.response) if unit.data != b"[DONE]"]


def adapter(api: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    match api:
        case "openai-chat":
            from openai.types.chat import ChatCompletionChunk

            return TypeAdapter(ChatCompletionChunk)
        case "openai-responses":
            from openai.types.responses import ResponseStreamEvent

            return TypeAdapter(ResponseStreamEvent)
        case _:
            from anthropic.types import RawMessageStreamEvent

            return TypeAdapter(RawMessageStreamEvent)


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic"])
def test_no_field_is_missing_or_of_another_type(api: str) -> None:
    known = adapter(api)
    found = payloads(api)
    assert len(found) > 20
    for payload in found:
        if payload.get("type") != "ping":  # the SDK passes over it, and has no type for it
            known.validate_python(payload)
