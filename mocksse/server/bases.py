"""What is behind the base paths of a server, beside recordings, in a few words each. Pure: settings in, words out.

`/` is the default session and `/@NAME/` another; below them are the prefixes of upstreams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cassette.pacing import words
from mocksse.server.through import folder_of

if TYPE_CHECKING:
    from mocksse.server.through import Throughs
    from mocksse.settings.model import SessionSettings, Settings


@dataclass(frozen=True, slots=True)
class Base:
    """`path`: below the base URL of the server. `records`: new recordings come of it."""

    path: str
    text: str
    records: bool = False


def bases(settings: Settings, throughs: Throughs) -> list[Base]:
    """Those that have more to tell than which recordings are there: sessions, and whom they ask."""
    found = []
    default = settings.session
    for session in [default, *settings.sessions.values()]:
        at = f"/@{session.name}" if session.name else ""
        if session.name:
            found.append(Base(f"{at}/", _own(session, default)))
        if session is default or (session.upstream, session.record) != (default.upstream, default.record):
            found += _upstreams(session, throughs, at)
    return found


def _upstreams(session: SessionSettings, throughs: Throughs, at: str) -> list[Base]:
    """Whom a session asks, and where its answers go; or why it asks nobody."""
    through = throughs.of(session)
    if through is not None:
        which = "new" if session.record == "new" else "all"
        once = ", once" if session.record == "once" else ""
        return [
            Base(
                f"{at}{upstream.prefix}/",
                f"records {which} answers of {upstream.url} into {through.folder}/{once}",
                records=True,
            )
            for upstream in through.upstreams
        ]
    if session.record == "once":
        return [Base(f"{at}/", f"only replays: {folder_of(session)}/ is not empty (record once)")]
    if session.upstream:
        return [Base(f"{at}/", f"only replays: no upstream is asked (record {session.record})")]
    return []


def _own(session: SessionSettings, default: SessionSettings) -> str:
    """How a session is other than the default one."""
    parts = []
    if session.cassettes != default.cassettes:
        parts.append(" ".join(map(str, session.cassettes)))
    if session.pacing != default.pacing:
        parts.append(" ".join(f"{name}={value}" for name, value in words(session.pacing).items()))
    if session.faults != default.faults:
        parts.append("; ".join(spec.text for spec in session.faults) or "no faults")
    if session.match != default.match:
        parts.append(" ".join(f"{word}={_spelt(value)}" for word, value in session.match.items()))
    return "  ".join(parts)


def _spelt(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
