"""All recorded streams: the API is found, and the fragments together are the answer that a right merger makes of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.providers.framing import Frame, Framer, frames
from mocksse.providers.registry import APIS, carries_text, detect, fragments_of

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment

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
    # not covered: bedrock_agent, gemini_interactions, mcp, ollama_other, openai_assistants
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

    @property
    def fragments(self) -> list[Fragment]:
        assert self.api
        return [fragment for frame in self.frames for fragment in fragments_of(self.api, frame)]


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


def joined(found: list[Fragment], kind: str) -> dict[str, str]:
    """The text of all fragments of a kind, by choice, as the expectations have it."""
    whole: dict[str, str] = defaultdict(str)
    for fragment in found:
        if fragment.kind == kind:
            whole[str(fragment.choice)] += fragment.text
    return whole


def test_detection(recordings: list[Recording]) -> None:
    assert len(recordings) > 100
    for recording in recordings:
        expected = recording.api
        if recording.name not in PATH_IS_WRONG:
            assert detect(recording.meta["request_path"], recording.frames) is expected, recording.name
        if recording.name not in EVENTS_DO_NOT_TELL:
            assert detect("", recording.frames) is expected, recording.name


@pytest.mark.parametrize(("kind", "key"), [("text", "expected_text"), ("reasoning", "expected_reasoning")])
def test_text(covered: list[Recording], kind: str, key: str) -> None:
    for recording in covered:
        expected = recording.meta[key]
        if expected is None:
            expected = recording.meta["expected_texts_by_choice"]  # several answers in one stream
        if isinstance(expected, str):
            expected = {"0": expected} if expected else {}
        assert joined(recording.fragments, kind) == expected, recording.name


def test_refusals_and_errors(covered: list[Recording]) -> None:
    for recording in covered:
        found = recording.fragments
        assert joined(found, "refusal").get("0") == recording.meta["refusal"], recording.name
        told = [error["message"] for error in recording.meta["errors"] or ()]
        assert [fragment.text for fragment in found if fragment.kind == "error"] == told, recording.name


def test_finish(covered: list[Recording]) -> None:
    for recording in covered:
        if "promptFeedback-SAFETY" in recording.name:
            continue  # a blocked prompt ends the answer as well; the expectation knows only candidates
        found = {str(f.choice): f.text for f in recording.fragments if f.kind == "finish"}
        expected = {at: why.rpartition(":")[2] for at, why in recording.meta["finish"].items()}
        assert found == expected, recording.name


def test_usage(covered: list[Recording]) -> None:
    for recording in covered:
        counters: dict[str, Any] = {}
        for fragment in recording.fragments:
            if fragment.kind == "usage":
                counters |= json.loads(fragment.text)
        expected = recording.meta["usage"] or {}
        if recording.meta["api"] == "bedrock_invoke":  # Bedrock's own counters come on top of the model's
            counters = {key: counters[key] for key in expected}
        assert counters == expected, recording.name


def test_tool_calls(covered: list[Recording]) -> None:
    for recording in covered:
        if "partialArgs" in recording.name:
            continue  # values by JSONPath: only a merger can make arguments of them
        calls: list[list[str]] = []
        open_calls: dict[tuple[int, int], list[str]] = {}
        for fragment in recording.fragments:
            if fragment.kind == "tool":
                key = (fragment.choice, fragment.index)
                if fragment.name or key not in open_calls:
                    open_calls[key] = ["", "", ""]
                    calls.append(open_calls[key])
                call = open_calls[key]
                call[0] += fragment.id
                call[1] += fragment.name
                call[2] += fragment.text
        expected = [
            [call["id"] or "", call["name"], call["arguments"]] for call in recording.meta["expected_tool_calls"]
        ]
        assert [[*call[:2], _value(call[2])] for call in calls] == [
            [*call[:2], _value(call[2])] for call in expected
        ], recording.name


def _value(arguments: Any) -> Any:
    """Arguments as a value: an object may be spelled in many ways, and none at all means no arguments."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments or "{}")
    except ValueError:  # cut by a token limit
        return arguments


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
