import click
import pytest
from recordings import CHAT, DONE, delta, finish, recording

from mocksse.cassette.model import Interaction
from mocksse.view import diff as module
from mocksse.view.diff import describe, diff
from mocksse.view.diff_table import diff_lines

WORDS = [delta(content=word) for word in ("The", " river", " runs", " to", " the", " sea", ".")]


def said(*events: bytes, gap_ms: int = 20) -> Interaction:
    return recording(*((gap_ms, event) for event in events))


WHOLE = said(*WORDS, finish(usage={"completion_tokens": 7}), DONE)


def changes(b: Interaction, a: Interaction = WHOLE) -> list[tuple[str, list[int], list[int]]]:
    return [(change.what, list(change.a), list(change.b)) for change in diff(a, b).events]


def test_a_recording_is_the_same_as_itself() -> None:
    assert diff(WHOLE, WHOLE).same
    assert diff(recording(end="cut"), recording(end="cut")).same


@pytest.mark.parametrize(
    ("events", "what", "parts"),
    [
        (WORDS[:2] + WORDS[3:], [("lost", [2], [])], ["text"]),
        (WORDS[:3] + WORDS[2:], [("doubled", [], [3])], ["text"]),
        ([*WORDS[:2], delta(content=" walks"), *WORDS[3:]], [("changed", [2], [2])], ["text"]),
        ([*WORDS[:2], delta(content=" slowly"), *WORDS[2:]], [("added", [], [2])], ["text"]),
        ([*WORDS[:2], WORDS[1], delta(content=" walks"), *WORDS[3:]],
         [("doubled", [], [2]), ("changed", [2], [3])], ["text"]),
        ([*WORDS[:2], delta(reasoning="Hm"), *WORDS[2:]], [("added", [], [2])], ["reasoning"]),
        ([*WORDS[:2], b": ping\n\n", *WORDS[2:]], [], []),
    ],
)  # fmt: skip
def test_what_was_lost_doubled_added_and_changed(
    events: list[bytes], what: list[tuple[str, list[int], list[int]]], parts: list[str]
) -> None:
    other = said(*events, finish(usage={"completion_tokens": 7}), DONE)
    assert changes(other) == what
    assert [part.name for part in diff(WHOLE, other).answer] == parts
    assert diff(WHOLE, other).same is (not what)


@pytest.mark.parametrize(
    ("a", "b", "part"),
    [
        (said(DONE), recording((20, DONE), status=500), "status"),
        (said(DONE), recording((20, DONE), end="cut"), "end"),
        (said(finish("stop"), DONE), said(finish("length"), DONE), "finish"),
        (said(finish(usage={"a": 1}), DONE), said(finish(usage={"a": 2}), DONE), "usage"),
        (said(DONE), said(b'data: {"error":{"message":"no"}}\n\n', DONE), "errors"),
        (
            said(delta(tool_calls=[{"index": 0, "id": "1", "function": {"name": "f", "arguments": "{}"}}])),
            said(delta(tool_calls=[{"index": 0, "id": "2", "function": {"name": "f", "arguments": "[]"}}])),
            "tool call 1",
        ),
    ],
)
def test_parts_of_the_answer(a: Interaction, b: Interaction, part: str) -> None:
    assert part in [found.name for found in diff(a, b).answer]
    assert not diff(a, b).same


def test_ids_dates_padding_and_the_server_s_own_times_mean_nothing() -> None:
    def run(number: int) -> bytes:
        return (
            b'data: {"id":"chatcmpl-%d9f3c2a7b81e4d5","created":179534786%d,"obfuscation":"x%d",'
            b'"choices":[],"timings":{"predicted_ms":%d}}\n\n' % (number, number, number, number)
        )

    assert diff(said(run(1)), said(run(2))).same
    usage = [said(finish(usage={"completion_tokens": 1, "total_time": n})) for n in (1, 2)]
    assert diff(*usage).same


@pytest.mark.parametrize(
    ("ms", "differs"), [(20, False), (110, False), (121, True)]
)  # the whole takes 210 ms, the longest gap 20
def test_a_time_counts_from_a_tenth_of_a_second(ms: int, differs: bool) -> None:
    slow = recording(*((20, word) for word in WORDS[:-1]), (ms, WORDS[-1]))
    fast = said(*WORDS)
    assert any(time.differs for time in diff(fast, slow).times) is differs
    assert diff(fast, slow).same is not differs
    assert diff(fast, slow, timing=False).same


def test_and_from_a_tenth_of_itself() -> None:
    assert diff(recording((5000, DONE)), recording((5400, DONE))).same
    assert not diff(recording((5000, DONE)), recording((5700, DONE))).same


def test_very_long_streams_that_differ_all_over_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ALIKE", 6)
    other = said(WORDS[1], WORDS[0], WORDS[2], WORDS[2], delta(content="!"), DONE)
    found = diff(WHOLE, other).events
    assert [(change.what, change.text.split(",")[0]) for change in found] == [
        ("lost", "5 events"),
        ("doubled", "1 event"),
        ("added", "1 event"),
    ]
    (turned,) = diff(WHOLE, said(*WORDS[::-1], finish(usage={"completion_tokens": 7}), DONE)).events
    assert (turned.what, turned.text) == ("changed", "7 events in another order")


def test_json() -> None:
    told = describe(diff(WHOLE, said(*WORDS[1:], finish(usage={"completion_tokens": 7}), DONE)))
    assert told["same"] is False
    assert told["answer"] == [{"what": "text", "a": "The river runs to the sea.", "b": " river runs to the sea."}]
    assert told["events"] == [{"what": "lost", "a": [0], "b": [], "text": "The"}]
    assert told["times"][-1] == {"what": "duration", "a_ms": 190.0, "b_ms": 170.0, "differs": False}


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_for_a_terminal(width: int) -> None:
    hostile = said(delta(content="\x1b[2J" * 90), delta(content="河" * 90), b"data: {\n\n")
    lines = [click.unstyle(line) for line in diff_lines(("a#\x1b", "b"), diff(WHOLE, hostile), width)]
    assert all(line.isprintable() for line in lines)
    assert max(len(line) + line.count("河") for line in lines) <= max(width, 54)
    assert lines[-1] == "not the same"


def test_lines_show_the_words() -> None:
    other = recording((20, WORDS[0]), (20, delta(content=" stream")), *((20, word) for word in WORDS[2:]), path=CHAT)
    lines = [" ".join(click.unstyle(line).split()) for line in diff_lines(("a", "b"), diff(WHOLE, other), 80)]
    assert "text -The river runs to the sea. +The stream runs to the sea." in lines
    assert "changed 1 → 1 river → stream" in lines
