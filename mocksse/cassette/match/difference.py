"""One difference between a request and a recording, as it may be shown: short, and without credentials.

Of two long texts what is shown begins shortly before the place where they part. Whatever goes by a credential's name or
has the shape of a key is blotted: a recording has none, but what was asked can.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from mocksse import limits
from mocksse.cassette.redact import credentials
from mocksse.cassette.redact.known import is_credential_field
from mocksse.figures import printable
from mocksse.providers.lenient import compact

_SHOWN = 80
"""Characters of a text that are shown."""
_FIELD = 200
"""And of a field's name."""
_BEFORE = 24
"""Characters in front of the place where two texts part."""
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_MISSING = "nothing"


class _Absent:
    """Where one side has no such field."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """`field`: `method`, `path`, `query.NAME`, `header NAME`, `stream`, or a JSONPath into the body.

    Values are what JSON can say, long ones abridged, objects and arrays as their text; None for a field that is not
    there, and for any method.
    """

    field: str
    asked: object
    recorded: object

    def __str__(self) -> str:
        """`path: asked /v1/chat, recorded /chat`, on one line."""
        line = f"{self.field}: asked {self._spelt(self.asked)}, recorded {self._spelt(self.recorded)}"
        return printable(f"{line} ({self.hint})" if self.hint else line)

    @property
    def hint(self) -> str:
        """What is often the reason for just this; else empty."""
        near = self.asked == f"/v1{self.recorded}" or self.recorded == f"/v1{self.asked}"
        return "with and without /v1 are different paths" if near and self.field == "path" else ""

    def _spelt(self, value: object) -> str:
        if value is None:
            return _MISSING
        return str(value) if self.field in ("method", "path") else json.dumps(value, ensure_ascii=False)


def differing(field: str, asked: object, recorded: object, key: str = "") -> Difference:
    """The difference of two values, fit to be shown. `key` is what the field is called, in a body."""
    mine, its = _text(asked, key), _text(recorded, key)
    start = max(0, _parting(mine, its) - _BEFORE) if isinstance(mine, str) and isinstance(its, str) else 0
    return Difference(_cut(_blot(field), _FIELD), _abridged(mine, start), _abridged(its, start))


def json_path(keys: tuple[str | int, ...]) -> str:
    """`$.messages[1].content`, a name that is no word in brackets and quotes."""
    steps = (
        f"[{key}]" if isinstance(key, int) else f".{key}" if _NAME.fullmatch(key) else f"[{_quoted(key)}]"
        for key in keys
    )
    return f"${''.join(steps)}"


def _quoted(key: str) -> str:
    return "'" + json.dumps(_cut(key, _SHOWN), ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _text(value: object, key: str) -> object:
    """Values that hold others as their text, blotted; texts blotted."""
    if value is ABSENT:
        return None
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        return _blot(compact(value))
    if isinstance(value, str):
        return "x" * min(len(value), _SHOWN) if key and is_credential_field(key, value) else _blot(value)
    # JSON has no word for these, and no reader for a number of a thousand digits.
    if isinstance(value, float) and value - value != 0:
        return repr(value)
    return value if isinstance(value, (bool, float)) or len(repr(value)) <= _SHOWN else repr(value)


def _blot(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) < 8:
        return text
    found = credentials(f"/?{text[: limits.MAX_SECRET_BYTES]}", (), data)
    return found.blot(data).decode("utf-8", "surrogatepass") if found else text


def _parting(mine: str, its: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(mine), len(its))
    while low < high:
        middle = (low + high + 1) // 2
        if mine[low:middle] == its[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _abridged(value: object, start: int) -> Any:
    if not isinstance(value, str):
        return value
    start = start if len(value) > _SHOWN else 0
    start = min(start, max(0, len(value) - _SHOWN + 1))
    shown = ("…" if start else "") + value[start:]
    return _cut(shown, _SHOWN)


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 1]}…"
