"""The Python half of the contract: arguments, what counts as an error, one line for each answer."""

from __future__ import annotations

import io
import json
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.torture.clients.contract import MAX_EVENTS, Failure, Options, Seen, play, run

if TYPE_CHECKING:
    from collections.abc import Callable


class Spoken(Options):
    APIS = ("one", "two")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `run` changes is put back."""
    for name in ("NO_PROXY", "no_proxy", "OPENAI_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.setenv(name, "was")


def ran(
    capsys: pytest.CaptureFixture[str],
    *argv: str,
    stream: Callable[[Spoken, Seen], None] = lambda _options, _seen: None,
    package: str = "json",
) -> tuple[object, list[Any], str]:
    """The exit code, the lines of stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        run(nullcontext(stream), Spoken, package, argv)
    out, err = capsys.readouterr()
    return ended.value.code, [json.loads(line) for line in out.splitlines()], err


def test_options_have_defaults_that_leave_the_client_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Spoken] = []

    def stream(options: Spoken, _seen: Seen) -> None:
        asked.append(options)

    assert ran(capsys, "http://x", stream=stream)[0] == 0
    words = ("http://y", "--api", "two", "--header", "a:b: c ", "--header", "d:", "--retries", "0", "--timeout", "1.5")
    assert ran(capsys, *words, stream=stream)[0] == 0
    first, second = asked
    assert (first.base_url, first.api, first.headers, first.retries, first.events) == (
        "http://x",
        "one",
        [],
        None,
        None,
    )
    assert (second.base_url, second.api, second.retries, second.timeout) == ("http://y", "two", 0, 1.5)
    assert second.headers == [("a", "b: c"), ("d", "")]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["x", "y"],
        ["x", "--api", "three"],
        ["x", "--header", "no-colon"],
        ["x", "--header", ": v"],
        ["x", "--retries", "-1"],
        ["x", "--events", "few"],
        ["x", "--ret", "1"],
        ["x", "--serve"],
    ],
)
def test_wrong_usage_is_told_and_nothing_is_asked(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    code, lines, err = ran(capsys, *argv)
    assert (code, lines) == (2, [])
    assert "error: " in err.splitlines()[-1]


def test_a_client_that_is_not_installed_is_told_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, err = ran(capsys, "x", package="nobody_has_this")
    assert (code, lines, err) == (2, [], "nobody_has_this is not installed: pip install nobody_has_this\n")


def test_a_package_within_another_goes_by_the_name_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    for package in ("nobody_has.this", "json.this"):
        name = package.replace(".", "-")
        assert ran(capsys, "x", package=package) == (2, [], f"{name} is not installed: pip install {name}\n")


def test_counters_that_come_again_replace_the_first_and_objects_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    def stream(_options: Spoken, seen: Seen) -> None:
        seen.usage({"in": 1, "out": 1})
        seen.usage({"out": 7})
        seen.call(0, "a", "f", seen.json({"at": "Köln"}))
        seen.call(1, None, "g", seen.json(None))

    _, (found,), _ = ran(capsys, "x", stream=stream)
    assert found["usage"] == {"in": 1, "out": 7}
    assert [call["arguments"] for call in found["tool_calls"]] == ['{"at":"Köln"}', ""]


def test_an_exception_is_a_result_with_what_came_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    def stream(_options: Spoken, seen: Seen) -> None:
        seen.attempt()
        seen.text("caf\udcc3")
        seen.event("delta")
        raise json.JSONDecodeError("Expecting value", "x", 0)

    code, (found,), err = ran(capsys, "x", stream=stream)
    assert (code, err) == (0, "")
    assert found == {
        "outcome": "error",
        "text": "caf\udcc3",
        "reasoning": "",
        "tool_calls": [],
        "usage": {},
        "events": ["delta"],
        "error_type": "json.decoder.JSONDecodeError",
        "error_message": "Expecting value: line 1 column 1 (char 0)",
        "attempts": 1,
    }


def test_one_process_answers_line_by_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stream(options: Spoken, seen: Seen) -> None:
        seen.text(f"{options.api} {options.base_url}")

    monkeypatch.setattr("sys.stdin", io.StringIO('["a"]\n["b", "--api", "two"]\n'))
    code, lines, _ = ran(capsys, "--serve", stream=stream)
    assert (code, [line["text"] for line in lines]) == (0, ["one a", "two b"])
    for wrong in ("a\n", '{"base_url": "a"}\n', "[1]\n", "[]\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO('["a"]\n' + wrong))
        code, lines, err = ran(capsys, "--serve")
        assert (code, len(lines)) == (2, 1)
        assert "error: " in err


def test_the_environment_does_not_say_where_a_client_goes(capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, str] = {}
    ran(capsys, "x", stream=lambda _options, _seen: found.update(os.environ))
    assert not [name for name in found if name.startswith(("OPENAI_", "ANTHROPIC_"))]
    assert (found["NO_PROXY"], found["no_proxy"]) == ("*", "*")


def test_pieces_are_joined_and_calls_kept_apart() -> None:
    seen = Seen()
    for piece in ("a", None, "", "b"):
        seen.text(piece)
        seen.reasoning(piece)
    seen.call((0, 1), "id", None, None)
    seen.call((0, 0), None, "first", "{")
    seen.call((0, 1), "", "second", "{}")
    seen.call((0, 0), arguments="}")
    result = seen.result()
    assert (result.outcome, result.text, result.reasoning) == ("ok", "ab", "ab")
    assert [(call.id, call.name, call.arguments) for call in result.tool_calls] == [
        ("id", "second", "{}"),
        ("", "first", "{}"),
    ]


def test_a_caller_may_leave_which_is_no_error() -> None:
    def stream(_options: Options, seen: Seen) -> None:
        for number in range(10):
            seen.note("a note counts for nothing")
            seen.event(number)

    result = play(stream, Options(events=2))
    assert (result.outcome, result.error_type, result.events[1::2]) == ("ok", None, (0, 1))


def test_only_the_first_events_are_listed_and_only_the_start_of_a_message() -> None:
    seen = Seen()
    for number in range(MAX_EVENTS + 1):
        seen.event(number)
    result = seen.result(Failure("Kind", "m" * 20_000))
    assert (len(result.events), result.events[-1]) == (MAX_EVENTS, MAX_EVENTS - 1)
    assert (result.error_type, len(result.error_message or "")) == ("Kind", 10_000)
