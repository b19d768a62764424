"""What a request gets that no recording answers: a 404 in its provider's own shape that says what came nearest.

Pure. SDKs read the provider's message; whoever looks closer finds `mocksse.nearest` beside it, with every field that
differs. Nothing of it holds a credential of the request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.figures import printable
from mocksse.providers import registry
from mocksse.providers.errors.failure import failure
from mocksse.providers.errors.registry import shape_of
from mocksse.providers.lenient import decode, string
from mocksse.server.access import brief, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.match import Difference
    from mocksse.cassette.model import Headers
    from mocksse.cassette.redact import Secrets
    from mocksse.providers.errors.shape import Shape
    from mocksse.server.tape import Tape

_FIELDS = 3
"""Fields that the message names; all are in the body."""
_JSON: Headers = ((b"Content-Type", b"application/json"),)


@dataclass(frozen=True, slots=True)
class Near:
    """A recording that does not answer, and what differs."""

    tape: Tape
    differs: tuple[Difference, ...]

    @property
    def told(self) -> dict[str, Any]:
        """As JSON tells it."""
        differs = [{"field": item.field, "asked": item.asked, "recorded": item.recorded} for item in self.differs]
        return {"interaction": self.tape.key, "request": self.tape.interaction.request.label, "differs": differs}


@dataclass(frozen=True, slots=True)
class Missed:
    """The 404: its headers (without those of the framing), its body, and why, on one line, for header and log."""

    headers: Headers
    body: bytes
    note: str


def missed(method: str, target: str, nearest: Sequence[Near], secrets: Secrets) -> Missed:
    """The answer to a request that none of these, the nearest first, answers. `secrets` are the request's."""
    why = "no recording answers"
    found = f": {_reason(nearest)}" if nearest else ""
    message = _blot(brief(printable(f"{why} {method} {shown(target)}{found}")), secrets)
    explained = {"nearest": [near.told for near in nearest]}
    shape = _shape(target, nearest)
    failed = failure(404, message)
    value = decode(shape.body(failed)) if shape else {"error": {"message": message, "type": "mocksse", "code": 404}}
    if string(value, "error", "code") == "model_not_found":
        # No model is missing, and some clients would turn to another.
        value["error"] |= {"code": None, "param": None}
    headers = shape.headers(failed) if shape else _JSON
    text = json.dumps(_with(value, explained), ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
    note = _blot(brief(printable(f"{why} this{found}")), secrets)
    return Missed(headers, secrets.blot(text) + b"\n", note)


def _reason(nearest: Sequence[Near]) -> str:
    # With nothing that differs it would answer; it is only its turn no more.
    spent = next((near.tape.key for near in nearest if not near.differs), "")
    if spent:
        return f"{spent} was played as often as it was recorded (on_exhausted: error)"
    return _differs(nearest[0])


def _differs(near: Near) -> str:
    fields = [f"{item.field}{f' ({item.hint})' if item.hint else ''}" for item in near.differs]
    more = f" and {len(fields) - _FIELDS} more" if len(fields) > _FIELDS else ""
    return f"nearest is {near.tape.key}, which differs in {', '.join(fields[:_FIELDS])}{more}"


def _shape(target: str, nearest: Sequence[Near]) -> Shape | None:
    """That of the path's API, as a recording at the same path tells providers apart; None: the path says no API."""
    for near in nearest:
        if not any(item.field == "path" for item in near.differs):
            layout = near.tape.layout
            server = layout.head.header("server")
            return shape_of(near.tape.api, target, layout.host, server=server, frames=layout.frames)
    api = registry.detect(target)
    return None if api is None else shape_of(api, target)


def _with(value: Any, explained: object) -> Any:
    """The error with one member more; where it is an array, in the object inside."""
    if isinstance(value, list):
        return [_with(value[0], explained), *value[1:]]
    return {**value, "mocksse": explained}


def _blot(text: str, secrets: Secrets) -> str:
    return secrets.blot(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
