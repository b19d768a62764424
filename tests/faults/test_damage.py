"""Events that are no JSON, half of it or two, and text that is no Unicode: well framed all the same."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import CHAT, broken, events, got, recording
from tapes_of_apis import CONVERSE, INVOKE, TAPES

from mocksse.providers.framing import frames
from mocksse.replay.faults.fault import Refused
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

A, B, C, D, DONE = CHAT


def body(faults: str, tape: Interaction | None = None) -> bytes:
    return got(broken(faults, tape)).body


def data(faults: str, name: str) -> list[bytes]:
    """The data of all events, which a client still gets: every frame is sound."""
    tape = TAPES[name]
    found = frames(tape.response.header("content-type") or "", body(faults, tape))
    assert all(frame.kind in ("event", "comment") or frame.data in (b"]", b"") for frame in found)
    return [frame.data for frame in found if frame.kind == "event"]


def clean_data(name: str) -> list[bytes]:
    """The data of all events of the recording."""
    tape = TAPES[name]
    found = frames(tape.response.header("content-type") or "", tape.response.body)
    return [frame.data for frame in found if frame.kind == "event"]


def is_json(text: bytes) -> bool:
    try:
        json.loads(text.decode("utf-8", "replace"))
    except ValueError:
        return False
    return True


NAMES = [
    "chat",
    "chat-tools",
    "anthropic",
    "responses",
    "gemini",
    "gemini-array",
    "cohere",
    "ollama",
    "converse",
    "invoke",
    "tgi",
    "length",
    "close",
]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("gemini-array", "ollama", "invoke")])
def test_one_event_is_cut_and_all_others_are_whole(name: str) -> None:
    ((before, now),) = [
        pair for pair in zip(clean_data(name), data("truncated-json", name), strict=True) if pair[0] != pair[1]
    ]
    assert before.startswith(now)
    assert now.decode(), "between two characters"
    assert not is_json(now)
    assert abs(len(before) - 2 * len(now)) < 20


def test_json_cut_exactly() -> None:
    half = b'data: {"id":"c1","choices":[{"index":'
    assert len(C[6:-2].decode()) == 2 * len(half[6:])
    assert body("truncated-json at=event:2") == A + B + half + b"\n\n" + D + DONE


def test_the_place_is_where_json_begins_to_be_looked_for() -> None:
    first = body("truncated-json at=event:0")
    assert first.endswith(B + C + D + DONE)
    assert first.startswith(A[:30])
    tape = recording(b"data: hello\n\n", A)
    assert body("truncated-json at=event:0", tape).startswith(b'data: hello\n\ndata: {"id"')


def test_tool_arguments_are_cut_in_their_middle() -> None:
    (cut,) = [text for text in data("truncated-json at=tool-args", "chat-tools")[:-1] if not is_json(text)]
    assert cut.endswith(b'"arguments":"{\\"city')


def test_json_over_several_lines_loses_whole_ones() -> None:
    tape = recording(b'data: {"a":\r\ndata: 1,\r\ndata: "b": 2}\r\n\r\n', path="/x")
    assert body("truncated-json at=event:0", tape) == b'data: {"a":\r\ndata: 1,\r\n\r\n'


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ("garbage-json at=event:1", A + b"data: Internal Server Error\n\n" + B + C + D + DONE),
        ('garbage-json at=first-text data="<p>"', A + b"data: <p>\n\n" + B + C + D + DONE),
        ("garbage-json at=event:5 data={", A + B + C + D + DONE + b"data: {\n\n"),
        ("garbage-json at=event:0 data={", b"data: {\n\n" + A + B + C + D + DONE),
        ("concatenated-json at=event:1", A + B[:-2] + C[6:] + D + DONE),
        ("concatenated-json", A[:-2] + B[6:] + C + D + DONE),
    ],
)
def test_a_chat(faults: str, expected: bytes) -> None:
    assert body(faults) == expected


@pytest.mark.parametrize("name", NAMES)
def test_garbage_is_written_as_its_neighbours_are(name: str) -> None:
    found = data("garbage-json at=event:1 data=oops", name)
    expected = b'{"bytes":"' + base64.b64encode(b"oops") + b'"}' if name == "invoke" else b"oops"
    if name == "gemini-array":
        expected = b'"oops"'  # an element that is no value at all is none
        found = data('garbage-json at=event:1 data="\\"oops\\""', name)
    at = 1
    assert found[at] == expected
    assert [*found[:at], *found[at + 1 :]] == clean_data(name)


def test_garbage_has_the_type_of_the_event_behind_it() -> None:
    found = events(body("garbage-json at=first-text", TAPES["anthropic"]))
    assert found[6] == (b"content_block_delta", b"Internal Server Error")


@pytest.mark.parametrize("name", NAMES)
def test_two_in_one_event(name: str) -> None:
    clean = clean_data(name)
    if name == "invoke":
        joined = base64.b64encode(b"".join(base64.b64decode(json.loads(text)["bytes"]) for text in clean[:2]))
        assert json.loads(data("concatenated-json", name)[0])["bytes"] == joined.decode()
    elif name == "gemini-array":
        assert body("concatenated-json", TAPES[name]).startswith(b"[" + clean[0] + clean[1])
    else:
        assert data("concatenated-json", name) == [clean[0] + clean[1], *clean[2:]]


@pytest.mark.parametrize(
    ("kind", "bad"),
    [("stray", b"\xff"), ("overlong", b"\xc0\xaf"), ("surrogate", b"\xed\xa0\xbd"), ("cut", b"\xe2\x82")],
)
def test_bytes_that_are_no_utf8(kind: str, bad: bytes) -> None:
    there = body(f"invalid-utf8 kind={kind}")
    assert there == A + B.replace(b"Gr\xc3\xbc", b"Gr" + bad + b"\xc3\xbc") + C + D + DONE
    with pytest.raises(UnicodeDecodeError):
        there.decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_each_api_takes_a_stray_byte(name: str) -> None:
    found = data("invalid-utf8", name)
    if name == "invoke":
        found = [base64.b64decode(json.loads(text)["bytes"]) for text in found]
    (bad,) = [text for text in found if b"\xff" in text]
    assert is_json(bad), "the JSON is sound once it is decoded as the standard says"
    before, after = bad.split(b"\xff")
    assert before.decode()
    assert after.decode(), "and no character is in pieces"


@pytest.mark.parametrize("name", NAMES)
def test_half_a_surrogate_pair(name: str) -> None:
    found = data("lone-surrogate", name)
    if name == "invoke":
        found = [base64.b64decode(json.loads(text)["bytes"]) for text in found]
    (odd,) = [text for text in found if b"\\ud83d" in text]
    assert "\ud83d" in json.dumps(json.loads(odd), ensure_ascii=False)


def test_the_halves_of_a_pair_come_one_after_the_other() -> None:
    there = body("lone-surrogate kind=pair")
    high, low = B.replace(b'\x9fe"', b'\x9fe\\ud83d"'), C.replace(b'", \xf0', b'"\\ude00, \xf0')
    assert there == A + high + low + D + DONE
    joined = "".join(
        json.loads(text)["choices"][0]["delta"].get("content", "") for _, text in events(there) if text != b"[DONE]"
    )
    assert joined.encode("utf-16", "surrogatepass").decode("utf-16") == "Grüße😀, 🌍!"


def test_in_the_arguments_of_a_tool_call() -> None:
    found = data("invalid-utf8 at=tool-args", "chat-tools")
    (bad,) = [text for text in found if b"\xff" in text]
    assert b'"arguments":"' in bad
    assert is_json(bad)
    found = data("lone-surrogate at=reasoning", "chat-tools")
    (odd,) = [text for text in found if b"\\ud83d" in text]
    assert b"reasoning_content" in odd


FAULTS_OF_JSON = ("truncated-json", "garbage-json", "concatenated-json", "invalid-utf8", "lone-surrogate kind=pair")


def test_frames_of_aws_stay_sound() -> None:
    for name, clean in (("converse", CONVERSE), ("invoke", INVOKE)):
        for fault in FAULTS_OF_JSON:
            items = eventstream.parse(body(fault, TAPES[name]))
            assert all(isinstance(item, eventstream.Frame) for item in items)
            assert abs(len(items) - len(clean)) <= 1


@pytest.mark.parametrize(
    ("faults", "tape", "why"),
    [
        ("truncated-json at=done", "chat", "no JSON at this place or behind it"),
        ("truncated-json at=end", "chat", "no event at this place or behind it"),
        ("truncated-json", "plain", "no JSON at this place or behind it"),
        ("concatenated-json at=finish", "chat", "no two neighbours with JSON"),
        ("invalid-utf8 at=finish", "chat", "no text at this place or behind it"),
        ("invalid-utf8", "plain", "no API that mocksse knows"),
        ("lone-surrogate kind=pair at=event:2", "chat", "a pair takes two events with text"),
    ],
)
def test_refusals(faults: str, tape: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        broken(faults, TAPES[tape])


def test_a_compressed_body_is_not_looked_into() -> None:
    tape = recording()
    headers = (*tape.response.headers, (b"Content-Encoding", b"br"))
    with pytest.raises(Refused, match="its body is br, and not looked into"):
        broken("truncated-json", replace(tape, response=replace(tape.response, headers=headers)))
