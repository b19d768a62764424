"""What a command reads that is no cassette: a file or standard input, no more than a cassette may have."""

from __future__ import annotations

import sys
from pathlib import Path

from mocksse import limits
from mocksse.errors import UsageError

STDIN = "standard input"


def read_body(body: str, command: str) -> bytes:
    """The input; what is too large is refused before it is read, or, of a pipe, as soon as that is known.

    `body`: a file, or - for standard input. `command`: what to call the caller in a hint.
    """
    most = limits.MAX_CASSETTE_BYTES
    too_large = UsageError(f"{body}: more than the {most // limits.MIB} MiB of a cassette", f"{command} a part of it")
    try:
        if body == "-":
            if sys.stdin is None or sys.stdin.isatty():
                raise UsageError("nothing comes on standard input", f"curl -N URL | mocksse {command} -")
            data = sys.stdin.buffer.read(most + 1)
        else:
            path = Path(body)
            if path.is_dir():
                raise UsageError(f"{body}: is a folder", "name the file that curl saved")
            if path.stat().st_size > most:
                raise too_large
            with path.open("rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{body}: {error.strerror}", f"mocksse {command} FILE reads what curl saved") from None
    if len(data) > most:
        raise too_large
    return data
