"""All sessions of a server: the default one, those that the settings name, and those that come by the control API.

`/@NAME/v1/...` is a request to the session NAME, `/v1/...` one to the default session, so that a base URL alone picks a
world. A session that was made by the control API and is idle for long is forgotten, and there are only so many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mocksse import limits
from mocksse.errors import MocksseError, UsageError
from mocksse.server.clock import running
from mocksse.server.session import Session
from mocksse.settings.model import DEFAULT, SESSION_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mocksse.server.stock import Stock
    from mocksse.settings.model import SessionSettings

_REMEMBERED = 1000
"""Names of sessions that are gone, for whoever asks for one of them."""


@dataclass(slots=True)
class _Entry:
    session: Session
    lasts: bool
    """It was there from the start, and never expires."""
    used: float


class Sessions:
    """`named`: those that the settings name. `now` gives seconds on a monotonic clock. Raises UsageError where a
    session can't be made of its settings."""

    def __init__(
        self,
        stock: Stock,
        default: SessionSettings,
        named: Iterable[SessionSettings] = (),
        *,
        ttl: float = 3600.0,
        most: int = limits.MAX_SESSIONS,
        journal_size: int = 1000,
        now: Callable[[], float] = running,
    ) -> None:
        self.stock = stock
        self._ttl = ttl
        self._most = most
        self._journal_size = journal_size
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._gone: dict[str, str] = {}
        self._count = 0
        self.default = self._make(replace(default, name=DEFAULT), lasts=True)
        for settings in named:
            try:
                self._make(settings, lasts=True)
            except UsageError as error:
                raise UsageError(f"sessions: {settings.name}: {error.message}", error.hint) from None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Session]:
        self.expire()
        return iter([entry.session for entry in self._entries.values()])

    def get(self, name: str) -> Session | None:
        """The session of that name, which is thereby in use."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        now = self._now()
        if not entry.lasts and entry.used < now - self._ttl:
            self.expire()
            return None
        entry.used = now
        return entry.session

    def why_not(self, name: str) -> str:
        """Why there is no session of that name."""
        if name in self._gone:
            return f"the session {name} {self._gone[name]}"
        there = ", ".join(sorted(self._entries)[:8])
        more = ", ..." if len(self._entries) > 8 else ""
        return f"no session is called {name[:64]}: there {'is' if len(self._entries) == 1 else 'are'} {there}{more}"

    def create(self, settings: SessionSettings, stock: Stock | None = None) -> Session:
        """A session made of this, where it has no name under one of ours. `stock`: cassettes of its own.

        Raises UsageError where there is one of that name, or too many.
        """
        name = settings.name
        if not name:
            self._count += 1
            while f"s{self._count}" in self._entries:
                self._count += 1
            name = f"s{self._count}"
        if not SESSION_NAME.fullmatch(name):
            raise UsageError(f"{name[:64]!r} can't be a session's name", "letters, digits, . _ - up to 64")
        if name in self._entries:
            raise UsageError(f"there is a session {name}", "PUT changes it, DELETE takes it away")
        self.expire()
        if len(self._entries) >= self._most:
            raise UsageError(f"there are {self._most} sessions", "DELETE some, or serve --max-sessions")
        return self._make(replace(settings, name=name), lasts=False, stock=stock)

    def delete(self, name: str) -> bool:
        """Take a session away; False where there is none. UsageError for the default one."""
        if name == DEFAULT:
            raise UsageError("the default session can't be deleted", "reset it, or change it")
        if self._entries.pop(name, None) is None:
            return False
        self._forget(name, "was deleted")
        return True

    def expire(self) -> list[str]:
        """Forget the sessions that were idle for too long; their names."""
        old = self._now() - self._ttl
        names = [name for name, entry in self._entries.items() if not entry.lasts and entry.used < old]
        for name in names:
            del self._entries[name]
            self._forget(name, f"was idle for {self._ttl:g} s and has expired")
        return names

    def refresh(self) -> list[MocksseError]:
        """Let all sessions take what changed in the stock; what does not fit them any more."""
        wrong: list[MocksseError] = []
        for entry in self._entries.values():
            try:
                entry.session.refresh()
            except MocksseError as error:
                wrong.append(UsageError(f"session {entry.session.name}: {error.message}", error.hint))
        return wrong

    def _make(self, settings: SessionSettings, *, lasts: bool, stock: Stock | None = None) -> Session:
        session = Session(stock or self.stock, settings, journal_size=self._journal_size)
        self._entries[session.name] = _Entry(session, lasts, self._now())
        self._gone.pop(session.name, None)
        return session

    def _forget(self, name: str, why: str) -> None:
        self._gone.pop(name, None)
        self._gone[name] = why
        if len(self._gone) > _REMEMBERED:
            del self._gone[next(iter(self._gone))]


def split(target: str) -> tuple[str, str]:
    """The session that a request's target picks (empty: none was named), and the target within it."""
    if not target.startswith(("/@", "/%40")):
        return "", target
    segment = re.split(r"[/?#]", target[1:], maxsplit=1)[0]
    rest = target[1 + len(segment) :]
    return unquote(segment)[1:], rest if rest.startswith("/") else f"/{rest}"
