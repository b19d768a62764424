"""docs/server.md is whole and true: everything a running server has is on it, and its curl lines answer as it says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from served import Serving
from upstreams import environment

from mocksse import errors
from mocksse.server import metrics, verdict
from mocksse.server.access import access_object, talk_object
from mocksse.server.control.routes import OPERATIONS, PREFIX
from mocksse.server.control.shapes import SHAPES
from mocksse.server.run import world_of
from mocksse.settings.resolve import settings_of
from mocksse.settings.words import WORDS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "server.md").read_text()
DIALOGUE = re.compile(r"^\$ (curl (?:.*\\\n)*.*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
URL = "http://127.0.0.1:8080"


def section(heading: str) -> str:
    (found,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def named(text: str) -> set[str]:
    """What stands in backquotes."""
    return set(re.findall(r"`([^`\n]+)`", text))


def first_column(text: str) -> set[str]:
    return {name for cell in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE) for name in named(cell)}


@pytest.mark.parametrize("word", [word for word in WORDS if word.flag], ids=lambda word: word.flag)
def test_every_option_has_its_place(word: object) -> None:
    flag, short, group = word.flag, word.short, word.group  # type: ignore[attr-defined]
    (row,) = re.findall(rf"^\| {group} \| (.*) \|$", section("Options"), re.MULTILINE)
    assert {flag, *filter(None, [short])} <= named(row)
    assert flag in PAGE.partition("## Options")[0], "and is explained"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_has_its_place(operation: object) -> None:
    method, path = operation.method, f"{PREFIX}{operation.path}"  # type: ignore[attr-defined]
    assert f"{method} {path}" in named(section("Control API"))
    asked = [line for line, _ in DIALOGUE.findall(PAGE)]
    pattern = re.compile(re.escape(URL + path).replace(r"\{name\}", r"\w+").replace(r"\{number\}", r"\d+") + r"[?' ]")
    assert any(pattern.search(f"{line} ") and _method(line) == method for line in asked), "with a curl line"


def test_every_parameter_has_its_place() -> None:
    for operation in OPERATIONS:
        for parameter in operation.query:
            assert re.search(rf"[`?&]{parameter.name}[=`]", PAGE), parameter.name


def test_every_metric_has_its_row() -> None:
    listed = first_column(section("Metrics"))
    assert {name.removesuffix("_total") for name in listed} == set(metrics.NAMES)
    assert set(re.findall(r"[a-z]+(?=[,)])", metrics.NAMES["mocksse_requests"].partition("(")[2])) <= named(
        section("Metrics")
    )


def test_every_event_has_its_row() -> None:
    source = "".join(path.read_text() for path in (ROOT / "mocksse" / "server").rglob("*.py"))
    said = set(re.findall(r"feed\.say\(\s*\"(\w+)\"", source)) | {"gap"}
    assert first_column(section("The feed")) == said


def check_fields(event: dict[str, str]) -> None:
    """All that an event says has its place in its row."""
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", section("The feed"), re.MULTILINE))
    same = named(rows["request"]) if event["event"] == "done" else set()
    assert set(json.loads(event["data"])) == named(rows[event["event"]]) | same


def test_every_field_of_a_request_has_its_row() -> None:
    fields = SHAPES["Request"]["properties"]
    assert first_column(section("The journal")) == set(fields)
    inner = [fields["end"], fields["writes"]["items"], fields["nearest"]["items"]]
    inner.append(fields["nearest"]["items"]["properties"]["differs"]["items"])
    for shape in inner:
        assert set(shape["properties"]) <= named(section("The journal"))
    assert set(fields["kind"]["enum"]) <= named(section("The journal"))


def test_every_field_of_a_timeline_has_its_row() -> None:
    fields = SHAPES["Timeline"]["properties"]
    assert first_column(section("Timelines")) == set(fields)
    inner = {
        *fields["steps"]["items"]["properties"],
        *fields["frames"]["items"]["properties"],
        *fields["clock"]["enum"],
    }
    assert inner <= named(section("Timelines"))


def test_every_field_of_a_session_can_be_seen() -> None:
    for name in SHAPES["Session"]["properties"]:
        assert f'"{name}"' in section("Control API")


def test_every_field_of_the_log_has_its_place() -> None:
    with served() as server, server.client() as client:
        client.ask("/v1/models")
        client.answer()
        played = server.next_played()
    assert {*access_object(played, None), *talk_object("")} <= named(section("Logs"))


def test_every_check_has_its_row() -> None:
    rows = "".join(f"| `{name}` | {c.severity} | {c.text} | {c.source} |\n" for name, c in verdict.CHECKS.items())
    assert re.findall(r"(?:^\| `.*\n)+", section("The verdict"), re.MULTILINE) == [rows]
    assert set(SHAPES["Verdict"]["properties"]["findings"]["items"]["properties"]) <= named(section("The verdict"))


def test_every_exit_code_has_its_row() -> None:
    codes = {str(value) for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert set(re.findall(r"^\| (\d+) \|", section("Stopping, and exit codes"), re.MULTILINE)) == codes


def served() -> Serving:
    flags = {"cassettes": (str(ROOT / "cassettes"),), "pacing.speed": "instant"}
    return Serving(world_of(settings_of(flags, {})))


def _method(line: str) -> str:
    if given := re.search(r"-X (\w+)", line):
        return given[1]
    return "POST" if " -d " in line else "GET"


def _pattern(shown: str) -> re.Pattern[str]:
    """What is shown, with `…` for anything; a line of its own for any number of lines."""
    return re.compile(".*?".join(map(re.escape, shown.strip().split("…"))), re.DOTALL)


def test_the_curl_lines_answer_as_they_do_there() -> None:
    said = DIALOGUE.findall(PAGE)
    assert len(said) == PAGE.count("\n$ curl ")
    with served() as server:
        here = f"http://127.0.0.1:{server.port}"
        for line, shown in said:
            words = ["sh", "-c", line.replace(URL, here)]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=15, env=environment())
            answer = done.stdout.replace(here, URL).strip()
            assert _pattern(shown).fullmatch(answer), f"{line}\n{answer}\n{done.stderr}"
        events = [event.encode().decode() for event in server.world.feed.after(0)]
    told = [dict(re.findall(r"^(\w+): (.*)$", text, re.MULTILINE)) for text in events]
    assert {event["event"] for event in told} == {"request", "done", "session"}
    for event in told:
        check_fields(event)
