"""Several cassettes at once, above all those that are written in a test: none takes the place of another unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from mocksse.errors import UsageError
from mocksse.testing import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mocksse.testing import MockSession

OPEN = build_opener(ProxyHandler({})).open


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def one(server: MockServer) -> Iterator[MockSession]:
    with server.session() as session:
        yield session


def asked(one: MockSession, path: str = "/x") -> bytes:
    with OPEN(Request(one.url(path), b'{"stream": true}'), timeout=10) as answer:
        return answer.read()


def test_streams_of_two_paths(one: MockSession) -> None:
    one.stream(["data: a"], path="/a")
    one.stream(["data: b"], path="/b")
    assert [asked(one, path) for path in ("/b", "/a", "/b")] == [b"data: b\n\n", b"data: a\n\n", b"data: b\n\n"]


def test_streams_of_one_path_answer_in_turn(one: MockSession) -> None:
    one.stream(["data: a"])
    one.stream(["data: b"])
    assert [asked(one) for _ in range(3)] == [b"data: a\n\n", b"data: b\n\n", b"data: b\n\n"]
    assert one.unused == []


def test_one_that_has_answered_gives_way(one: MockSession) -> None:
    one.stream(["data: a"])
    one.stream(["data: other"], path="/other")
    assert asked(one) == b"data: a\n\n"
    one.stream(["data: b"])
    assert one.unused == ["inline-2", "inline-3"]
    assert [asked(one), asked(one, "/other"), asked(one)] == [b"data: b\n\n", b"data: other\n\n", b"data: b\n\n"]


def test_the_same_again_is_itself(one: MockSession) -> None:
    for _ in range(3):
        one.stream(["data: a"])
        one.stream(["data: b"])
        assert [asked(one), asked(one)] == [b"data: a\n\n", b"data: b\n\n"]
        one.reset()
    one.stream(["data: a"], fault="truncate at=event:0")
    one.stream(["data: a"])
    assert asked(one) == b"data: a\n\n"


def test_generated_answers_in_turn(one: MockSession) -> None:
    one.generate("anthropic", "One")
    one.generate("anthropic", "Two")
    assert [b"One" in asked(one, "/v1/messages"), b"Two" in asked(one, "/v1/messages")] == [True, True]


def test_files_of_one_name(one: MockSession, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "chat.yaml").write_text(f"path: /{name}\nstream:\n- data: {name}\n")
    one.play(tmp_path / "a" / "chat.yaml", tmp_path / "b" / "chat.yaml")
    one.play(tmp_path / "b" / "chat.yaml")
    assert [asked(one, "/a"), asked(one, "/b")] == [b"data: a\n\n", b"data: b\n\n"]


def test_one_interaction_of_a_file(one: MockSession, tmp_path: Path) -> None:
    parts = "".join(f"- name: {n}\n  request: {{path: /{n}}}\n  response: {{stream: [{{data: {n}}}]}}\n" for n in "abc")
    path = tmp_path / "chat.yaml"
    path.write_text(f"mocksse: 1\ninteractions:\n{parts}")
    one.play(f"{path}#a", f"{path}#b")
    assert [asked(one, "/a"), asked(one, "/b")] == [b"data: a\n\n", b"data: b\n\n"]
    with pytest.raises(UsageError, match=r"no interaction is called d \(there are a, b, c\)"):
        one.play(f"{path}#d")
    with pytest.raises(UsageError, match="no cassette is called nope"):
        one.play("nope#a")


@pytest.mark.parametrize("whole", ["data: a\n\ndata: b\n\n", b"data: a\n\ndata: b\n\n"])
def test_a_stream_may_be_one_text(one: MockSession, whole: str | bytes) -> None:
    one.stream(whole)
    assert asked(one) == b"data: a\n\ndata: b\n\n"


@pytest.mark.parametrize("event", [7, {"data": "a"}, None])
def test_what_is_no_event(one: MockSession, event: Any) -> None:
    with pytest.raises(UsageError, match=rf"is text or bytes, and not {type(event).__name__} \(such as 'data: one'\)"):
        one.stream([event])
