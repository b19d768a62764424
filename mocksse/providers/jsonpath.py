"""JSONPath as RFC 9535 has it, by a library that is loaded when the first path is.

The library is `jsonpath-rfc9535`: two others of more fame share the module name `jsonpath`, and an SDK that brings one
of them breaks the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathQuery

Location = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""
_SHOWN = 200


class NotAPathError(ValueError):
    """What is written is no JSONPath; its text says why, on one line."""


@lru_cache(256)
def compile_path(path: str) -> JSONPathQuery:
    """The path, ready to be used. Raises NotAPathError."""
    from jsonpath_rfc9535 import JSONPathError, compile  # noqa: A004 - the library's word

    try:
        return compile(path)
    except (JSONPathError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).partition("\n")[0].split())
        raise NotAPathError(reason[:_SHOWN] or type(error).__name__) from None


def locate(path: str, value: Any) -> list[Location]:
    """Where in the value the path leads; nowhere in one that is nested deeper than a path is followed."""
    from jsonpath_rfc9535 import JSONPathError

    try:
        return [node.location for node in compile_path(path).finditer(value)]
    except (JSONPathError, RecursionError):
        return []


def select(path: str, value: Any) -> list[Any]:
    """What the path selects in the value."""
    from jsonpath_rfc9535 import JSONPathError

    try:
        return [node.value for node in compile_path(path).finditer(value)]
    except (JSONPathError, RecursionError):
        return []
