"""Any text at all in the parameters of a fault: a plan, or a word for people. No header gets a line more by it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from breaking import broken, got, recording, shortened
from tapes_of_apis import TAPES

from mocksse.errors import UsageError
from mocksse.replay.draft import Context
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS

if TYPE_CHECKING:
    from mocksse.replay.faults.fault import Fault, Param

SAID = {f"{fault.name} {param.name}": (fault, param) for fault in FAULTS.values() for param in fault.params}
TEXTS = [said for said, (_, param) in SAID.items() if param.unit == "text"]
WORDS = (
    "",
    "  ",
    "\udcff",
    "\ud800",
    "\udfff",
    "a\0b",
    "a\rb",
    "a\nb",
    "x\r\nX-Mine: 1\r\n\r\n",
    "\u2028\x85\x0b\x0c",
    "9" * 10_000,
    "\N{ARABIC-INDIC DIGIT THREE}",
    "date:" + "9" * 10_000 + "s",
    "event:" + "9" * 10_000,
    "\U0001f30d",
    "x" * 65_536,
    "{n:0\N{ARABIC-INDIC DIGIT THREE}d}{",
    'a"b\\c',
)
CONTEXTS = (Context(), Context(http="1.0", close=True, origin="http://a"))
_FIELD = re.compile(rb"[!-9;-~]+: ?[^\r\n\0]*")
STREAMS = ("chat-tools", "responses", "anthropic", "tgi", "ollama", "gemini-array", "converse", "invoke", "plain")


def spec(fault: Fault, param: Param, text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    (example,) = (shortened(said) for said in parse(fault.example) if said.fault.name == fault.name)
    kept = [] if param.bare else [w for w in example.split(" ")[1:] if not w.startswith(f"{param.name}=")]
    return " ".join([fault.name, *(w for w in kept if '"' not in w and "=" in w), f'{param.name}="{quoted}"'])


@pytest.mark.parametrize("said", TEXTS)
def test_a_plan_or_a_word_for_people(said: str) -> None:
    for text in WORDS:
        faults = spec(*SAID[said], text)
        for stream in STREAMS if len(text) < 100 else STREAMS[:1]:
            for context in CONTEXTS:
                try:
                    plan = broken(faults, TAPES[stream], context=context)
                except UsageError:
                    continue
                head = plan.wire.partition(b"\r\n\r\n")[0]
                assert b"x-mine" not in head.lower(), text
                lines = head.split(b"\r\n")[1:]
                assert all(_FIELD.fullmatch(line) for line in lines), text


@pytest.mark.parametrize("said", sorted(SAID.keys() - set(TEXTS)))
def test_what_is_no_text_is_read_or_refused(said: str) -> None:
    for text in WORDS:
        with suppress(UsageError):
            parse(spec(*SAID[said], text))


BYTES = {
    "comment-keepalive text": b": \xff\n\n",
    "heartbeat-only text": b": \xff\n\n",
    "event-without-data event": b"event: \xff\n\n",
    "data-wrapped-comment text": b"data: : \xff\n\n",
    "unknown-field line": b"\xff\n",
    "bogus-retry value": b"retry: \xff\n",
    "bytes-after-done text": b": \xff\n\n",
    "event-after-done data": b"data: \xff\n\n",
    "garbage-json data": b"data: \xff\n\n",
    "bytes-after-end text": b"\xff",
    "bad-chunk-size text": b"\xff\r\n",
    "ids format": b"id: \xff\n",
    "status body": b"\r\n\r\n\xff",
    "status type": b"content-type: \xff\r\n",
    "status retry-after": b"retry-after: \xff\r\n",
    "status retry-after-ms": b"retry-after-ms: \xff\r\n",
    "content-type type": b"Content-Type: \xff\r\n",
    "redirect to": b"Location: \xff\r\n",
}
IN_JSON = {"status message", "odd-finish-reason value"} | {
    f"{name} message" for name in ("error", "error-spliced-mid-event", "error-as-field", "unframed-json-error")
}


def test_every_text_goes_out_one_way_or_the_other() -> None:
    assert set(TEXTS) == BYTES.keys() | IN_JSON


@pytest.mark.parametrize("said", BYTES)
def test_a_byte_that_is_no_utf8_is_sent_as_it_is(said: str) -> None:
    assert BYTES[said] in broken(f"{said}=\udcff").wire


@pytest.mark.parametrize("said", sorted(BYTES))
def test_half_a_pair_has_no_bytes(said: str) -> None:
    with pytest.raises(UsageError, match=f"{said.partition(' ')[2]}= holds half a surrogate pair"):
        broken(f"{said}=\ud800")


@pytest.mark.parametrize("said", sorted(IN_JSON))
def test_in_json_half_a_pair_is_an_escape(said: str) -> None:
    assert b"\\ud800" in broken(f"{said}=\ud800").wire


@pytest.mark.parametrize(
    "said", ["status type", "status retry-after", "status retry-after-ms", "content-type type", "redirect to"]
)
@pytest.mark.parametrize("end", ["\r", "\n", "\0", "\r\n"])
def test_no_header_has_two_lines(said: str, end: str) -> None:
    with pytest.raises(UsageError, match="a header's value is one line"):
        broken(f'{said}="a{end}X-Mine: 1"')


@pytest.mark.parametrize(
    ("faults", "stream", "why"),
    [
        ('garbage-json data="a\rb"', "chat", "data has a line break in it"),
        ('garbage-json data="a\nb"', "ollama", "an event here is one line"),
        ('garbage-json data=" a"', "tgi", "begins with a space"),
        ('bad-chunk-size text="a\r\nb"', "chat", "what stands for a size is one line"),
        ("bad-chunk-size text=", "chat", "and not an empty one"),
        ("bytes-after-end text=", "chat", "there is nothing to send"),
        ('unknown-field line="data:\udcff"', "chat", "is a field that clients know"),
    ],
)
def test_where_a_line_is_one(faults: str, stream: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        broken(faults, TAPES[stream])


def test_several_lines_of_data_are_an_event_still() -> None:
    assert b"data: a\ndata: b\n\n" in got(broken('garbage-json data="a\nb"', recording())).body
