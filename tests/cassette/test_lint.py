"""Each rule of lint: what it finds, and what it lets pass."""

from pathlib import Path

import pytest

from mocksse.cassette.lint import RULES, broke_off, lint
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, End, Ending, Interaction, Piece, Request, Response

CHAT, CLAUDE, GEMINI = "/v1/chat/completions", "/v1/messages", "/v1beta/models/g:streamGenerateContent"
DONE = b"data: [DONE]\n\n"
HELLO = b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
SECOND_US = 1_000_000


def taped(
    *pieces: bytes, path: str = CHAT, end: Ending = "complete", status: int = 200, gap_us: int = 1, end_us: int = 0
) -> Interaction:
    parts = tuple(Piece(gap_us, data) for data in pieces)
    headers = ((b"content-type", b"text/event-stream"),)
    return Interaction("a", Request(path, "POST"), Response(status, headers, "chunked", parts, End(end_us, end)))


def found(interaction: Interaction) -> list[tuple[str, int]]:
    """Rule and entry of the stream."""
    findings = list(lint(Cassette((interaction,)), SECOND_US))
    assert {finding.rule for finding in findings} <= set(RULES)
    return [(finding.rule, int(finding.at[1])) for finding in findings if len(finding.at) > 1]


@pytest.mark.parametrize(
    ("interaction", "rules"),
    [
        (taped(HELLO, DONE), []),
        (taped(), []),
        (taped(HELLO.replace(b"Hi", b"x" * 1024), DONE), []),
        (taped(HELLO, HELLO.replace(b"Hi", b"x" * 1025), DONE), [("large-fragment", 1)]),
        (taped(HELLO.replace(b"Hi", "河".encode() * 342), DONE), [("large-fragment", 0)]),
        (taped(b'data: {"choices":[],"usage":{"%s":1}}\n\n' % (b"x" * 2000), DONE), []),
        (taped(HELLO), [("no-terminator", 0)]),
        (taped(HELLO, end="cut"), []),
        (taped(HELLO, b"data: {", end="cut"), []),
        (taped(HELLO, b"data: {"), [("unfinished", 1), ("no-terminator", 1)]),
        (taped(HELLO, b'data: {"error":{"message":"no"}}\n\n'), []),
        (taped(b'{"error":{"message":"no"}}', status=400), []),
        (taped(b'data: {"candidates":[{"finishReason":"STOP"}]}\n\n', path=GEMINI), []),
        (taped(b"data: {oops\n\n", DONE), [("broken-json", 0)]),
        (taped(b"data: hello\n\n", path="/any"), []),
        (taped(b"data: {hello\n\n", path="/any"), [("broken-json", 0)]),
        (taped(b"data: null\n\n", b"data: \n\n", path="/any"), []),
        (taped(b'data: {"foo":1}\n\n', DONE), [("unknown-event", 0)]),
        (taped(b'data: {"foo":1}\n\n', path="/any"), []),
        (
            taped(b'data: {"type":"x"}\n\n', b'data: {"type":"message_stop"}\n\n', path=CLAUDE),
            [("unknown-event", 0)],
        ),
        (taped(b": ping\n\n" + HELLO[:9], HELLO[9:] + b"data: {oops\n\n", DONE), [("broken-json", 1)]),
        (taped(HELLO, DONE, gap_us=SECOND_US), []),
        (taped(HELLO, DONE, gap_us=SECOND_US + 1), [("long-gap", 0)]),
        (taped(HELLO, DONE, end_us=SECOND_US + 1), [("long-gap", 1)]),
    ],
)  # fmt: skip
def test_rules(interaction: Interaction, rules: list[tuple[str, int]]) -> None:
    assert found(interaction) == rules


def test_a_rule_speaks_once_of_each_interaction() -> None:
    wrong = taped(b"data: {oops\n\n" * 3, b"data: {oops\n\n", DONE)
    (finding,) = lint(Cassette((wrong,)), SECOND_US)
    assert finding.message == "a payload that is no JSON (and 3 more)"


def test_a_silence_without_a_stream_still_has_a_place() -> None:
    (finding,) = lint(Cassette((taped(end_us=SECOND_US * 2, end="idle"),)), SECOND_US)
    assert (finding.rule, finding.at) == ("long-gap", ("stream",))


@pytest.mark.parametrize(
    ("end", "text"), [("complete", ""), ("cut", "a ended cut after 2.00 s"), ("reset", "a ended reset after 2.00 s")]
)
def test_what_broke_off_is_said_to_have(end: Ending, text: str) -> None:
    assert broke_off(taped(end=end, end_us=2 * SECOND_US)) == text


@pytest.mark.parametrize("path", sorted(Path("cassettes").glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_recordings_are_clean(path: Path) -> None:
    assert list(lint(load(path), 30 * SECOND_US)) == []
