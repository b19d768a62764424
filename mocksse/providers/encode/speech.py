"""An answer as it is to be sent: what it comes to, how it is cut, and when each piece of it is said.

A Speech is in its API's own words: finish and usage are those that will stand in its events. What encoders make up, ids
above all, is drawn from `key` by a hash, so that the same speech is the same bytes on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.providers.fragment import Fragment
    from mocksse.providers.turn import ToolCall, Turn

CREATED = 1_767_225_600
"""Seconds since 1970 at which every made-up answer begins: 2026-01-01T00:00:00Z."""
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HEX = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Speech:
    """Joined by kind, choice and index, the fragments are what the turn's choices hold.

    A tool fragment's `index` is the place of its call among those of its choice, its `id` and `name` are empty; a call
    without arguments has one fragment without text. Other fragments have index 0.
    """

    turn: Turn
    fragments: tuple[Fragment, ...]
    model: str
    key: str
    at_us: tuple[int, ...]
    """Microseconds since the request: of the opening, of each fragment, and of the end."""
    whole: bool = True
    """False for an answer that broke off: what follows the last fragment is left out."""

    def call(self, fragment: Fragment) -> ToolCall:
        """The call that a tool fragment is a piece of."""
        choice = next(choice for choice in self.turn.choices if choice.index == fragment.choice)
        return choice.tool_calls[fragment.index]

    def token(self, label: str, size: int, alphabet: str = BASE62) -> str:
        """So many characters, always the same for this speech and label."""
        value = int.from_bytes(blake2b(f"{self.key}\0{label}".encode("utf-8", "surrogatepass")).digest())
        digits = []
        for _ in range(size):
            value, digit = divmod(value, len(alphabet))
            digits.append(alphabet[digit])
        return "".join(digits)


@dataclass(frozen=True, slots=True)
class Event:
    """The bytes of one event. `at`: its moment, as a place in the speech's `at_us`."""

    data: bytes
    at: int


def last_of_calls(speech: Speech) -> dict[tuple[int, int], int]:
    """Of each tool call, by choice and index, the place in `fragments` of its last piece."""
    return {
        (fragment.choice, fragment.index): place
        for place, fragment in enumerate(speech.fragments)
        if fragment.kind == "tool"
    }


def whole_calls(speech: Speech) -> dict[int, list[Fragment]]:
    """For APIs that send calls whole: the last piece of each call that is complete behind the fragment at a place.

    A call waits for those before it, because the order is all that numbers them.
    """
    due: dict[int, list[Fragment]] = {}
    latest: dict[int, int] = {}
    for (choice, _), place in sorted(last_of_calls(speech).items()):
        latest[choice] = max(latest.get(choice, 0), place)
        due.setdefault(latest[choice], []).append(speech.fragments[place])
    return due
