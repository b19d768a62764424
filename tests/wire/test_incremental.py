"""The contract itself, held by the smallest parser there is: one item a byte, at most so many."""

from __future__ import annotations

import pytest

from mocksse.errors import LimitError
from mocksse.wire import eventstream, jsonl, sse
from mocksse.wire.incremental import Incremental


class Bytes(Incremental[int]):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def _scan(self, data: bytes, items: list[int]) -> None:
        for byte in data:
            if not self._left:
                raise LimitError("too many bytes")
            self._left -= 1
            items.append(byte)

    def _finish(self, items: list[int]) -> None:
        items.append(-1)


def test_feed_then_close() -> None:
    parser = Bytes(9)
    assert parser.feed(b"ab") == [97, 98]
    assert parser.feed(b"") == []
    assert parser.close() == [-1]
    assert parser.close() == []
    with pytest.raises(ValueError, match="feed after close"):
        parser.feed(b"c")


def test_items_before_the_limit_are_handed_out_first() -> None:
    parser = Bytes(2)
    assert parser.feed(b"abc") == [97, 98]
    for _ in range(2):
        with pytest.raises(LimitError):
            parser.feed(b"")
        with pytest.raises(LimitError):
            parser.close()


def test_a_limit_with_nothing_before_it_is_raised_at_once() -> None:
    parser = Bytes(2)
    assert parser.feed(b"ab") == [97, 98]
    with pytest.raises(LimitError):
        parser.feed(b"c")


@pytest.mark.parametrize("make", [sse.Parser, jsonl.LineParser, jsonl.ArrayParser, eventstream.Parser])
def test_an_empty_body_has_no_items(make: type[Incremental[object]]) -> None:
    parser = make()
    assert parser.feed(b"") == []
    assert parser.close() == []
