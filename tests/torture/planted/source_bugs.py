"""Bugs of the small EventSource by name: `python source_bugs.py BUG BASE_URL [--timeout S]`, as in `chat_bugs`."""

from __future__ import annotations

import sys
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

from source import Source

from mocksse.torture.clients.contract import Options, Seen, run

if TYPE_CHECKING:
    from streams import Block


class SourceOptions(Options):
    APIS = ("sse",)


class DispatchesPings(Source):
    """Once an id has come, which stays the last one, every block is an event, though it has no data."""

    def is_event(self, block: Block) -> bool:
        return super().is_event(block) or bool(self.last_id)


class EndsTwice(Source):
    """CR at the end of a read ends a line, and LF at the start of the next one ends another."""

    def unbroken(self, before: bytes, data: bytes) -> bytes:
        return data


class OpensAnother(Source):
    """`onerror` opens a second one, and the first comes back by itself."""

    def on_error(self) -> None:
        threading.Thread(target=Source(self.url, self.timeout_s, self.seen).listen, daemon=True).start()


BUGS = {
    "none": Source,
    "ping-after-id": DispatchesPings,
    "cr-at-the-end": EndsTwice,
    "second-source": OpensAnother,
}


if __name__ == "__main__":
    _, bug, *rest = sys.argv

    def stream(options: SourceOptions, seen: Seen) -> None:
        BUGS[bug](options.base_url, options.timeout, seen).listen()

    run(nullcontext(stream), SourceOptions, "mocksse", rest)
