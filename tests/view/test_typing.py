import gzip
import re

import click
import pytest

from mocksse import limits
from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.view.columns import clip
from mocksse.view.typing import Typing

SSE = ((b"Content-Type", b"text/event-stream"),)


def lines(path: str, *seen: Seen, width: int = 100) -> list[str]:
    said: list[str] = []
    typing = Typing(path, said.append, width)
    for item in seen:
        typing(item)
    return [re.sub(r" +", " ", click.unstyle(line)).strip() for line in said]


def head(headers: tuple[tuple[bytes, bytes], ...] = SSE) -> HeadSeen:
    return HeadSeen(12_000, 200, b"OK", "1.1", headers, "chunked")


def chat(content: str) -> bytes:
    return (
        b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"%b"}}]}\n\n'
        % content.encode()
    )


def test_fragments_with_their_times_and_gaps() -> None:
    first, second = chat("Hel"), chat("lo")
    assert lines(
        "/v1/chat/completions",
        head(),
        DataSeen(50_000, first),
        DataSeen(79_000, second[:30]),
        DataSeen(81_000, second[30:]),
        DataSeen(90_000, b": ping\n\ndata: [DONE]\n\n"),
        EndSeen(90_000, "complete"),
    ) == [
        "0.012 s 200 text/event-stream",
        f"0.050 s +38 ms {len(first)} B text Hel",
        f"0.081 s +31 ms {len(second)} B text lo",
        "0.090 s +9.0 ms 7 B comment ping",
        "0.090 s +0.0 ms 14 B [DONE]",
    ]


def test_what_a_terminal_would_obey_is_not_sent_to_it() -> None:
    said: list[str] = []
    typing = Typing("/v1/chat/completions", said.append, 100)
    typing(head())
    typing(
        DataSeen(
            1,
            b'data: {"choices":[{"delta":{"content":"\\u001b[2Jx\\u0007"}}]}\n\nevent: \x1b]0;title\x07\ndata: {}\n\n',
        )
    )
    assert not any("\x1b[2J" in line or "\x07" in line or "\x1b]" in line for line in said)


@pytest.mark.parametrize("coding", ["gzip", "snappy"])
def test_a_compressed_body_is_shown_by_its_pieces(coding: str) -> None:
    """What is within it was not redacted."""
    coded = (*SSE, (b"Content-Encoding", coding.encode()))
    body = gzip.compress(chat("sk-secret"))
    said = lines("/v1/chat/completions", head(coded), DataSeen(50_000, body), EndSeen(60_000, "complete"))
    assert said == [
        "0.012 s 200 text/event-stream",
        f"0.050 s +38 ms {len(body)} B bytes",
        f"0.060 s +10 ms events can't be told: compressed ({coding}), which is not decoded while it comes",
    ]


def test_bytes_behind_the_end_are_shown_as_such() -> None:
    assert lines("/x", head(), EndSeen(20_000, "complete"), DataSeen(20_000, b"HTTP/1.1", rest=True))[1:] == [
        "0.020 s +8.0 ms 8 B rest HTTP/1.1"
    ]


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [
        ("hello", 10, "hello"),
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("你好世界", 8, "你好世界"),
        ("你好世界", 7, "你好世…"),
        ("", 5, ""),
        ("🎉🎉🎉", 4, "🎉…"),
    ],
)
def test_clip_counts_columns(text: str, width: int, clipped: str) -> None:
    assert clip(text, width) == clipped


def test_an_event_too_large_to_show_is_no_reason_to_stop() -> None:
    event = b"data: a\n\n"
    for more in ([], [DataSeen(25_000, event)]):
        data = event + b"data: " + b"x" * limits.MAX_EVENT_BYTES
        assert lines("/x", head(), DataSeen(20_000, data), *more, EndSeen(30_000, "complete"), width=200)[:-1] == [
            "0.012 s 200 text/event-stream",
            "0.020 s +8.0 ms 9 B a",
        ]


def test_what_opens_a_stream_does_not_settle_whose_it_is() -> None:
    event = b'data: {"content":"Hi","stop":false,"id_slot":0}\n\n'
    assert lines("/completions", head(), DataSeen(20_000, b": ping\n\n" * 13), DataSeen(30_000, event))[-1] == (
        f"0.030 s +10 ms {len(event)} B text Hi"
    )
