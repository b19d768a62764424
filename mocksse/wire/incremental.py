"""The contract of every incremental parser of a body in `wire/`.

`feed` takes the next bytes of a body and returns the items they complete; `close` says that the body is over and
returns what lay unfinished. How a body is cut into feeds never shows in the items: not in their values, not in their
spans, not in their order. Spans are offsets into the whole body, end exclusive.

Bad bytes are items, never exceptions. The one exception is LimitError: a cap of `limits` was passed, nothing more is
buffered, and every later call raises it again. It is raised only once the items before it have been handed out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from mocksse.errors import LimitError

T = TypeVar("T")


class Incremental(ABC, Generic[T]):
    """Bytes in, items out; subclasses say what an item is."""

    def __init__(self) -> None:
        self._limit: LimitError | None = None
        self._closed = False

    def feed(self, data: bytes) -> list[T]:
        """The items completed by the next bytes of the body; ValueError after `close`."""
        if self._closed:
            raise ValueError("feed after close")
        if self._limit:
            raise self._limit
        items: list[T] = []
        try:
            self._scan(data, items)
        except LimitError as error:
            self._limit = error
            if not items:
                raise
        return items

    def close(self) -> list[T]:
        """What lay unfinished at the end of the body; an empty list when called again."""
        if self._limit:
            raise self._limit
        items: list[T] = []
        if not self._closed:
            self._closed = True
            self._finish(items)
        return items

    @abstractmethod
    def _scan(self, data: bytes, items: list[T]) -> None:
        """Append what `data` completes; raise LimitError after the last item that still counts."""

    @abstractmethod
    def _finish(self, items: list[T]) -> None:
        """Append what the end of the body leaves unfinished."""
