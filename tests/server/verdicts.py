"""Records by hand for tests of the verdict, and what went out, as the test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.turn import Choice, Turn
from mocksse.server.journal import Record

if TYPE_CHECKING:
    from mocksse.server.verdict.sent import Sent

SEEN = ((b"Accept", b"text/event-stream"), (b"Last-Event-Id", b"7"))
EVENTS: dict[str, object] = {
    "method": "GET",
    "headers": ((b"Accept", b"text/event-stream"),),
    "is_stream": True,
    "has_ids": True,
}
"""A request for an event stream with ids."""


def asked(number: int, at: float, body: bytes = b"{}", **more: object) -> Record:
    """A request that was answered, whole, within half a second, unless it is said otherwise."""
    made = Record(number, "default", at, 1, "POST", "/v1/x", (), body, len(body))
    made.kind, made.status, made.done, made.finish, made.seconds = "played", 200, True, "complete", 0.5
    for name, value in more.items():
        setattr(made, name, value)
    return made


def returned(told: str) -> dict[str, object]:
    """A request that comes back with this id."""
    return {**EVENTS, "headers": ((b"Accept", b"text/event-stream"), (b"Last-Event-ID", told.encode()))}


def BY_SDK(attempt: int) -> dict[str, object]:  # noqa: N802 - it stands for a constant
    """Headers of an SDK that counts its attempts."""
    return {"headers": ((b"X-Stainless-Retry-Count", b"%d" % attempt),)}


def stream(text: str) -> Turn:
    """A turn that has not ended."""
    return Turn((Choice(text=text),))


class Told:
    """Answers as the test has them: the same for all records, or by their numbers."""

    def __init__(
        self, sent: Sent | dict[int, Sent] | None = None, whole: Turn | None = None, early: Sent | None = None
    ) -> None:
        self._sent, self._whole, self._early = sent, whole, early

    def sent(self, record: Record, size: int | None = None) -> Sent | None:
        if size is not None and self._early is not None:
            return self._early
        return self._sent.get(record.number) if isinstance(self._sent, dict) else self._sent

    def whole(self, _: Record) -> Turn | None:
        return self._whole
