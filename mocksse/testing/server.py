"""A server within a program: a test's, or a script's. It lives on a thread of its own for as long as a block runs.

with MockServer("cassettes/") as server:
    client = OpenAI(base_url=server.url("/v1"), api_key="test")
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Self

from mocksse.server.run import open_server, world_of
from mocksse.settings.model import SESSION_NAME, SessionSettings, Settings
from mocksse.testing.config import PACING, Config
from mocksse.testing.loop import Thread
from mocksse.testing.session import MockSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mocksse.cassette.model import Cassette, Interaction
    from mocksse.server.session import Session

_WORDS = ("redact", "extract", "timeout", "record_cap", "keep_encoding", "insecure", "made_up")
"""Words of a settings file that hold for a server in tests, too."""
_NAME = 48
"""Characters of a session's name that are its own; a number follows."""


class MockServer(MockSession):
    """A server and its default session. Each of `session()` is a world of its own beside it.

    `what`, `fault` and the words of a pace are those of `play`; the others are those of `Config`. It listens on the
    loopback interface, on a free port unless one is said. `settings`: those of a settings file, of which it takes how
    to record and redact, what events mean, the rules of matching, and the upstream. Raises what `play` raises, and
    UsageError for a port in use.
    """

    def __init__(
        self,
        *what: str | Path | Cassette | Interaction,
        fault: str | Sequence[str] = "",
        host: str = "127.0.0.1",
        port: int = 0,
        settings: Settings | None = None,
        **words: Any,
    ) -> None:
        self._what = what
        self._fault = fault
        self._words = words
        self._given = settings or Settings()
        self._address = (host, port)
        self._numbers = count(1)
        self._named = set()
        said = self._given.session
        config = Config(match=said.match, upstream=said.upstream)
        self.config = config.over({word: value for word, value in words.items() if word not in PACING})

    def start(self) -> Self:
        """Listen; `stop` ends it. As a context manager it does both by itself."""
        settings = self._settings()
        self._world = world_of(settings)
        opened = open_server(settings, self._world)
        self.port = opened.address.port
        self._base = opened.address.url
        self._thread = Thread(self._world, opened.sock)
        self._session = self._world.sessions.default
        try:
            if self._what:
                pace = {word: value for word, value in self._words.items() if word in PACING}
                self.play(*self._what, fault=self._fault, **pace)
        except BaseException:
            self.stop()
            raise
        return self

    def _settings(self) -> Settings:
        """All that the server is told."""
        host, port = self._address
        return Settings(
            SessionSettings(match=self.config.match),
            host=host,
            port=port,
            session_ttl=float("inf"),
            max_sessions=100_000,
            **{word: getattr(self._given, word) for word in _WORDS},
        )

    def stop(self) -> None:
        """Cut what is under way, and listen no longer. What was asked can still be looked at."""
        if self._thread is not None:
            self._thread.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    def session(self, name: str = "session", **words: Any) -> Beside:
        """Another session, which is gone when its block ends; `words` are those of Config and of a pace.

        Its URL has the name and a number in it.
        """
        config = self.config.over(words)
        return Beside(self, name, config, SessionSettings(match=config.match))

    def open(self, name: str, settings: SessionSettings) -> Session:
        """A new session of the server, called so and by a number."""
        # `next` is one step, for threads that open some at the same moment.
        settings = replace(settings, name=f"{_spelt(name)}-{next(self._numbers)}")
        return self.thread.call(self._world.sessions.create, settings, self._world.stock.empty())

    def close(self, session: Session) -> None:
        """Let a session be gone."""
        self.thread.call(self._world.sessions.delete, session.name)


class Beside(MockSession):
    """A session of a server that others use too."""

    def __init__(self, server: MockServer, name: str, config: Config, settings: SessionSettings) -> None:
        session = server.open(name, settings)
        super().__init__(server.thread, session, config, server.url(f"/@{session.name}"))
        self._server = server

    def close(self) -> None:
        """Let it be gone."""
        self._server.close(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _spelt(name: str) -> str:
    """The name as a session may be called."""
    spelt = "".join(char if SESSION_NAME.fullmatch(f"a{char}") else "-" for char in name).strip("-._")
    return spelt[:_NAME] or "session"
