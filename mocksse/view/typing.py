"""A stream as it arrives: a line for each event with its time, the gap before it, its size, and what it says.

Fed with what the recorder keeps, so that nothing is shown that was not redacted first. What a server sends is shown
as text only: control characters, which a terminal would obey, are not.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import click

from mocksse.cassette.seen import DataSeen, EndSeen, HeadSeen, Seen
from mocksse.errors import LimitError
from mocksse.figures import bytes_text, printable, us_text
from mocksse.providers import registry
from mocksse.providers.framing import Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame

_STYLES = {"reasoning": {"dim": True}, "comment": {"dim": True}, "error": {"fg": "red"}, "tool": {"fg": "magenta"}}
_START = 12
"""Frames with a payload in which the API shows; until then what the path suggests is taken."""


class Typing:
    """Prints one recording. `say` takes a line; `width` is the terminal's."""

    def __init__(self, path: str, say: Callable[[str], None], width: int = 100) -> None:
        self._path = path
        self._say = say
        self._width = width
        self._framer: Framer | None = None
        self._api: Api | None = None
        self._start: list[Frame] = []
        self._last_us = 0

    def __call__(self, item: Seen) -> None:
        match item:
            case HeadSeen():
                self._head(item)
            case DataSeen(rest=False):
                self._data(item)
            case DataSeen():
                self._line(item.at_us, len(item.data), "rest", item.data.decode("utf-8", "replace"))
            case EndSeen():
                self._read(item.at_us, None)

    def _head(self, head: HeadSeen) -> None:
        kind = next((v.decode("latin-1") for n, v in head.headers if n.lower() == b"content-type"), "")
        coding = any(n.lower() == b"content-encoding" and v.lower() != b"identity" for n, v in head.headers)
        self._framer = None if coding else Framer(kind)
        self._last_us = head.at_us
        status = click.style(str(head.status), fg="green" if head.status < 400 else "red", bold=True)
        self._say(f"{_clock(head.at_us)}  {status} {printable(kind)}")

    def _data(self, item: DataSeen) -> None:
        if self._framer is None:
            self._line(item.at_us, len(item.data), "bytes", "")
            return
        self._read(item.at_us, item.data)

    def _read(self, at_us: int, data: bytes | None) -> None:
        """More of the body, or None at its end."""
        if self._framer is None:
            return
        try:
            frames = self._framer.close() if data is None else self._framer.feed(data)
        except LimitError:
            self._framer = None  # it is recorded all the same
            return
        for frame in frames:
            self._frame(at_us, frame)

    def _frame(self, at_us: int, frame: Frame) -> None:
        if len(self._start) < _START and frame.kind in {"event", "other"}:
            self._start.append(frame)
            self._api = registry.detect(self._path, self._start)
        fragments = registry.fragments_of(self._api, frame) if self._api is not None else ()
        size = frame.end - frame.start
        if not fragments:
            kind = frame.kind if frame.kind != "event" else frame.type if frame.type != "message" else ""
            self._line(at_us, size, kind, frame.data.decode("utf-8", "replace"), quiet=True)
        for number, fragment in enumerate(fragments):
            text = " ".join(filter(None, (fragment.name, fragment.text)))
            self._line(at_us, 0 if number else size, fragment.kind, text)

    def _line(self, at_us: int, size: int, kind: str, text: str, *, quiet: bool = False) -> None:
        gap = f"+{us_text(at_us - self._last_us)}"
        self._last_us = at_us
        lead = f"{_clock(at_us)}  {gap:>8}  {bytes_text(size) if size else '':>8}  {clip(printable(kind), 16):16} "
        shown = clip(printable(text), max(self._width - len(lead), 20))
        style = {"dim": True} if quiet else _STYLES.get(kind, {})
        self._say(click.style(lead, dim=True) + click.style(shown, **style))  # type: ignore[arg-type]


def _clock(at_us: int) -> str:
    return f"{at_us / 1_000_000:9.3f} s"


def clip(text: str, width: int) -> str:
    """The text in at most `width` columns; wide characters count two."""
    if len(text) * 2 <= width:
        return text
    used = 0
    for index, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used > width - 1:
            rest = text[index:]
            return text if used <= width and len(rest) == 1 else text[:index] + "…"
    return text
