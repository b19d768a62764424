from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from mocksse import limits
from mocksse.cassette.load import load
from mocksse.cli import run

CHAT = b'data: {"object": "chat.completion.chunk"}\n\ndata: [DONE]\n\n'
PLAIN = b"data: hello\n\n"
TRACE = b"""\
10:00:00.000000 => Send header, 60 bytes (0x3c)
0000: POST /v1/chat/completions HTTP/1.1
0024: Host: 127.0.0.1:8080
003a:\x20
10:00:00.000100 => Send data, 51 bytes (0x33)
0000: {"messages":[{"role":"user","content":"Say  hi!"}]}
10:00:00.001000 <= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
10:00:00.001000 <= Recv header, 33 bytes (0x21)
0000: Content-Type: text/event-stream
10:00:00.001100 <= Recv header, 28 bytes (0x1c)
0000: Transfer-Encoding: chunked
10:00:00.001100 <= Recv header, 2 bytes (0x2)
0000:\x20
10:00:00.021100 <= Recv data, 19 bytes (0x13)
0000: e
0003: data: [DONE]..
10:00:00.021100 <= Recv data, 5 bytes (0x5)
0000: 0
0003:\x20
10:00:00.021200 == Info: Connection #0 to host 127.0.0.1 left intact
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(name: str, data: bytes) -> str:
    Path(name).write_bytes(data)
    return name


def piped(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_body_becomes_a_cassette_named_after_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("My answer.sse", CHAT)]) == 0
    out, err = capsys.readouterr()
    assert out == "cassettes/my-answer.yaml\n"
    assert err.splitlines() == [
        "POST /v1/chat/completions: 200 · 2 events · 2 chunks · 57 B · first byte 0.0 ms · 0.0 ms · complete",
        "serve it:  mocksse serve cassettes/my-answer.yaml",
    ]
    (interaction,) = load(Path("cassettes/my-answer.yaml"))
    assert interaction.name == "my-answer"
    assert interaction.response.body == CHAT
    assert run(["import", "My answer.sse"]) == 0
    assert capsys.readouterr().out == "cassettes/my-answer-2.yaml\n"


def test_those_that_are_imported_together_all_get_in(capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [given(f"{number}.sse", PLAIN) for number in range(4)]
    words = ["-o", "all.yaml", "--append"]
    threads = [threading.Thread(target=run, args=(["import", body, *words],)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(interaction.name for interaction in load(Path("all.yaml"))) == ["0", "1", "2", "3"]
    assert capsys.readouterr().out == "all.yaml\n" * 4


def test_a_name_with_a_space_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("a.sse", PLAIN), "-o", "my file.yaml"]) == 0
    assert capsys.readouterr().err.endswith("serve it:  mocksse serve 'my file.yaml'\n")


def test_a_name_that_can_not_be_shown_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("a.sse", PLAIN), "--name", "a\x1bb"]) == 2
    assert "can't be printed" in capsys.readouterr().err


def test_from_standard_input_it_is_named_after_its_api(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(CHAT, monkeypatch)
    assert run(["import", "-"]) == 0
    assert capsys.readouterr().out == "cassettes/openai-chat.yaml\n"
    piped(PLAIN, monkeypatch)
    assert run(["import", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == "cassettes/stream.yaml\n"
    assert err.startswith("any method /stream: 200 · 1 event")


def test_a_pipe_has_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("63")
    writer = threading.Thread(target=Path("63").write_bytes, args=(CHAT,))
    writer.start()
    assert run(["import", "63"]) == 0
    writer.join()
    assert capsys.readouterr().out == "cassettes/openai-chat.yaml\n"


def test_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    words = "--path /my/events?a=b --method put --status 503 --content-type text/x --chunk 5 --gap 1.5 --name mine"
    assert run(["import", given("a", PLAIN), "-o", "x.yaml", *words.split()]) == 0
    assert capsys.readouterr().out == "x.yaml\n"
    (interaction,) = load(Path("x.yaml"))
    assert interaction.name == "mine"
    assert (interaction.request.path, interaction.request.method) == ("/my/events?a=b", "PUT")
    assert (interaction.response.status, interaction.response.content_type) == (503, "text/x")
    assert [(p.after_us, p.data) for p in interaction.response.pieces] == [
        (1500, b"data:"),
        (1500, b" hell"),
        (1500, b"o\n\n"),
    ]


def test_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("curl.trace", TRACE)]) == 0
    out, err = capsys.readouterr()
    assert out == "cassettes/openai-chat-say-hi.yaml\n"
    assert "first byte 21 ms · 21 ms · complete" in err
    (interaction,) = load(Path(out.strip()))
    assert interaction.name == "say-hi"
    assert interaction.response.body == b"data: [DONE]\n\n"


def test_notes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("a", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")]) == 0
    assert "6 bytes of 9 are missing: imported as a cut stream\n" in capsys.readouterr().err


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("a.sse", CHAT), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["name"], told["events"], told["chunks"]) == ("cassettes/a.yaml", "a", 2, 2)
    assert (told["api"], told["path"], told["end"]) == ("openai-chat", "/v1/chat/completions", "complete")


def test_an_existing_file_wants_append_or_force(capsys: pytest.CaptureFixture[str]) -> None:
    body = given("a.sse", CHAT)
    assert run(["import", body, "-o", "x.yaml"]) == 0
    before = Path("x.yaml").read_bytes()
    assert run(["import", body, "-o", "x.yaml"]) == 2
    assert "x.yaml exists (--append adds to it, --force writes over it)" in capsys.readouterr().err
    assert Path("x.yaml").read_bytes() == before
    assert run(["import", body, "-o", "x.yaml", "--append"]) == 0
    assert [i.name for i in load(Path("x.yaml"))] == ["a", "a-2"]
    assert run(["import", body, "-o", "x.yaml", "--force", "--name", "b"]) == 0
    assert [i.name for i in load(Path("x.yaml"))] == ["b"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nope.sse"], "nope.sse: No such file or directory"),
        (["."], ".: is a folder"),
        (["empty"], "empty: is empty"),
        (["har.json"], "har.json: is a HAR file, which can't be imported"),
        (["vcr.yaml"], "vcr.yaml: is a vcrpy cassette, which can't be imported"),
        (["done.yaml"], "done.yaml: is a mocksse cassette already"),
        (["head"], "head: a response's head without the blank line"),
        (["dots.trace"], "byte 7 of the body can't be told"),
        (["a", "--chunk", "0"], "--chunk '0' is no size"),
        (["a", "--chunk", "1.5"], "--chunk '1.5' is no size"),
        (["a", "--chunk", "events"], "--chunk 'events' is no size"),
        (["a", "--chunk", "²"], "is no size"),
        (["a", "--gap", "nan"], "--gap: 'nan' is not a number"),
        (["a", "--gap", "-1"], "--gap: '-1' is not a number"),
        (["a", "--gap", "9" * 14], "is too large"),
        (["a", "--status", "99"], "99 is not in the range"),
        (["a", "--method", "GE T"], "--method 'GE T' is not an HTTP method"),
        (["a", "--path", "v1"], "--path is the path of a URL"),
        (["a", "--path", "http://h/v1"], "--path is the path of a URL"),
        (["a", "--path", "/a b"], "--path is the path of a URL"),
        (["a", "--content-type", "json"], "--content-type is a media type"),
        (["a", "--content-type", "a/b\r\nX: y"], "--content-type is a media type"),
        (["a", "-o", "x.json"], "-o x.json: a cassette ends in .yaml or .yml"),
        (["a", "-o", "dir.yaml"], "-o dir.yaml: is a folder"),
        (["a", "-o", "har.yaml", "--append"], "har.yaml"),
        (["a", "--append"], "--append and --force need -o FILE"),
        (["a", "-o", "x.yaml", "--append", "--force"], "--append and --force: which of them?"),
        ([], "Missing argument"),
    ],
)
def test_what_can_not_be_done_is_one_clear_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given("a", PLAIN)
    given("empty", b"")
    given("har.json", b'{"log": {"version": "1.2"}}')
    given("har.yaml", b"not: [a cassette")
    given("vcr.yaml", b"interactions:\n- request: {}\nversion: 1\n")
    given("done.yaml", b"mocksse: 1\n")
    given("head", b"HTTP/1.1 200 OK\r\n")
    given("dots.trace", TRACE.replace(b"[DONE]", b"a.b.cd"))
    Path("dir.yaml").mkdir()
    assert run(["import", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mocksse: ")
    assert says in err
    assert err.count("\n") == 1
    assert not Path("cassettes").exists()


def test_nothing_on_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    piped(b"", monkeypatch)
    assert run(["import", "-"]) == 2
    assert "standard input: is empty" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["import", "-"]) == 2
    assert "nothing comes on standard input" in capsys.readouterr().err


def test_what_is_too_large_is_not_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("sparse").open("wb") as file:
        file.truncate(limits.MAX_CASSETTE_BYTES + 1)
    assert run(["import", "sparse"]) == 2
    assert "sparse: more than the 64 MiB of a cassette" in capsys.readouterr().err
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", limits.MIB)
    piped(bytes(limits.MIB + 1), monkeypatch)
    assert run(["import", "-"]) == 2
    assert "-: more than the 1 MiB of a cassette" in capsys.readouterr().err


def test_more_chunks_than_a_cassette_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", given("a", b"x" * 500_001), "--chunk", "1"]) == 2
    assert "500,001 chunks are more than a cassette holds" in capsys.readouterr().err


def test_a_disk_that_can_not_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    given("file", b"")
    assert run(["import", given("a", PLAIN), "-o", "file/x.yaml"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mocksse: file/x.yaml: can't write")


def test_what_a_recording_would_not_hold_stays_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    key = f"sk-proj-{'a1B2' * 10}"
    body = f'data: {{"text": "{key}"}}\n\n'.encode()
    assert run(["import", given("answer.sse", body), "-o", "c.yaml"]) == 0
    err = capsys.readouterr().err
    (line,) = (number for number, text in enumerate(Path("c.yaml").read_text().splitlines(), 1) if key in text)
    assert f"c.yaml:{line}: a credential\n" in err
    assert "mocksse scrub c.yaml" in err
    assert key not in err
    assert run(["import", given("answer.sse", PLAIN), "-o", "plain.yaml"]) == 0
    assert "scrub" not in capsys.readouterr().err
