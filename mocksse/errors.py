"""One error tree. Every failure a user can cause or meet is a MocksseError: what happened, where, what to do.

The command line prints `message` and `hint` on one line and ends with `exit_code`; a traceback means a bug of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EXIT_OK = 0
EXIT_CHECK = 1
EXIT_USAGE = 2
EXIT_UPSTREAM = 3
EXIT_INTERRUPTED = 130


class MocksseError(Exception):
    """A failure with a cure: `message` says what and where, `hint` what to do."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(MocksseError):
    """Wrong words on the command line or in an option."""


class CassetteError(MocksseError):
    """A cassette that can't be read: `where` is `file:line` or `file`."""

    def __init__(self, where: str, message: str, hint: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint)
        self.where = where
        self.reason = message


class CheckError(MocksseError):
    """A check ran and found something (exit code 1)."""

    exit_code = EXIT_CHECK


class UpstreamError(MocksseError):
    """The network, the upstream or the disk failed (exit code 3)."""

    exit_code = EXIT_UPSTREAM


class UpstreamTimeoutError(UpstreamError):
    """The upstream took too long to answer, or to take the connection."""


class LimitError(MocksseError):
    """A stream or file is larger than a cap of `limits`."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint with the known word that is most like a misspelt one; none where a guess would mislead."""
    import difflib

    words = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.72)
    swapped = [name for name in words if sorted(name) == sorted(word.lower())]
    around = sorted((name for name in words if len(word) >= 4 and word.lower() in name), key=len)
    inside = sorted((name for name in words if len(name) >= 4 and name in word.lower()), key=len, reverse=True)
    found = close or swapped or around or inside
    return f"did you mean {words[found[0]]}?" if found else ""
