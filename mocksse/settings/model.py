"""Settings as values: what one session is made of, and what holds for the whole server.

Every field has the default that holds where nobody says anything. Immutable, and without any way to say it: files,
environment and flags are read elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar

from mocksse.cassette.pacing import Pacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mocksse.providers.extract import Extract
    from mocksse.replay.faults.grammar import Spec

RecordMode = Literal["none", "once", "new", "all"]
QueryRule = Literal["exact", "subset", "ignore"]
BodyRule = Literal["best", "exact", "subset", "last-user-message", "ignore"]
Pick = Literal["best", "sequence", "round-robin", "random"]
OnExhausted = Literal["repeat", "restart", "error"]

DEFAULT = "default"
"""The name of the session that is there always."""
SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a session may be called: it stands in URLs, behind an @."""

_Value = TypeVar("_Value")


def _empty() -> Mapping[str, _Value]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """One session. `said` has the fields that were said; the others are defaults, and give way in `over`.

    `match` has the matching rules that were said, `strict` among them as `body: exact`. `upstream` is URLs by the
    prefix of their paths; the prefix "" takes every path. `folder` is where recordings go, None for the first place
    that `cassettes` names. `routes` is names of interactions by path.
    """

    name: str = ""
    cassettes: tuple[Path, ...] = ()
    pacing: Pacing = field(default_factory=Pacing)
    faults: tuple[Spec, ...] = ()
    routes: Mapping[str, str] = field(default_factory=_empty)
    match: Mapping[str, object] = field(default_factory=_empty)
    upstream: Mapping[str, str] = field(default_factory=_empty)
    record: RecordMode = "none"
    folder: Path | None = None
    said: frozenset[str] = frozenset()

    def over(self, lower: SessionSettings) -> SessionSettings:
        """These settings, and where nothing is said those of `lower`; pacing and match word by word."""
        words = {name: getattr(lower, name) for name in lower.said - self.said}
        words["pacing"] = self.pacing.over(lower.pacing)
        words["match"] = MappingProxyType({**lower.match, **self.match})
        return replace(self, **words, said=self.said | lower.said)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a server is told. `session` is the default one, `sessions` has the named ones, complete as well.

    Durations are in seconds. `origins` tells where each word was said that is no default, by its dotted name:
    `{"port": "MOCKSSE_PORT", "sessions.cut.faults": "mocksse.yaml:7"}`. `source` is the file that was read.
    """

    session: SessionSettings = field(default_factory=SessionSettings)
    sessions: Mapping[str, SessionSettings] = field(default_factory=_empty)
    host: str = "127.0.0.1"
    port: int = 8080
    made_up: bool = True
    keep_encoding: bool = False
    record_cap: float = 300.0
    timeout: float = 300.0
    insecure: bool = False
    watch: bool = False
    session_ttl: float = 3600.0
    max_sessions: int = 1000
    journal_size: int = 1000
    redact: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    allow_header_control: bool = False
    allow_host: tuple[str, ...] = ()
    allow_public: bool = False
    token: str = field(default="", repr=False)
    control: bool = True
    tls_cert: Path | None = None
    tls_key: Path | None = None
    log_json: bool = False
    follow: bool = False
    quiet: bool = False
    extract: Extract | None = None
    """What events mean, of interactions that do not say it and whose API is not known."""
    origins: Mapping[str, str] = field(default_factory=_empty)
    source: Path | None = None


WIDE = tuple(f.name for f in fields(Settings) if f.name not in {"session", "sessions", "redact", "origins", "source"})
"""The words that hold for the whole server and are one value each."""
