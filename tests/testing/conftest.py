"""What tests of the plugin share: suites of somebody else's, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

# Loaded here, because what a suite within the suite loads is forgotten with it.
import mocksse.testing.fixture
import mocksse.testing.sweep  # noqa: F401

ASK = """
import json
from urllib.request import ProxyHandler, Request, build_opener

import pytest


def ask(url, **body):
    body = json.dumps({"stream": True, **body}).encode()
    with build_opener().open(Request(url, body, {"Content-Type": "application/json"}), timeout=10) as answer:
        return answer.read()

"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A client that a suite within the suite leaves open is closed whenever it is collected: no test of ours is it."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


def _settled(args: tuple[str, ...]) -> tuple[str, ...]:
    """pytest-asyncio warns where a suite leaves this to it."""
    return (*args, "-o", "asyncio_default_fixture_loop_scope=function") if "asyncio" in args else args


class Suite:
    """A suite of tests that use the fixture."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path

    def write(self, source: str, name: str = "test_it.py") -> None:
        """A file of tests, behind `ask(url)`."""
        (self.path / name).write_text(ASK + source)

    def run(self, *args: str) -> pytest.RunResult:
        """Run it, in this process."""
        return self.pytester.runpytest_inprocess("-p", "mocksse", "-p", "no:unraisableexception", *_settled(args))

    def run_apart(self, *args: str) -> pytest.RunResult:
        """Run it in a process of its own, with no plugin but ours and those that are named: `-p NAME`."""
        return self.pytester.runpytest_subprocess("-q", "-p", "mocksse", *_settled(args))

    def passes(self, *args: str, **outcomes: int) -> None:
        """Run it; `outcomes` as pytest counts them."""
        self.run(*args).assert_outcomes(**outcomes)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Suite(pytester)
