"""What serve says when it is up: above all, lines that work when they are pasted."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from click import unstyle
from served import serving

from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import Pacing
from mocksse.server.banner import banner, curl_line, exports_of
from mocksse.server.tape import Tape

URL = "http://127.0.0.1:8080"
SSE = ((b"Content-Type", b"text/event-stream"),)
ANSWER = Response(200, SSE, "chunked", (Piece(0, b"data: it works\n\n"),))


def tape(path: str, method: str | None = None, body: bytes | None = None, name: str = "a", **more: object) -> Tape:
    headers = tuple(more.pop("headers", ()))  # type: ignore[call-overload]
    answer = more.pop("response", ANSWER)
    return Tape("f", Interaction(name, Request(path, method, headers, body), answer), Pacing())  # type: ignore[arg-type]


CHAT = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"%b"}]}'


@pytest.mark.parametrize(
    "made",
    [
        tape("/stream"),
        tape("/stream", "GET"),
        tape("/v1/chat/completions", "POST", CHAT % 'it\'s $HOME `id` \\"q\\" \\n 河 🌊'.encode()),
        tape("/v1/chat/completions", "POST", json.dumps({"a": "b'c", "stream": True}, indent=2).encode()),
        tape("/v1/chat/completions", "POST", CHAT % (b"long " * 60_000)),
        tape("/v1beta/models/x:streamGenerateContent?alt=sse&$filter=[a]{b}&q=ü x", "POST", b"{}"),
        tape("/text", "POST", b"@/etc/hostname"),
        tape("/text", "POST", b"a=1&b=%20", headers=(("Content-Type", "application/x-www-form-urlencoded"),)),
        tape("/empty", "POST"),
        tape("/deleted", "DELETE"),
        tape("/put", "PUT", b"x"),
    ],
    ids=lambda made: made.interaction.request.path.partition("?")[0] + str(len(made.interaction.request.body or "")),
)
def test_the_curl_line_plays_the_interaction_when_a_shell_runs_it(made: Tape) -> None:
    with serving(made.interaction) as server:
        line = curl_line(made, f"http://127.0.0.1:{server.port}")
        assert "\n" not in line
        assert len(line) < 3000
        done = subprocess.run(["sh", "-c", f"{line} -sS"], capture_output=True, check=False, timeout=10)
    assert (done.stdout, done.stderr) == (b"data: it works\n\n", b"")


def test_the_curl_line_is_short() -> None:
    assert curl_line(tape("/a"), URL) == f"curl -N {URL}/a"
    line = curl_line(tape("/a", "POST", b'{"a": 1}'), URL)
    assert shlex.split(line) == ["curl", "-N", f"{URL}/a", "-H", "content-type: application/json", "-d", '{"a": 1}']


def test_the_curl_line_is_for_a_whole_stream_with_a_short_prompt() -> None:
    cut = Response(200, SSE, "chunked", (), End(0, "cut"))
    limited = Response(429, (), "length", ())
    tapes = [
        tape("/cut", response=cut),
        tape("/429", response=limited),
        tape("/long", "POST", b"x" * 5000),
        tape("/good", "POST", b"{}"),
        tape("/also", "POST", b"{}"),
    ]
    assert f"curl -N {URL}/good" in banner(tapes, URL, 1)
    assert f"curl -N {URL}/cut" in banner(tapes[:2], URL, 1)


def test_it_names_the_variables_of_every_api_once() -> None:
    tapes = [
        tape("/v1/chat/completions", "POST", CHAT % b"a"),
        tape("/v1/chat/completions", "POST", CHAT % b"b"),
        tape("/v1/messages", "POST", CHAT % b"b"),
        tape("/somewhere"),
    ]
    lines = unstyle(banner(tapes, URL, 2)).splitlines()
    assert [line for line in lines if "export" in line] == [
        f"  export OPENAI_BASE_URL={URL}/v1",
        f"  export ANTHROPIC_BASE_URL={URL}",
    ]
    assert lines[0] == f"mocksse plays 4 interactions of 2 cassettes at {URL}"
    assert exports_of(tapes[3], URL) == []


def test_it_lists_a_dozen() -> None:
    lines = unstyle(banner([tape(f"/{i}", name=str(i)) for i in range(30)], URL, 1)).splitlines()
    assert sum("f#" in line for line in lines) == 12
    assert any("and 18 more" in line for line in lines)
    assert not any("export" in line for line in lines)
    assert [line for line in lines if not line] == ["", ""]


def test_what_a_terminal_or_a_shell_would_obey_is_not_written() -> None:
    hostile = tape("/$(touch x)\x1b[2J/v1/chat/completions", "POST\x07", b"\x1b]0;t\x07\n", name="\x9b2J")
    lines = unstyle(banner([hostile], URL, 1)).splitlines()
    assert all(line.isprintable() for line in lines)
    assert f"  export OPENAI_BASE_URL='{URL}/$(touch x)·[2J/v1'" in lines
