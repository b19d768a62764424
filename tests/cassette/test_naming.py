"""Names for recordings that nobody named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from cassette_strategies import REQUEST_BODIES, TEXT
from hypothesis import given

from mocksse.cassette.model import Request
from mocksse.cassette.naming import PARTIAL, file_name, free_file, free_name, interaction_name, slug

if TYPE_CHECKING:
    from pathlib import Path


def saying(content: str, path: str = "/v1/chat/completions") -> Request:
    body = json.dumps({"messages": [{"role": "user", "content": content}]}).encode()
    return Request(path, "POST", body=body)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Write one sentence about rivers.", "write-one-sentence-about-rivers"),
        ("One two three four five six seven eight", "one-two-three-four-five-six"),
        ("What is 2 + 2?", "what-is-2-2"),
        ("Où est l'école?", "ou-est-l-ecole"),
        ("\ufb01ne \uff11\uff12", "fine-12"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 100, "a" * 48),
        ("x" * 47 + " yz", "x" * 47),
        ("中文", ""),
        ("😀", ""),
        ("", ""),
        ("--- \0\n", ""),
    ],
)
def test_slug(text: str, words: str) -> None:
    assert slug(text) == words


@given(TEXT)
def test_any_slug_is_a_name_for_a_file(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?)?", slug(text))


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (saying("Tell me of rivers"), "tell-me-of-rivers"),
        (saying("河"), "openai-chat"),
        (Request("/v1/messages", "POST"), "anthropic"),
        (Request("/some/path.json?a=b", "GET"), "some-path-json"),
        (Request("/", "GET"), "recording"),
        (Request("//[", "GET"), "recording"),
        (Request("/stream", "GET", body=b"\xff"), "stream"),
    ],
)
def test_interaction_name(request_: Request, name: str) -> None:
    assert interaction_name(request_) == name


@given(TEXT, REQUEST_BODIES)
def test_every_interaction_gets_a_name(path: str, body: bytes | None) -> None:
    assert interaction_name(Request("/" + path, body=body))


def test_free_file(tmp_path: Path) -> None:
    stem = file_name(saying("Tell me of rivers"))
    for name in ("openai-chat-tell-me-of-rivers", "openai-chat-tell-me-of-rivers-2", "openai-chat-tell-me-of-rivers-3"):
        path = free_file(tmp_path, stem)
        assert path == tmp_path / f"{name}.yaml"
        path.touch()
    assert free_file(tmp_path / "none", "x") == tmp_path / "none" / "x.yaml"


def test_a_file_that_is_being_recorded_is_not_free(tmp_path: Path) -> None:
    (tmp_path / f"x.yaml{PARTIAL}").touch()
    assert free_file(tmp_path, "x") == tmp_path / "x-2.yaml"


def test_file_name() -> None:
    assert file_name(Request("/")) == "recording"
    assert file_name(Request("/v1/messages")) == "anthropic"
    assert file_name(saying("../x", "/a/b")) == "a-b-x"


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a", set(), "a"),
        ("a", {"b"}, "a"),
        ("a", {"a"}, "a-2"),
        ("a", {"a", "a-2", "a-4"}, "a-3"),
        ("a-2", {"a-2"}, "a-2-2"),
    ],
)
def test_free_name(name: str, taken: set[str], free: str) -> None:
    assert free_name(name, taken.__contains__) == free
