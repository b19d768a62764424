"""`mocksse record URL --proxy`: the words of serve under another name, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse.cli import run

if TYPE_CHECKING:
    from mocksse.settings.model import Settings


@pytest.fixture(autouse=True)
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that a server was started with."""
    found: list[Settings] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mocksse.server.run.run", lambda settings, *_: found.append(settings))
    return found


def values(settings: Settings) -> Settings:
    """The settings without where they were said."""
    return replace(settings, origins={})


def test_it_is_serve_under_another_name(started: list[Settings], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "https://api.example", "--proxy"]) == 0
    assert run(["serve", "cassettes", "--upstream", "https://api.example", "--record", "all"]) == 0
    words = ["--port", "0", "--timeout", "2.5", "-k", "-q", "--keep-header", "x-request-id", "--keep-header", "cf-ray"]
    assert run(["record", "--url", "https://api.example", "--proxy", "-o", "kept", *words, "-s"]) == 0
    assert run(["serve", "kept", "--upstream", "https://api.example", "--record", "all", *words]) == 0
    default, served, all_words, all_served = started
    assert values(default) == values(served)
    assert values(all_words) == values(all_served)
    assert default.session.cassettes == (Path("cassettes"),)
    assert default.origins["upstream"] == "URL"
    assert all_words.timeout == 2.5
    assert all_words.redact["keep_headers"] == ("x-request-id", "cf-ray")
    assert capsys.readouterr().err == "certificates are not checked (--insecure)\n" * 2


def test_serve_without_a_path_records_into_the_usual_folder(started: list[Settings]) -> None:
    assert run(["serve", "--upstream", "https://api.example", "--record", "once"]) == 0
    assert started[0].session.cassettes == (Path("cassettes"),)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-d", "x"], "--proxy: -d can't go with it (the client's own requests are recorded)"),
        (["-H", "a: b", "--repeat", "2"], "--proxy: -H, --repeat can't go with it (they are for one request of ours)"),
        (["--append"], "--proxy: --append can't go with it (the client's own requests are recorded)"),
        (["-o", "chat.yaml"], "-o chat.yaml: with --proxy it is a folder (each answer becomes a file in it)"),
        (["--port", "x"], "--port: expected a whole number of 0 or more, found 'x'"),
        (["--timeout", "1e9"], "--timeout: expected a number from 0.001 to 86400, found '1e+09'"),
    ],
)
def test_what_makes_no_sense_with_it(
    words: list[str], line: str, started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["record", "https://api.example", "--proxy", *words]) == 2
    assert capsys.readouterr().err == f"mocksse: {line}\n"
    assert started == []


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("api.example", "URL: not the URL of a server ("),
        ("https://u:SECRET@api.example", "URL: a user or a password in the URL; the client sends its own ("),
    ],
)
def test_a_url_that_is_no_upstream(url: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", url, "--proxy"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"mocksse: {line}")
    assert "SECRET" not in err


def test_a_port_goes_with_it_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["record", "https://api.example", "--port", "1"]) == 2
    assert capsys.readouterr().err == "mocksse: --port goes with --proxy (a single recording listens nowhere)\n"
