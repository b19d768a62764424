"""Every cut over parsers with a planted bug: each is found, the smallest cut is right, and the line reproduces it."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.shipped import shipped

if TYPE_CHECKING:
    from conftest import Suite

pytestmark = pytest.mark.long

BODY = load(shipped() / "unicode.yaml").interactions[0].response.body
"""Its first character that is no ASCII is in its first event with text."""

CLIENT = '''
import http.client
from contextlib import closing
from urllib.parse import urlsplit

def reads(url):
    """The body as it comes, a read for each chunk."""
    parts = urlsplit(url)
    found = []
    with closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
        connection.request("POST", parts.path, b'{"stream": true}', {"Content-Type": "application/json"})
        with connection.getresponse() as answer:
            while data := answer.read1(65536):
                found.append(data)
    return found

def text_of(lines):
    text, done = "", False
    for line in lines:
        if line == "data: [DONE]":
            done = True
        elif line.startswith("data: "):
            choices = json.loads(line[6:])["choices"]
            text += (choices[0]["delta"].get("content") or "") if choices else ""
    return text, done

def events(body):
    """The lines of whole events alone, as the standard has it."""
    return [line for block in body.split("\\n\\n")[:-1] for line in block.split("\\n")]

URL = "/v1/chat/completions"
'''

RIGHT = """
@pytest.mark.mocksse_cuts("unicode", at="byte", fault="truncate", limit=200)
def test_truncated(mocksse):
    text, done = text_of(events(b"".join(reads(mocksse.url(URL))).decode("utf-8", "replace")))
    assert done == mocksse.cut.is_complete
    assert text == mocksse.cut.turn.first.text

@pytest.mark.mocksse_cuts("unicode", at="byte", fault="split", limit=200)
def test_split(mocksse):
    text, done = text_of(events(b"".join(reads(mocksse.url(URL))).decode()))
    assert done
    mocksse.expect_text(text)

@pytest.mark.mocksse_cuts("unicode", at="event", fault="reset")
def test_reset(mocksse):
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        reads(mocksse.url(URL))

@pytest.mark.asyncio
@pytest.mark.mocksse_cuts("unicode", at="anchor", fault="stall for=1ms")
async def test_stalled(mocksse):
    import asyncio
    text, done = text_of(events(b"".join(await asyncio.to_thread(reads, mocksse.url(URL))).decode()))
    mocksse.expect_text(text)
"""

UTF8_APART = """
@pytest.mark.mocksse_cuts("unicode", at="byte", fault="split", limit=300)
def test_it(mocksse):
    text, _ = text_of(events("".join(data.decode("utf-8", "replace") for data in reads(mocksse.url(URL)))))
    mocksse.expect_text(text)
"""
UNFINISHED_DISPATCHED = """
@pytest.mark.mocksse_cuts("unicode", at="byte", fault="truncate", limit=300)
def test_it(mocksse):
    body = b"".join(reads(mocksse.url(URL))).decode("utf-8", "replace")
    try:
        text, _ = text_of(body.split("\\n"))
    except ValueError:
        return  # it says so
    assert text == mocksse.cut.turn.first.text
"""
TRUNCATION_ACCEPTED = """
@pytest.mark.mocksse_cuts("unicode", at="event", fault="truncate")
def test_it(mocksse):
    text, done = text_of(events(b"".join(reads(mocksse.url(URL))).decode()))
    done = True
    assert done == mocksse.cut.is_complete
"""


def first_text_without_its_blank_line() -> int:
    """Behind the line of the first event with text, and before the blank line."""
    first = re.search(rb'"content":"[^"]', BODY)
    assert first is not None
    return BODY.index(b"\n\n", first.start())


def test_a_right_client_passes_them_all(suite: Suite) -> None:
    suite.write(CLIENT + RIGHT)
    suite.passes("-p", "asyncio", passed=4)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        pytest.param(UTF8_APART, f"split at=byte:{BODY.index(next(b for b in BODY if b > 127)) + 1}", id="utf-8"),
        pytest.param(
            UNFINISHED_DISPATCHED, f"truncate at=byte:{first_text_without_its_blank_line()}", id="no-blank-line"
        ),
        pytest.param(TRUNCATION_ACCEPTED, "truncate at=event:0", id="truncation"),
    ],
)
def test_a_planted_bug_is_found_at_its_smallest_cut(suite: Suite, source: str, fault: str) -> None:
    suite.write(CLIENT + source)
    result = suite.run()
    result.assert_outcomes(failed=1)
    shown = result.stdout.str()
    assert f"mocksse: it fails at {fault}, the smallest of " in shown
    again = re.search(r"again  pytest '(\S+)' --mocksse-cut '([^']+)'", shown)
    assert again is not None
    assert again[2] == fault
    result = suite.run(again[1], "--mocksse-cut", again[2])
    result.assert_outcomes(failed=1)
    assert f"mocksse: it fails at {fault}, the one cut there was" in result.stdout.str()


@pytest.mark.parametrize(
    ("stream", "cut"),
    [
        pytest.param(b"\xef\xbb\xbfdata: a\n\ndata: b\n\n", 12, id="a BOM loses the first event"),
        pytest.param(b"data: a\n\nid: 7\n\ndata: b\n\n", 16, id="an id alone is dispatched"),
        pytest.param(b"data: a\n\nevent: x\n\ndata: b\n\n", 19, id="a name alone is dispatched"),
        pytest.param(b"id: 7\ndata: a\n\n: ping\n\ndata: b\n\n", 23, id="a comment behind an id is dispatched"),
    ],
)
def test_where_httpx_sse_leaves_the_standard(suite: Suite, stream: bytes, cut: int) -> None:
    """WHATWG: "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string
    and return"; and "the UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark"."""
    (suite.path / "cassettes").mkdir()
    pieces = f"mocksse: 1\npath: /x\nmethod: GET\nstream:\n- base64: {b64encode(stream).decode()}\n"
    (suite.path / "cassettes" / "odd.yaml").write_text(pieces)
    suite.write("""
import httpx
import httpx_sse

CLIENT = httpx.Client(trust_env=False)

@pytest.mark.mocksse_cuts("odd", at="byte", fault="truncate")
def test_it(mocksse):
    with httpx_sse.connect_sse(CLIENT, "GET", mocksse.url("/x")) as source:
        events = tuple(event.data for event in source.iter_sse())
    assert events == mocksse.cut.events

def test_close():
    CLIENT.close()
""")
    result = suite.run()
    result.assert_outcomes(failed=1, passed=1)
    assert f"it fails at truncate at=byte:{cut}, the smallest of {len(stream) - 1} cuts" in result.stdout.str()


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ('"unicode", at="line"', "at='line' is no kind of cut"),
        ('"unicode", fault="cut"', "cut"),
        ('"errors"', "say which"),
        ('"nowhere"', "no cassette is called nowhere"),
    ],
)
def test_a_wrong_marker_is_said(suite: Suite, marker: str, words: str) -> None:
    suite.write(f"@pytest.mark.mocksse_cuts({marker})\ndef test_it(mocksse):\n    pass\n")
    result = suite.run()
    assert words in result.stdout.str()
    result.assert_outcomes(failed=1)


def test_every_cut_starts_from_what_was_there_before_the_test(suite: Suite) -> None:
    suite.write("""
@pytest.fixture(autouse=True)
def other(mocksse):
    mocksse.stream(["data: other"], path="/other")

@pytest.mark.mocksse_cuts("openai-chat", at="event", fault="split", limit=9)
def test_it(mocksse):
    mocksse.stream([f"data: {mocksse.cut.offset}"], path="/mine")
    assert ask(mocksse.url("/mine")) == b"data: %d\\n\\n" % mocksse.cut.offset
    assert ask(mocksse.url("/other")) == b"data: other\\n\\n"
    ask(mocksse.url("/v1/chat/completions"))
""")
    suite.passes(passed=1)


def test_one_interaction_of_many_is_named(suite: Suite) -> None:
    parts = "".join(f"- name: {n}\n  request: {{path: /{n}}}\n  response: {{stream: [{{data: {n}}}]}}\n" for n in "ab")
    (suite.path / "many.yaml").write_text(f"mocksse: 1\ninteractions:\n{parts}")
    suite.write("""
@pytest.mark.mocksse_cuts("many.yaml#b", at="byte", fault="split")
def test_b(mocksse):
    assert ask(mocksse.url("/b")) == b"data: b\\n\\n"

@pytest.mark.mocksse_cuts("many.yaml", at="byte", fault="split")
def test_many(mocksse):
    pass
""")
    result = suite.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["mocksse_cuts: one interaction is cut (say which, as 'chat.yaml#NAME': a, b)"])
