"""Bugs of the small client, by name, each one method of it: `python chat_bugs.py BUG BASE_URL [--timeout S]`.

`none` is the client as it is. A line of JSON comes out, and `--serve` gives many, as of every client under test.
"""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from chat import Chat

from mocksse.torture.clients.contract import Options, Seen, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams import Block, Lost, Response


class ChatOptions(Options):
    APIS = ("openai-chat",)


class SwallowsErrors(Chat):
    """An error in the stream is a chunk without choices."""

    def raise_error(self, chunk: dict[str, Any]) -> None:
        pass


class TakesHalf(Chat):
    """The end of the body is the end of the answer."""

    def check_finish(self) -> None:
        pass


class DecodesReads(Chat):
    """Each read is decoded by itself."""

    def body(self, response: Response) -> Iterator[bytes]:
        return (data.decode("utf-8", "replace").encode() for data in super().body(response))


class EndsTwice(Chat):
    """CR at the end of a read ends a line, and LF at the start of the next one ends another."""

    def unbroken(self, before: bytes, data: bytes) -> bytes:
        return data


class DispatchesPings(Chat):
    """Once an id has come, which stays the last one, every block is an event, though it has no data."""

    last_id = ""

    def is_event(self, block: Block) -> bool:
        self.last_id = block.id or self.last_id
        return super().is_event(block) or bool(self.last_id)


class RunsHalfCalls(Chat):
    """A call is handed on as it is when the answer ends."""

    def check_call(self, call: dict[str, str]) -> None:
        pass


class ComesEarly(Chat):
    """Only its own waits count."""

    def told_s(self, headers: dict[str, str]) -> float | None:
        return None


class AsksTwice(Chat):
    """Whatever broke is asked for again."""

    def may_ask_again(self, error: Lost) -> bool:
        return True


class Rereads(Chat):
    """All that has no line end yet is looked through again with each read."""

    def lines(self, reads: Iterable[bytes]) -> Iterator[bytes]:
        buffer = b""
        for data in reads:
            buffer += data
            *lines, buffer = re.split(rb"\r\n|\r(?=[\s\S])|\n", buffer)
            yield from lines


class WaitsForEver(Chat):
    """Silence has no end."""

    def patience_s(self) -> float | None:
        return None


BUGS = {
    "none": Chat,
    "swallowed-error": SwallowsErrors,
    "truncation-accepted": TakesHalf,
    "utf8-per-read": DecodesReads,
    "cr-at-the-end": EndsTwice,
    "ping-after-id": DispatchesPings,
    "cut-arguments": RunsHalfCalls,
    "retry-after-ignored": ComesEarly,
    "post-replayed": AsksTwice,
    "quadratic-buffer": Rereads,
    "endless-wait": WaitsForEver,
}


if __name__ == "__main__":
    _, bug, *rest = sys.argv

    def stream(options: ChatOptions, seen: Seen) -> None:
        BUGS[bug](options.timeout, seen).ask(options.base_url)

    run(nullcontext(stream), ChatOptions, "mocksse", rest)
