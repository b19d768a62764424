import gzip

from recordings import CHAT, DONE, SSE, delta, finish
from terminal import Terminal

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.view.live import Live
from mocksse.view.screen import Screen

HEAD = HeadSeen(12_000, 200, b"OK", "1.1", SSE, "chunked")


class Watch:
    """A live view whose clock is moved by hand."""

    def __init__(self, path: str = CHAT, width: int = 80) -> None:
        self.us = 0
        self.terminal = Terminal(width)
        self.live = Live(path, Screen(self.terminal.write, width), lambda: self.us)

    def see(self, *items: Seen) -> list[str]:
        for item in items:
            self.us = getattr(item, "at_us", self.us)
            self.live(item)
        return self.terminal.text

    def wait(self, ms: int) -> list[str]:
        self.us += ms * 1000
        self.live.tick()
        return self.terminal.text


def data(at_ms: int, *events: bytes) -> DataSeen:
    return DataSeen(at_ms * 1000, b"".join(events))


def test_an_answer_types_itself() -> None:
    watch = Watch()
    watch.see(HEAD, data(100, delta(content="Hel")))
    assert watch.terminal.text[:2] == ["200 text/event-stream after 12 ms", "Hel"]
    assert watch.terminal.text[2].endswith(f"1 event · {len(delta(content='Hel'))} B · 100 ms")
    assert watch.see(data(200, delta(content="lo."), finish(), DONE), EndSeen(200_000, "complete")) == [
        "200 text/event-stream after 12 ms",
        "Hello.",
        "finish: stop",
        "█  longest gap 100 ms",
        "",
    ]


def test_a_silence_is_told_while_it_lasts() -> None:
    watch = Watch()
    watch.see(HEAD, data(100, delta(content="Hel")))
    assert "silent" not in watch.wait(900)[-1]
    assert watch.wait(1100)[-1].endswith("2.10 s  silent for 2.00 s")
    assert "silent" not in watch.see(data(2200, delta(content="lo")))[-1]


def test_reasoning_and_tool_calls_stand_apart() -> None:
    def call(index: int, name: str, arguments: str) -> bytes:
        return delta(tool_calls=[{"index": index, "function": {"name": name, "arguments": arguments}}])

    text = Watch(width=40).see(
        HEAD,
        data(20, delta(reasoning_content="I should think\nabout it.")),
        data(30, delta(content="Let me look.")),
        data(40, call(0, "weather", ""), call(0, "", '{"city":'), call(0, "", '"Paris"}')),
        data(50, call(1, "weather", '{"city":"東京"}')),
        data(60, finish("tool_calls")),
        EndSeen(60_000, "complete"),
    )
    assert text == [
        "200 text/event-stream after 12 ms",
        "┆ I should think",
        "┆ about it.",
        "",
        "Let me look.",
        "╭─ weather ───────────────────────────╮",
        '│ {"city":"Paris"}                    │',
        "╰─────────────────────────────────────╯",
        "╭─ weather ───────────────────────────╮",
        '│ {"city":"東京"}                     │',
        "╰─────────────────────────────────────╯",
        "finish: tool_calls",
        "████  longest gap 10 ms",
        "",
    ]


def test_how_it_broke_off_is_said() -> None:
    text = Watch().see(HEAD, data(20, delta(content="Hel") + b'data: {"ch'), EndSeen(9000, "reset"))
    assert text[1:-1] == ["Hel", 'unfinished: {"ch', "reset: the connection was reset (RST)"]


def test_an_error_in_the_stream() -> None:
    text = Watch().see(HEAD, data(90, delta(content="Hel"), b'data: {"error":{"message":"overloaded"}}\n\n'))
    assert text[1:3] == ["Hel", "error: overloaded"]


def test_several_answers_are_told_apart() -> None:
    second = delta(content="No").replace(b'"index":0', b'"index":1')
    text = Watch().see(HEAD, data(20, delta(content="Yes")), data(90, second))
    assert text[1:5] == ["Yes", "", "choice 1", "No"]


def test_what_nothing_is_known_of_is_shown_as_it_is() -> None:
    text = Watch("/x").see(HEAD, data(20, b"data: one\n\ndata: \x1b[2J\n\n"), EndSeen(2000, "complete"))
    assert text[1:3] == ["one", "·[2J"]


def test_bytes_outside_the_framing() -> None:
    text = Watch().see(HEAD, EndSeen(1, "malformed"), DataSeen(2, b"zz", rest=True))
    assert text[1:3] == ["malformed: the HTTP framing broke", "outside the framing: zz"]


def test_a_compressed_body_is_not_looked_into_for_it_was_not_redacted() -> None:
    coded = HeadSeen(1, 200, b"OK", "1.1", (*SSE, (b"Content-Encoding", b"gzip")), "chunked")
    text = Watch().see(coded, data(20, gzip.compress(delta(content="sk-secret"))), EndSeen(2000, "complete"))
    assert text[1] == "events can't be told: compressed (gzip), which is not decoded while it comes"
    assert "sk-secret" not in "".join(text)


def test_closed_before_its_end_it_leaves_no_line_below() -> None:
    watch = Watch()
    watch.see(HEAD, data(20, delta(content="Hel")))
    watch.live.close("the client left")
    watch.live.close("again")
    assert watch.wait(10) == ["200 text/event-stream after 12 ms", "Hel", "the client left", ""]


def test_many_events_at_once_are_few_drawings() -> None:
    watch = Watch()
    watch.see(HEAD, *(data(20, delta(content="a ")) for _ in range(5000)), EndSeen(2000, "complete"))
    assert watch.terminal.drawings < 10
    assert sum(line.count("a ") + line.endswith("a") for line in watch.terminal.text[1:-3]) >= 4900
