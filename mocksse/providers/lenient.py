"""Reading JSON that may be anything: what is missing or of the wrong type reads as empty, and nothing raises.

Real streams hold `choices: null`, `delta: null`, numbers for strings; a client has to live with them, and so does
whoever looks at a recording. Nothing is repaired and nothing is guessed.
"""

from __future__ import annotations

import json
from typing import Any


def decode(data: bytes | str) -> Any:
    """The JSON value; None for what is no JSON. Bytes are UTF-8 as SSE has it: U+FFFD for what is not."""
    try:
        return json.loads(data if isinstance(data, str) else data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):  # thousands of brackets are valid JSON, and more than the decoder takes
        return None


def compact(value: Any) -> str:
    """A decoded value as JSON again, without white space; in its own order of keys."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:  # nested just so deeply that it could still be read
        return ""


def get(value: Any, *keys: str) -> Any:
    """What lies at the end of the keys; None where an object or a key on the way is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def string(value: Any, *keys: str) -> str:
    """The string at the end of the keys, else the empty one."""
    found = get(value, *keys)
    return found if isinstance(found, str) else ""


def integer(value: Any, *keys: str, default: int = 0) -> int:
    """The whole number at the end of the keys, else the default; true and false are no numbers."""
    found = get(value, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else default


def array(value: Any, *keys: str) -> list[Any]:
    """The array at the end of the keys, else an empty one."""
    found = get(value, *keys)
    return found if isinstance(found, list) else []
