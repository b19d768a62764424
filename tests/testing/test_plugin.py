"""The pytest plugin in somebody else's suite: fixture, markers, what fails a test, and what is shown of it then."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Suite

CHAT = "/v1/chat/completions"


def test_a_session_for_each_test_on_one_server(suite: Suite) -> None:
    suite.write("""
URLS = []

@pytest.mark.parametrize("number", range(3))
def test_one(mocksse, number):
    mocksse.play("openai-chat", fault="status 503" if number == 1 else "")
    URLS.append(mocksse.url())
    if number == 1:
        with pytest.raises(Exception) as error:
            ask(mocksse.url("/v1/chat/completions"))
        error.value.close()
    else:
        ask(mocksse.url("/v1/chat/completions"))
    assert len(mocksse.requests) == 1
    assert len(set(URLS)) == len(URLS)
    assert len({url.partition("/@")[0] for url in URLS}) == 1
    assert "/@test_one-" in mocksse.url()
""")
    suite.passes(passed=3)


def test_a_marker_plays(suite: Suite) -> None:
    suite.write("""
pytestmark = pytest.mark.mocksse(allow_unused=True)

@pytest.mark.mocksse("openai-chat", fault="truncate at=event:1", gap=1)
def test_marked(mocksse):
    assert ask(mocksse.url("/v1/chat/completions")).count(b"data:") == 1
    assert mocksse.records[0].planned_us[-1] > 0

@pytest.mark.mocksse("anthropic", seed=3)
class TestAll:
    def test_in_a_class(self, mocksse):
        assert ask(mocksse.url("/v1/messages")).endswith(b"\\n\\n")

def test_none(mocksse):
    assert mocksse.unused == []
""")
    suite.passes(passed=3)


def test_the_same_in_async_tests(suite: Suite) -> None:
    suite.write("""
import asyncio

@pytest.mark.asyncio
async def test_asyncio(mocksse):
    mocksse.play("openai-chat")
    await asyncio.to_thread(ask, mocksse.url("/v1/chat/completions"))
    assert mocksse.requests[0].status == 200
""")
    suite.passes("-p", "asyncio", passed=1)


def test_one_test_over_many_apis(suite: Suite) -> None:
    suite.write("""
PATHS = {"openai-chat": "/v1/chat/completions", "anthropic": "/v1/messages", "openai-responses": "/v1/responses"}
SAID = set()

@pytest.mark.mocksse("openai-chat")
@pytest.mark.mocksse_apis(*PATHS)
def test_apis(mocksse):
    ask(mocksse.url(PATHS[mocksse.api]))
    SAID.add(mocksse.turn.first.text)
    assert len(SAID) == 1

@pytest.mark.mocksse_apis("anthropic")
def test_generated(mocksse):
    mocksse.generate(text="Hi.")
    assert b"message_stop" in ask(mocksse.url(PATHS[mocksse.api]))
""")
    result = suite.run("-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*test_apis[[]openai-chat]*", "*test_apis[[]anthropic]*"])


def test_what_is_asked_in_vain_fails_a_test(suite: Suite) -> None:
    suite.write("""
@pytest.mark.mocksse("anthropic", allow_unused=True)
def test_missed(mocksse):
    with pytest.raises(Exception) as error:
        ask(mocksse.url("/v1/chat/completions"))
    error.value.close()

@pytest.mark.mocksse("anthropic", allow_unused=True, allow_unmatched=True)
def test_allowed_by_the_marker(mocksse):
    with pytest.raises(Exception) as error:
        ask(mocksse.url("/v1/chat/completions"))
    error.value.close()

@pytest.mark.mocksse("anthropic", allow_unused=True)
def test_allowed_within(mocksse):
    with pytest.raises(Exception) as error:
        ask(mocksse.url("/v1/chat/completions"))
    error.value.close()
    mocksse.allow(unmatched=True)
""")
    result = suite.run()
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(
        [
            "mocksse: no recording answers",
            "  #1 POST /v1/chat/completions: *nearest is anthropic#mountains, which differs in path",
            "*--mocksse-record=new*mocksse.allow(unmatched=True)",
            "*mocksse: what the server saw*",
            "  0.000 s  #1 POST /v1/chat/completions  404*",
            "*path: asked /v1/chat/completions, recorded /v1/messages",
        ]
    )


def test_what_nobody_asks_for_fails_a_test(suite: Suite) -> None:
    suite.write("""
def test_unused(mocksse):
    mocksse.play("anthropic")
    mocksse.play("openai-chat")
    ask(mocksse.url("/v1/messages"))

def test_a_folder_need_not_be_used_whole(mocksse):
    from mocksse.cassette.shipped import shipped
    mocksse.play(shipped())
    ask(mocksse.url("/v1/messages"))

def test_a_failure_of_its_own_goes_first(mocksse):
    mocksse.play("anthropic")
    assert 1 == 2
""")
    result = suite.run()
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["mocksse: nobody asked for openai-chat", "*mocksse.allow(unused=True)"])
    assert result.stdout.str().count("nobody asked for openai-chat") == 2  # and in the summary


def test_a_failure_shows_what_the_server_saw(suite: Suite) -> None:
    suite.write("""
def test_it(mocksse):
    mocksse.play("openai-chat", fault="reset at=event:5")
    ask(mocksse.url("/v1/chat/completions"))
""")
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*mocksse: what the server saw*",
            "  0.000 s  #1 POST /v1/chat/completions  200  openai-chat#rivers",
            "*fault  reset at=event:5 at byte *",
            "*then the connection was reset",
        ]
    )


def test_a_suite_configures_it(suite: Suite) -> None:
    (suite.path / "recorded").mkdir()
    (suite.path / "recorded" / "x.yaml").write_text("mocksse: 1\npath: /x\nstream:\n- data: mine\n")
    suite.write("""
@pytest.fixture
def mocksse_config():
    return {"allow_unmatched": True, "gap": 2, "match": {"query": "ignore"}}

@pytest.fixture
def mocksse_cassette_dir(request):
    return request.config.rootpath / "recorded"

def test_it(mocksse):
    mocksse.play("x")
    assert ask(mocksse.url("/x?y=1")) == b"data: mine\\n\\n"
    with pytest.raises(Exception) as error:
        ask(mocksse.url("/y"))
    error.value.close()
""")
    suite.passes(passed=1)


def test_a_wrong_word_is_one_line(suite: Suite) -> None:
    suite.write("""
@pytest.fixture
def mocksse_config():
    return {"alow_unmatched": True}

def test_it(mocksse):
    pass
""")
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*'alow_unmatched' is no word of a configuration (did you mean allow_unmatched?)"])


def test_what_a_test_says_wrong_is_one_line(suite: Suite) -> None:
    suite.write("""
def test_played(mocksse):
    mocksse.play("openai-chat", fault="rest")

@pytest.mark.mocksse("openai-chta")
def test_marked(mocksse):
    pass

@pytest.mark.mocksse("openai-chat")
@pytest.mark.mocksse_apis("openai")
def test_api(mocksse):
    pass

@pytest.mark.mocksse_cuts("openai-chat", every=3)
def test_cut(mocksse):
    pass
""")
    result = suite.run()
    result.assert_outcomes(failed=2, errors=2)
    shown = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "mocksse: no cassette is called openai-chta: *(did you mean openai-chat?)",
            "mocksse: no stream of 'openai' can be made (did you mean openai-chat?)",
            "E *mocksse.errors.UsageError: fault 'rest', column 1: no fault is called rest (did you mean reset?)",
            "mocksse_cuts: got an unexpected keyword argument 'every' (it is mocksse_cuts(*",
        ]
    )
    assert "During handling" not in shown
    assert "grammar.py" not in shown
    assert "plays.py" not in shown


def test_a_marker_without_the_fixture_is_no_test(suite: Suite) -> None:
    suite.write("""
from unittest import TestCase

pytestmark = pytest.mark.mocksse(allow_unused=True)

@pytest.mark.mocksse_cuts("openai-chat")
def test_cut():
    pass

def test_other():
    pass

class TestOld(TestCase):
    @pytest.fixture(autouse=True)
    def session(self, mocksse):
        self.mocksse = mocksse

    @pytest.mark.mocksse("openai-chat")
    def test_marked(self):
        ask(self.mocksse.url("/v1/chat/completions"))

    @pytest.mark.mocksse_cuts("openai-chat")
    def test_cut(self):
        pass
""")
    result = suite.run()
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "mocksse_cuts: test_cut is of a unittest.TestCase (only functions are run at every cut)",
            "mocksse: a test marked mocksse_cuts takes the fixture mocksse, and this one does not",
        ]
    )


def test_a_fixture_that_fails_shows_what_the_server_saw(suite: Suite) -> None:
    suite.write("""
@pytest.fixture
def answer(mocksse):
    mocksse.play("openai-chat", fault="status 503")
    return ask(mocksse.url("/v1/chat/completions"))

def test_it(answer):
    pass
""")
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*mocksse: what the server saw*", "  0.000 s  #1 POST /v1/chat/completions  503*"])


def test_variables_of_sdks_for_one_test(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    suite.write("""
import os

def test_set(mocksse):
    mocksse.play("openai-chat")
    found = mocksse.env(MORE="1")
    assert os.environ["OPENAI_BASE_URL"] == found["OPENAI_BASE_URL"] == mocksse.url("/v1")
    assert os.environ["OPENAI_API_KEY"] != "sk-real"
    assert os.environ["MORE"] == "1"
    ask(os.environ["OPENAI_BASE_URL"] + "/chat/completions")

def test_gone():
    assert "OPENAI_BASE_URL" not in os.environ
    assert os.environ["OPENAI_API_KEY"] == "sk-real"
    assert "NO_PROXY" not in os.environ
""")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    suite.passes(passed=2)


@pytest.mark.long
@pytest.mark.parametrize("args", [["-p", "xdist", "-n", "2"], []], ids=["xdist", "alone"])
def test_in_processes_and_in_any_order(suite: Suite, args: list[str]) -> None:
    suite.write("""
@pytest.mark.parametrize("number", range(20))
def test_it(mocksse, number):
    mocksse.play("openai-chat", fault="status 429 times=1")
    with pytest.raises(Exception) as error:
        ask(mocksse.url("/v1/chat/completions"))
    error.value.close()
    ask(mocksse.url("/v1/chat/completions"))
    assert [request.status for request in mocksse.requests] == [429, 200]
""")
    suite.run_apart(*args).assert_outcomes(passed=20)


def test_a_suite_without_it_pays_nothing(suite: Suite) -> None:
    (suite.path / "test_plain.py").write_text("""
import sys

def test_it(request):
    assert request.config.pluginmanager.hasplugin("mocksse")
    loaded = {name for name in sys.modules if name.partition(".")[0] == "mocksse"}
    assert loaded == {"mocksse", "mocksse.testing", "mocksse.testing.plugin"}
""")
    done = subprocess.run(
        # By itself: Faker has a plugin of its own, which pytest loads wherever Faker is installed.
        [sys.executable, "-X", "importtime", "-m", "pytest", "-q", "-p", "mocksse"],
        cwd=suite.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "pytest" in loaded
    assert loaded & {"aiohttp", "yaml", "faker", "msgspec", "click"} == set()
