"""Reports: JUnit XML by the common schema, JSON by its own, one page that stands alone, lines for a terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import jsonschema
import pytest
from told_by import ERROR, WANT, WHOLE, asked, play, told

from mocksse.torture.case import FAIL, SAME, Case, Expect
from mocksse.torture.document import document, schema
from mocksse.torture.exchange import Sent
from mocksse.torture.judge import judge
from mocksse.torture.junit import junit
from mocksse.torture.outcome import Tells
from mocksse.torture.page import page
from mocksse.torture.subject import Subject
from mocksse.torture.suite import Options, Report
from mocksse.torture.summary import progress_line, report_lines
from mocksse.torture.told import Ran, Told
from mocksse.torture.verdict import STATUSES, Verdict

EVIL = "</script><b>\x1b[31m\x00\ud83d"


def case(name: str, family: str = "framing") -> Case:
    return Case(f"{family}/{name}", 0, f"do {name}", "MUST", "C", "WHATWG: “so it is”", ())


def verdict(name: str, ran: Ran, expect: Expect = SAME, way: str = "") -> Verdict:
    wire = asked(sent=(Sent(0.1, 9, f"data: {EVIL}", "split at=byte:5"),), left_out=3)
    one = replace(play(expect), case=case(name), name=way, faults="split at=byte:5")
    return judge(one, WANT, Tells(), ran, (wire,))


VERDICTS = (
    verdict("well", told(WHOLE)),
    verdict("badly", told(WHOLE), FAIL, "at=byte:1"),
    verdict("badly", told(replace(ERROR, error_message=EVIL)), FAIL, "at=byte:2"),
    verdict("loudly", told(replace(ERROR, error_message=EVIL))),
    verdict("never", Ran("timeout", None, "", 20.0)),
    verdict("unsaid", told(Told("ok"))),
    Verdict(replace(play(), case=case("skipped", "http")), "SKIP", "the client does not claim tools"),
)
REPORT = Report(Subject("my client", ("x",), "openai-chat", said="--exec 'x {url}'"), VERDICTS, "text: the same", 1.5)
OPTIONS = Options()


def shown() -> str:
    return "\n".join(map(click.unstyle, report_lines(REPORT, 120)))


def test_the_document_fits_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    found = json.loads(json.dumps(document([REPORT], OPTIONS, ["x: no clean answer"])))
    jsonschema.validate(found, schema())
    (report,) = found["reports"]
    assert report["counts"] == {
        **dict.fromkeys(STATUSES, 0),
        "PASS": 1,
        "FAIL": 2,
        "TIMEOUT": 1,
        "NOT JUDGED": 1,
        "SKIP": 1,
    }
    (badly,) = [one for one in report["cases"] if one["id"] == "framing/badly"]
    assert (badly["status"], badly["wrong"], len(badly["answers"])) == ("FAIL", "silent", 2)
    first, second = badly["answers"]
    assert first["again"] == "mocksse torture --api openai-chat --run framing/badly:at=byte:1 --exec 'x {url}'"
    assert [len(one["requests"][0]["sent"]) for one in (first, second)] == [1, 0], "what went well is told in short"


def test_junit_counts_what_failed() -> None:
    root = ET.fromstring(junit([REPORT]))
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("skipped")) == ("testsuites", "6", "3", "2")
    suites = list(root)
    assert [suite.get("name") for suite in suites] == ["my client openai-chat framing", "my client openai-chat http"]
    for suite in suites:
        tests = list(suite)
        assert {test.tag for test in tests} == {"testcase"}
        assert suite.get("tests") == str(len(tests))
        assert suite.get("failures") == str(sum(test.find("failure") is not None for test in tests))
        assert suite.get("skipped") == str(sum(test.find("skipped") is not None for test in tests))
        assert all(test.get("name") and test.get("classname") and float(test.get("time", "x")) >= 0 for test in tests)
    (failure,) = [test.find("failure") for test in suites[0] if test.get("name") == "framing/badly"]
    assert failure is not None
    assert failure.get("type") == "silent"
    assert "again:    mocksse torture --api openai-chat --run framing/badly:at=byte:1" in (failure.text or "")


class Parsed(HTMLParser):
    """Tags, and what is in the element of data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == ("script", {"id": "data", "type": "application/json"}):
            self.data.append(data)


def test_the_page_stands_alone() -> None:
    given = document([REPORT], OPTIONS)
    text = page(given)
    parsed = Parsed(text)
    assert [tag for tag, _ in parsed.tags if tag in {"b", "img", "iframe"}] == []
    assert not [value for _, attributes in parsed.tags for value in attributes.values() if value and "//" in value]
    assert json.loads("".join(parsed.data)) == given
    assert "script-src 'sha256-" in text
    text.encode()


def test_failures_come_first_the_worst_first() -> None:
    text = shown()
    heads = re.findall(r"^  (\d+ cases?: .*)$", text, re.MULTILINE)
    assert heads == [
        "1 case: a wrong answer, without a word",
        "1 case: no end",
        "1 case: an error where the answer was whole",
    ]
    assert "framing/badly  MUST C  1 of 2 answers" in text
    assert text.splitlines()[-1].split("  ")[1:] == ["1 PASS", "2 FAIL", "1 TIMEOUT", "1 NOT JUDGED", "1 SKIP"]


def test_a_terminal_gets_no_orders_from_a_client() -> None:
    assert "\x1b" not in shown()
    assert "\x00" not in shown()


@pytest.mark.parametrize("done", [0, 5, 10])
def test_progress_is_one_line(done: int) -> None:
    line = click.unstyle(progress_line(done, 10, 2, "x" * 200, 80))
    assert len(line) <= 80
    assert f"{done}/10" in line


def test_the_schema_in_docs_is_that_of_the_code() -> None:
    path = Path(__file__).parents[2] / "docs" / "torture.schema.json"
    assert json.loads(path.read_text()) == schema()
