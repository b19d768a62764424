"""All recorded streams: the API is found, and its frames are the same whole and live. `test_turns` merges them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.providers.framing import Frame, Framer, frames
from mocksse.providers.registry import APIS, carries_text, detect

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.providers.api import Api

NAMES = {
    "anthropic_messages": "anthropic",
    "bedrock_converse": "bedrock",
    "bedrock_invoke": "bedrock",
    "cohere_v2": "cohere",
    "gemini_generate": "gemini",
    "gemini_generate_jsonarray": "gemini",
    "ollama_chat": "ollama",
    "ollama_generate": "ollama",
    "openai_chat": "openai-chat",
    "openai_completions": "openai-completions",
    "openai_responses": "openai-responses",
    "gemini_interactions": "gemini-interactions",
    "mcp": "mcp",
    "openai_assistants": "openai-assistants",
    # not covered: bedrock_agent, ollama_other
}
PATH_IS_WRONG = {
    "responses__text_citations_item-web_search_call__3d3b01",  # its source kept no path; the one given is Chat's
}
EVENTS_DO_NOT_TELL = {
    "gemini__badline_http400_empty__1c010c",  # an error body as plain JSON under the label of an event stream
    "gemini__badline_http401_empty__6291e3",  # the same
    "gemini__empty__5ea6ee",  # a made-up answer that is no API's
}


@dataclass(frozen=True)
class Recording:
    name: str
    meta: dict[str, Any]
    content_type: str
    body: bytes

    @property
    def api(self) -> Api | None:
        return next((api for api in APIS if api.name == NAMES.get(self.meta["api"])), None)

    @property
    def frames(self) -> list[Frame]:
        return frames(self.content_type, self.body)


@pytest.fixture(scope="session")
def recordings(streams: Path) -> list[Recording]:
    return [_read(meta) for meta in sorted(streams.glob("*/*.meta.json"))]


@pytest.fixture(scope="session")
def covered(recordings: list[Recording]) -> list[Recording]:
    return [recording for recording in recordings if recording.api]


def _read(meta: Path) -> Recording:
    name = meta.name.removesuffix(".meta.json")
    (body,) = (path for path in meta.parent.glob(f"{name}.*") if path != meta)
    told = json.loads(meta.read_text("utf-8"))
    headers = {key.lower(): value for key, value in told["response_headers"].items()}
    return Recording(name, told, headers.get("content-type", ""), body.read_bytes())


def test_detection(recordings: list[Recording]) -> None:
    assert len(recordings) > 100
    for recording in recordings:
        expected = recording.api
        if recording.name not in PATH_IS_WRONG:
            assert detect(recording.meta["request_path"], recording.frames) is expected, recording.name
        if recording.name not in EVENTS_DO_NOT_TELL:
            assert detect("", recording.frames) is expected, recording.name


def test_every_answer_has_frames_that_carry_text(covered: list[Recording]) -> None:
    for recording in covered:
        api = recording.api
        assert api
        said = any(recording.meta[key] for key in ("expected_text", "expected_texts_by_choice", "expected_reasoning"))
        if said:
            assert any(carries_text(api, frame) for frame in recording.frames), recording.name


def test_frames_of_a_live_body_are_the_same(recordings: list[Recording]) -> None:
    for recording in recordings:
        whole = recording.frames
        framer = Framer(recording.content_type)
        body = recording.body
        found = [frame for at in range(0, len(body), 97) for frame in framer.feed(body[at : at + 97])] + framer.close()
        assert [(f.start, f.type, f.data, f.kind) for f in found] == [(f.start, f.type, f.data, f.kind) for f in whole]
        assert all(live.end <= known.end <= live.end + 1 for live, known in zip(found, whole, strict=True))
