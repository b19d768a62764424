"""One request as a test looks at it: what was asked, and how it was answered. A view of a journal's record."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.server.journal import Record


@dataclass(frozen=True, slots=True)
class Request:
    """`kind`: played, missed, made-up, relayed or own (an error of the server's). `at`: seconds since 1970."""

    number: int
    method: str
    target: str
    """The path with its query, without the session's name."""
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case names; the last of equal ones."""
    body: bytes = field(repr=False)
    status: int = 0
    kind: str = ""
    interaction: str = ""
    """What answered, as `file#name`."""
    faults: tuple[str, ...] = ()
    """Those that took hold, and where."""
    note: str = ""
    """Why it was answered so."""
    at: float = 0.0
    done: bool = False
    """The answer is over."""
    broken_off: str = ""
    """`the client left`, where it did before the answer's end."""
    record: Record = field(repr=False, compare=False, kw_only=True)
    """All there is."""

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        """The body. Raises ValueError where it is no JSON."""
        return json.loads(self.body)


def request_of(record: Record) -> Request:
    """The record as it is at this moment."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in record.headers}
    return Request(
        record.number,
        record.method,
        record.target,
        headers,
        record.body,
        record.status,
        record.kind,
        record.interaction,
        record.faults,
        record.note,
        record.at,
        record.done,
        record.broken_off,
        record=record,
    )
