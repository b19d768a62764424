"""A tool call's arguments from values that come one by one, each with its JSONPath: Gemini's streamed arguments.

RFC 9535 calls such a path normalized when it names one value: `$`, then names and array indices. `.name` is taken as
well as `['name']`. What is no such path is left out, as is a value inside of one that is neither object nor array.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import compact, decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mocksse.providers.fragment import Fragment

_STEP = re.compile(r"""\.([^.\[\]'"]+)|\[([0-9]{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")
_GAP = 1000
"""Elements of an array that may be missing in front of one: a path is no reason to fill the memory."""


def assemble(pieces: Iterable[Fragment]) -> str:
    """The arguments as JSON text. Pieces of a string are joined; of any other value the last one counts."""
    root: dict[str, Any] = {}
    for piece in pieces:
        if steps := _steps(piece.path):
            _put(root, steps, piece)
    return compact(root)


def _steps(path: str) -> list[str | int]:
    """The names and indices of a path; none where it is another kind of path, or the root."""
    found: list[str | int] = []
    at = 1
    while match := _STEP.match(path, at):
        name, index, single, double = match.groups()
        quoted = single if single is not None else double
        found.append(name or (int(index) if index else re.sub(r"\\(.)", r"\1", quoted)))
        at = match.end()
    return found if path.startswith("$") and at == len(path) else []


def _put(root: dict[str, Any], steps: list[str | int], piece: Fragment) -> None:
    holder: Any = root
    for step, below in zip(steps, [*steps[1:], None], strict=True):
        if not _has_room(holder, step):
            return
        if below is None:
            held = holder[step]
            is_more = piece.quoted and isinstance(held, str)
            holder[step] = held + piece.text if is_more else piece.text if piece.quoted else decode(piece.text)
        elif holder[step] is None:
            holder[step] = [] if isinstance(below, int) else {}
        holder = holder[step]


def _has_room(holder: Any, step: str | int) -> bool:
    """Whether the holder has this member, which is made if it can be."""
    if isinstance(step, str) and isinstance(holder, dict):
        holder.setdefault(step, None)
        return True
    if isinstance(step, int) and isinstance(holder, list) and step <= len(holder) + _GAP:
        holder.extend([None] * (step + 1 - len(holder)))
        return True
    return False
