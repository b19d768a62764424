"""`--mocksse-record`: a test's own cassette, beside its file, from a real server to a replay without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.shipped import shipped
from mocksse.testing import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Suite

SOURCE = """
@pytest.fixture
def mocksse_config():
    return {{"upstream": "{upstream}"}}

def chat(mocksse, prompt):
    return ask(mocksse.url("/v1/chat/completions"), messages=[{{"role": "user", "content": prompt}}])

@pytest.mark.parametrize("prompt", ["one", "two/three"])
def test_chat(mocksse, prompt):
    said = chat(mocksse, prompt + "{changed}")
    assert said == chat(mocksse, prompt + "{changed}")
    print("said", len(said))
    {more}
"""


BODY = load(shipped() / "openai-chat.yaml").interactions[0].response.body


@pytest.fixture
def upstream() -> Iterator[MockServer]:
    with MockServer("openai-chat") as server:
        yield server


def write(suite: Suite, upstream: MockServer, changed: str = "", more: str = "") -> None:
    suite.write(SOURCE.format(upstream=upstream.url(), changed=changed, more=more))


def test_once_records_and_then_replays_without_the_server(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream)
    folder = suite.path / "cassettes" / "test_it"
    suite.passes("--mocksse-record=once", passed=2)
    names = sorted(path.name for path in folder.iterdir())
    assert [name.partition("-")[0] for name in names] == ["test_chat[one].yaml", "test_chat[two"]
    cassette = load(folder / names[0])
    assert [interaction.request.path for interaction in cassette] == ["/v1/chat/completions"] * 2
    assert {interaction.response.body for interaction in cassette} == {
        upstream.records[0].replay.tape().interaction.response.body
    }  # type: ignore[union-attr]
    asked = len(upstream.requests)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    suite.passes("--mocksse-record=once", passed=2)
    suite.passes(passed=2)
    assert len(upstream.requests) == asked
    upstream.stop()
    try:
        suite.passes("--mocksse-record=once", passed=2)
        suite.passes(passed=2)
        assert {path: path.read_bytes() for path in folder.iterdir()} == before
        write(suite, upstream, changed=" more")
        result = suite.run()
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(['*$.messages[[]0].content: asked "one more", recorded "one"'])
    finally:
        upstream.start()


def test_new_adds_what_is_missing(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream)
    suite.passes("--mocksse-record=once", passed=2)
    path = suite.path / "cassettes" / "test_it" / "test_chat[one].yaml"
    first = load(path).interactions
    asked = len(upstream.requests)
    write(suite, upstream, more='chat(mocksse, prompt + " more")')
    suite.passes("--mocksse-record=new", passed=2)
    assert len(upstream.requests) == asked + 2
    grown = load(path).interactions
    assert grown[: len(first)] == first
    assert len(grown) == len(first) + 1
    suite.passes(passed=2)


def test_all_writes_it_anew(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream)
    suite.passes("--mocksse-record=once", passed=2)
    upstream.reset()
    upstream.generate("openai-chat", "Another answer.")
    suite.passes("--mocksse-record=all", passed=2)
    path = suite.path / "cassettes" / "test_it" / "test_chat[one].yaml"
    assert all(b"Another" in interaction.response.body for interaction in load(path))


def test_without_a_cassette_nothing_is_asked(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream)
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*mocksse: what the server saw*", "*no recording answers*", "*--mocksse-record=new*"])
    assert upstream.requests == []
    assert not (suite.path / "cassettes").exists()


def test_who_is_to_be_asked_has_to_be_said(suite: Suite) -> None:
    suite.write("def test_it(mocksse):\n    pass\n")
    result = suite.run("--mocksse-record=once")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--mocksse-record=once: no upstream is said*"])


def test_the_upstream_of_the_settings_file(suite: Suite, upstream: MockServer) -> None:
    (suite.path / "mocksse.yaml").write_text(f"upstream: {upstream.url()}\n")
    suite.write('def test_it(mocksse):\n    ask(mocksse.url("/v1/chat/completions"))\n')
    suite.passes("--mocksse-record=once", passed=1)
    suite.passes(passed=1)
    assert len(upstream.requests) == 1


def test_a_failure_keeps_what_was_recorded(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream, more="assert False")
    suite.run("--mocksse-record=once").assert_outcomes(failed=2)
    assert len(list((suite.path / "cassettes" / "test_it").iterdir())) == 2


def test_real_keys_reach_the_upstream_alone(
    suite: Suite, upstream: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-real-0123456789abcdef0123456789")
    suite.write(f'''
import os

@pytest.fixture
def mocksse_config():
    return {{"upstream": "{upstream.url()}"}}

def test_it(mocksse):
    mocksse.env()
    key = os.environ["OPENAI_API_KEY"]
    request = Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", b'{{"stream": true}}',
                      {{"Content-Type": "application/json", "Authorization": "Bearer " + key}})
    with build_opener().open(request, timeout=10) as answer:
        answer.read()
''')
    suite.passes("--mocksse-record=once", passed=1)
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-real-0123456789abcdef0123456789"
    (path,) = (suite.path / "cassettes" / "test_it").iterdir()
    assert "sk-real" not in path.read_text()
    suite.passes(passed=1)


def test_the_settings_file_says_what_is_redacted(suite: Suite, upstream: MockServer) -> None:
    (suite.path / "mocksse.yaml").write_text(f"upstream: {upstream.url()}\nredact: {{jsonpaths: [$.tenant]}}\n")
    suite.write('def test_it(mocksse):\n    ask(mocksse.url("/v1/chat/completions"), tenant="blue-whale-7")\n')
    suite.run_apart("--mocksse-record=once").assert_outcomes(passed=1)
    (path,) = (suite.path / "cassettes" / "test_it").iterdir()
    assert "blue-whale" not in path.read_text()
    suite.run_apart().assert_outcomes(passed=1)


CONFIG = """
@pytest.fixture
def mocksse_config():
    return {{"upstream": "{upstream}"}}
"""


def test_what_a_test_says_itself_is_its_cassette(suite: Suite, upstream: MockServer) -> None:
    suite.write(
        CONFIG.format(upstream=upstream.url())
        + """
URL = "/v1/chat/completions"

@pytest.mark.mocksse("reasoning")
def test_marked(mocksse):
    ask(mocksse.url(URL))
    assert mocksse.turn.first.reasoning

@pytest.mark.mocksse_cuts("openai-chat", at="event", fault="truncate", limit=3)
def test_cut(mocksse):
    ask(mocksse.url(URL))
    assert mocksse.requests[0].faults

def test_within(mocksse):
    mocksse.stream(["data: mine"])
    assert ask(mocksse.url(URL)) == b"data: mine\\n\\n"
"""
    )
    for mode in ("once", "new", "all"):
        suite.passes(f"--mocksse-record={mode}", passed=3)
    assert upstream.requests == []
    assert not (suite.path / "cassettes").exists()
    suite.passes(passed=3)


def test_it_needs_no_upstream(suite: Suite) -> None:
    suite.write('def test_it(mocksse):\n    mocksse.stream(["data: 1"])\n    ask(mocksse.url("/x"))\n')
    suite.passes("--mocksse-record=once", passed=1)


def test_tests_of_two_classes_have_a_cassette_each(suite: Suite, upstream: MockServer) -> None:
    suite.write(
        CONFIG.format(upstream=upstream.url())
        + """
class TestOne:
    def test_it(self, mocksse):
        ask(mocksse.url("/v1/chat/completions"), user="one")

class TestTwo:
    def test_it(self, mocksse):
        ask(mocksse.url("/v1/chat/completions"), user="two")
"""
    )
    suite.passes("--mocksse-record=once", passed=2)
    folder = suite.path / "cassettes" / "test_it"
    assert sorted(path.name for path in folder.iterdir()) == ["TestOne.test_it.yaml", "TestTwo.test_it.yaml"]
    suite.passes(passed=2)


def test_what_is_recorded_is_expected_too(suite: Suite, upstream: MockServer) -> None:
    write(suite, upstream, more='assert mocksse.turn.first.text.encode()[:9] == b"The river"')
    suite.passes("--mocksse-record=once", passed=2)
    suite.passes(passed=2)


@pytest.mark.parametrize(
    "said",
    [
        'def mocksse_cassette_dir(request):\n    return str(request.path.parent / "tapes")',
        'def mocksse_config():\n    return {"cassette_dir": "tapes"}',
    ],
    ids=["fixture", "configuration"],
)
def test_the_folder_may_be_text(suite: Suite, upstream: MockServer, said: str) -> None:
    (suite.path / "mocksse.yaml").write_text(f"upstream: {upstream.url()}\n")
    suite.write(f"""
@pytest.fixture
{said}

def test_it(mocksse):
    ask(mocksse.url("/v1/chat/completions"))
""")
    suite.passes("--mocksse-record=once", passed=1)
    assert (suite.path / "tapes" / "test_it" / "test_it.yaml").is_file()
    suite.passes(passed=1)


def test_a_marker_breaks_the_own_cassette(suite: Suite, upstream: MockServer) -> None:
    (suite.path / "mocksse.yaml").write_text(f"upstream: {upstream.url()}\n")
    suite.write("""
@pytest.mark.mocksse(fault="truncate at=event:1")
def test_it(mocksse, request):
    said = ask(mocksse.url("/v1/chat/completions"))
    recorded = request.config.getoption("--mocksse-record") == "none"
    assert (said.count(b"data:") == 1) == recorded
""")
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["mocksse: the marker mocksse names faults and no cassette*"])
    suite.passes("--mocksse-record=once", passed=1)
    suite.passes(passed=1)
