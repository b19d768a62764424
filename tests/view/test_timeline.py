import click
import pytest
from recordings import DONE, delta, finish, recording

from mocksse.cassette.model import Interaction
from mocksse.view.timeline import Clock, rows, timeline_lines, timeline_rows

TALK = recording(
    (90, delta(content="Hel")),
    (20, delta(content="lo\n\x1b[2J") + b": ping\n\n"),
    (2500, finish(usage={"completion_tokens": 3}) + DONE),
    at="2026-03-01T12:00:00Z",
)


def lines(interaction: Interaction, width: int = 80, clock: Clock = "start") -> list[str]:
    return [" ".join(click.unstyle(line).split()) for line in timeline_lines("f#a", interaction, width, clock)]


def test_a_timeline() -> None:
    size = [len(data) for _, data in [(0, delta(content="Hel")), (0, delta(content="lo\n\x1b[2J"))]]
    assert lines(TALK)[2:] == [
        "time gap size lane fragment",
        "0.010 s +10 ms head 200 text/event-stream",
        f"0.100 s +90 ms {size[0]} B text Hel",
        f"0.120 s +20 ms {size[1]} B text lo⏎·[2J",
        "0.120 s +0.0 ms 7 B comment ping",
        "┊ 2.50 s of silence: a stall",
        "2.620 s +2.50 s 99 B finish stop",
        '2.620 s +0.0 ms usage {"completion_tokens":3}',
        "2.620 s +0.0 ms 14 B done [DONE]",
        "2.620 s +0.0 ms end complete",
        "",
    ]


@pytest.mark.parametrize(
    ("clock", "first"),
    [("start", "0.100 s +90 ms"), ("gap", "+90 ms"), ("wall", "12:00:00.100 +90 ms")],
)
def test_clocks(clock: Clock, first: str) -> None:
    assert lines(TALK, clock=clock)[4].startswith(first)


def test_where_no_time_of_day_is_known_it_says_so() -> None:
    said = lines(recording((1, DONE)), clock="wall")
    assert said[2] == "no time of day is recorded: times count from the request"
    assert said[5].startswith("0.011 s +1.0 ms")


def test_large_fragments_are_marked_and_told_of() -> None:
    whole = recording((1, delta(content="x" * 1025)), (1, delta(content="y" * 1024)), (1, DONE))
    assert [row.large for row in rows(whole)] == [False, True, False, False, False]
    said = lines(whole)
    assert "kB! text xxx" in said[4]
    assert said[-2] == "1 fragment above 1 KB (marked !): collected on the way?"


def test_half_a_surrogate_pair_in_a_long_fragment_is_text() -> None:
    whole = recording((1, delta(content="x" * 400 + "HALF").replace(b"HALF", rb"\ud83d")), (1, DONE))
    assert [row.large for row in rows(whole)] == [False, False, False, False]


def test_an_image_comes_whole_and_is_no_large_fragment() -> None:
    whole = recording((1, delta(images=[{"image_url": {"url": f"data:image/png;base64,{'A' * 2000}"}}])), (1, DONE))
    assert [row.large for row in rows(whole)] == [False, False, False, False]


@pytest.mark.parametrize(
    ("interaction", "says"),
    [
        (recording(end="cut"), ["cut: the connection was closed before the body's end", "missing: no body"]),
        (recording(), ["missing: no body"]),
        (recording((1, b"\n\n")), ["no event: nothing in the body can be read as one"]),
        (
            recording((1, delta(content="Hi") + b"data: {"), end="reset", after_ms=3),
            ["reset: the connection was reset (RST)", "7 bytes of an event that never ended", "ends with data: [DONE]"],
        ),
        (
            recording((1, delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": '{"a'}}]) + DONE)),
            ["the arguments of f are not whole JSON"],
        ),
        (
            recording((1, b"no gzip at all"), headers=((b"content-encoding", b"gzip"),)),
            ["events can't be told: a compressed body can't be decoded"],
        ),
        (recording((1, delta(content="a") + b"data: {oops\n\n" + DONE)), ["missing: whole JSON in 1 event"]),
        (
            recording((1, delta(content="a") + b'error: {"code":500}\n\n')),
            ['other error: {"code":500}', 'missing: no data field in: error: {"code":500}'],
        ),
        (recording((1, b'{\n  "error": {}\n}\n')), ['missing: no data field in: { "error": {} }']),
        (recording((1, b"<html>"), status=502, headers=((b"content-type", b"text/html"),)), ["<html>"]),
        (recording((1, DONE), end="malformed", rest=(b"zz\r\n",)), ["malformed: the HTTP framing broke", "zz␍"]),
    ],
)
@pytest.mark.parametrize("width", [40, 80, 120, 10_000])
def test_cut_empty_and_broken_streams_say_what_is_missing(
    interaction: Interaction, says: list[str], width: int
) -> None:
    found = list(timeline_lines("f#a", interaction, width))
    assert all(click.unstyle(line).isprintable() for line in found)
    if width >= 120:
        text = "\n".join(click.unstyle(line) for line in found)
        assert [word for word in says if word not in " ".join(text.split())] == []


def test_what_a_custom_tool_gets_is_no_json() -> None:
    free = [{"index": 0, "custom": {"name": "run", "input": "print(1)"}}]
    assert not any("whole JSON" in line for line in lines(recording((1, delta(tool_calls=free) + finish() + DONE))))


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_fit_the_terminal(width: int) -> None:
    long = recording((1, delta(content="河" * 400)), (3000, b": " + b"c" * 300 + b"\n\n"), end="reset")
    assert [line for line in map(click.unstyle, timeline_lines("f#a", long, width)) if columns(line) > width] == []


def columns(line: str) -> int:
    return len(line) + line.count("河")


def test_rows_as_json() -> None:
    told = timeline_rows(rows(TALK))
    assert told[1] == {
        "at_ms": 100.0,
        "gap_ms": 90.0,
        "bytes": len(delta(content="Hel")),
        "lane": "text",
        "text": "Hel",
        "event": 0,
        "chunk": 0,
        "large": False,
        "stall": False,
    }
    assert [(row["lane"], row["event"], row["stall"]) for row in told[3:]] == [
        ("comment", None, False),
        ("finish", 2, True),
        ("usage", 2, False),
        ("done", 3, False),
        ("end", None, False),
    ]
