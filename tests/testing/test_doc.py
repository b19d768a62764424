"""docs/testing.md and the README on pytest and unittest: every snippet is run, in an empty folder.

Those with an SDK in a process of their own: what is loaded within a suite is forgotten with it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse.testing import MockServer

if TYPE_CHECKING:
    from conftest import Suite

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "pytest"
PAGE = (ROOT / "docs" / "testing.md").read_text()
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
CODE = "\n".join(path.read_text() for path in EXAMPLES.glob("test_*.py"))
PRELUDE = """
import json
import unittest
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from mocksse.testing import MockServer
from test_cuts import read

urlopen = build_opener(ProxyHandler({})).open

PATHS = {
    "openai-chat": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/m:streamGenerateContent?alt=sse",
}
""" + (EXAMPLES / "test_resume.py").read_text().partition("@pytest")[0]
ASKS = """
def ask(api, url):
    from dataclasses import replace
    from mocksse.cassette.importers import ImportOptions, parse
    from mocksse.cassette.model import Request as Asked
    from mocksse.testing.session import turn_of
    body = b"{}" if api == "gemini" else b'{"stream": true}'
    with urlopen(Request(url + PATHS[api], body, {"Content-Type": "application/json"})) as answer:
        found = parse(answer.read(), "body.sse", ImportOptions()).interaction
    return turn_of(replace(found, request=Asked(PATHS[api]))).first.text
"""
RECORDS = """
from openai import OpenAI

def ask(prompt):
    stream = OpenAI().chat.completions.create(
        model="m", messages=[{"role": "user", "content": prompt}], stream=True
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
"""
REST = [block for block in BLOCKS if block not in CODE]


def only(word: str) -> str:
    (found,) = [block for block in REST if word in block]
    return found


def test_the_example_of_the_readme_is_the_first_of_the_page() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert block == BLOCKS[0] == (EXAMPLES / "test_answer.py").read_text()


def test_every_snippet_is_run() -> None:
    run = [only(word) for word in ("test_inline", "mocksse_apis", "test_recorded", "unittest", "port=8080")]
    assert [block for block in REST if block not in run] == []


def test_the_examples_pass(suite: Suite) -> None:
    for path in EXAMPLES.glob("test_*.py"):
        shutil.copy(path, suite.path)
    suite.run_apart().assert_outcomes(passed=5)


def test_an_example_that_fails_shows_what_the_page_shows(suite: Suite) -> None:
    source = (EXAMPLES / "test_answer.py").read_text()
    (suite.path / "test_answer.py").write_text(source.replace("times=1", "times=9"))
    result = suite.run_apart()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*RateLimitError*",
            "*- mocksse: what the server saw -*",
            "  0.000 s  #1 POST /v1/chat/completions  429  openai-chat#rivers",
            "            fault  status code=429 retry-after=0 shape=openai times=9",
            "            sent * in *",
            "  *.* s  #2 POST /v1/chat/completions  429  openai-chat#rivers",
            "  *.* s  #3 POST /v1/chat/completions  429  openai-chat#rivers",
        ]
    )


@pytest.mark.parametrize(
    ("word", "before", "passed"),
    [("test_inline", "", 2), ("mocksse_apis", ASKS, 3), ("unittest", "", 1)],
)
def test_a_snippet_runs(suite: Suite, word: str, before: str, passed: int) -> None:
    shutil.copy(EXAMPLES / "test_cuts.py", suite.path)
    (suite.path / "test_it.py").write_text(PRELUDE + before + only(word))
    suite.passes("test_it.py", passed=passed)


def test_recording_runs(suite: Suite) -> None:
    shutil.copy(EXAMPLES / "test_cuts.py", suite.path)
    with MockServer("openai-chat") as upstream:
        block = only("test_recorded").replace("https://api.openai.com", upstream.url())
        (suite.path / "test_it.py").write_text(PRELUDE + RECORDS + block)
        suite.run_apart("test_it.py", "--mocksse-record=once").assert_outcomes(passed=1)
    suite.run_apart("test_it.py").assert_outcomes(passed=1)
    assert (suite.path / "cassettes" / "test_it" / "test_recorded.yaml").is_file()


def test_a_script_runs(suite: Suite) -> None:
    shutil.copytree(ROOT / "cassettes", suite.path / "cassettes")
    shutil.copy(EXAMPLES / "test_cuts.py", suite.path)
    script = only("port=8080").replace("port=8080", "port=0")
    (suite.path / "script.py").write_text(PRELUDE + script)
    result = suite.pytester.runpython("script.py")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["http://127.0.0.1:*"])


def test_the_wrong_resume_of_the_page(suite: Suite) -> None:
    lines = (EXAMPLES / "test_resume.py").read_text().splitlines()
    emptied = lines.index('        answer = ""')
    lines[emptied - 1], lines[emptied] = '    answer = ""', lines[emptied - 1]
    (suite.path / "test_resume.py").write_text("\n".join(lines))
    shown = suite.run_apart("-k", "asked_for_again").stdout.str()
    (told,) = re.findall(r"fails with `(doubled at [^`]+)`", PAGE)
    assert told in shown


def test_all_fixtures_markers_and_options_are_listed() -> None:
    from mocksse.testing import plugin

    fixtures = {name for name in vars(plugin) if name == "mocksse" or name.startswith("mocksse_")}
    listed = set(re.findall(r"^\| `(mocksse\w*)` \|", PAGE, re.MULTILINE))
    assert listed == fixtures
    markers = {marker.partition("(")[0] for marker in plugin._MARKERS}
    assert set(re.findall(r"^\| `(mocksse\w*)\(", PAGE, re.MULTILINE)) == markers
    modes = re.findall(r"^\| `(none|once|new|all)` \|", PAGE, re.MULTILINE)
    assert tuple(modes) == plugin._RECORD
