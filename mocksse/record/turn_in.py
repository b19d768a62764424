"""From a journal to a cassette, here or in a process of its own: `python -m mocksse.record.turn_in`.

That process takes a line of JSON on stdin for each journal and answers it with one on stdout; it ends when stdin does,
and by nothing else, so that whoever started it decides when.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocksse.errors import MocksseError
from mocksse.record.journal import read
from mocksse.record.keep import keep, keep_new

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


_NICE = 10
"""Streams that run come first: on a busy machine they would run late for a file that nobody waits for."""


def turn_in(partial: Path, *, new: bool = False, replace: bool = False) -> tuple[Path, Interaction] | None:
    """Put what is in a journal into its cassette: behind what is there, over it, or into a `new` file.

    Gives the cassette, and the interaction as it is in there; None where no head had come. The journal stays. Raises
    MocksseError; the cassette is then as it was.
    """
    remains = read(partial)
    interaction = remains.interaction if remains is not None else None
    if remains is None or interaction is None:
        return None
    if new:
        return keep_new(remains.target, interaction), interaction
    return remains.target, keep(remains.target, interaction, replace=replace)


def _answer(asked: dict[str, Any]) -> dict[str, str]:
    try:
        kept = turn_in(Path(asked["partial"]), new=asked["new"], replace=asked["replace"])
    except MocksseError as error:
        return {"error": error.message}
    except Exception as error:
        # Not its text: what was recorded may be in it.
        return {"error": f"{asked['partial']}: {type(error).__name__}, a bug of mocksse"}
    if kept is None:
        return {"error": f"{asked['partial']}: nothing had arrived"}
    path, interaction = kept
    return {"file": path.name, "name": interaction.name}


def _main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICE)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
