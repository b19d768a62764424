"""Servers for tests, and a client that sees every byte: in this process on a thread, or as a user starts one."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mocksse.cassette.library import Shelved, shelve
from mocksse.cassette.model import Cassette, Interaction
from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.replay.faults.grammar import parse
from mocksse.server.app import App
from mocksse.server.session import Session
from mocksse.server.sessions import Sessions
from mocksse.server.stock import Stock
from mocksse.server.world import World
from mocksse.settings.model import SessionSettings
from mocksse.wire import http1

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mocksse.cassette.model import Headers
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.access import Played

PATIENCE = 10.0
"""Seconds after which a test that hangs fails."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response as it came. `end`: complete, cut (FIN too early), reset, or broken and why."""

    status: int
    headers: Headers
    body: bytes
    chunks: tuple[bytes, ...]
    trailers: Headers
    end: str
    version: str
    rest: bytes

    def header(self, name: str) -> str:
        return next((v.decode() for n, v in self.headers if n.lower() == name.encode()), "")


class Client:
    """A TCP connection, and what has come over it that no answer was made of yet."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def ask(
        self,
        target: str = "/a",
        method: str = "GET",
        *headers: str,
        body: bytes = b"",
        version: str = "1.1",
        host: str = "localhost",
    ) -> None:
        lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def read(self, size: int) -> bytes:
        """That many bytes."""
        while len(self.unread) < size:
            data = self.sock.recv(65536)
            assert data, "the server closed the connection"
            self.unread += data
        data, self.unread = self.unread[:size], self.unread[size:]
        return data

    def is_silent(self, seconds: float = 0.1) -> bool:
        """Whether nothing comes for that long, not even an end."""
        return not select.select([self.sock], [], [], seconds)[0]

    def read_to_end(self) -> bytes:
        """All until FIN."""
        parts = [self.unread]
        while data := self.sock.recv(65536):
            parts.append(data)
        self.unread = b""
        return b"".join(parts)

    def answer(self, method: str = "GET") -> Answer:
        """The next response; what follows it stays for the next call."""
        parser = http1.ResponseParser(method)
        parts: list[http1.Part] = []
        data, self.unread = self.unread, b""
        end = "complete"
        while True:
            parts += parser.feed(data)
            if parser.done or any(isinstance(part, http1.Broken) for part in parts):
                break
            try:
                data = self.sock.recv(1 << 20)
            except ConnectionResetError:
                end = "reset"
                break
            if not data:
                parts += parser.close()
                break
        return self._answer(parts, end, parser)

    def _answer(self, parts: list[http1.Part], end: str, parser: http1.ResponseParser) -> Answer:
        head = parser.head
        assert head is not None, parts
        chunks: list[bytearray] = []
        trailers: Headers = ()
        body, rest = bytearray(), bytearray()
        for part in parts:
            match part:
                case http1.Chunk():
                    chunks.append(bytearray())
                case http1.Data(data):
                    body += data
                    if chunks:
                        chunks[-1] += data
                case http1.End():
                    trailers = part.trailers
                case http1.Truncated():
                    end = "cut"
                case http1.Broken(reason):
                    end = f"broken: {reason}"
                case http1.Rest(data):
                    rest += data
        if end == "complete" and head.framing != "close":
            self.unread = bytes(rest)
        return Answer(
            head.status,
            head.headers,
            bytes(body),
            tuple(map(bytes, chunks)),
            trailers,
            end,
            head.version,
            bytes(rest),
        )


def session_of(
    shelved: Sequence[Shelved],
    pacing: Pacing | None = None,
    routes: Mapping[str, str] | None = None,
    faults: Sequence[Spec] = (),
    **match: object,
) -> Session:
    """A session over these cassettes."""
    return Session(Stock(shelved), settings_of(pacing, routes, faults, **match))


def settings_of(
    pacing: Pacing | None = None,
    routes: Mapping[str, str] | None = None,
    faults: Sequence[Spec] = (),
    **match: object,
) -> SessionSettings:
    """What a session is made of."""
    return SessionSettings(pacing=pacing or Pacing(), routes=routes or {}, faults=tuple(faults), match=match)


class Serving:
    """A server on a thread of this process. `played`: each request, once it is done; `said`: its lines of talk."""

    def __init__(self, world: World) -> None:
        self.played: queue.Queue[Played] = queue.Queue()
        self.said: queue.Queue[str] = queue.Queue()
        self.complaints: list[str] = []
        self.world = world
        world.say = world.tell = self.said.put
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(str(context)))
        self._stop = asyncio.Event()
        self.app = App(self.world, self.played.put)
        self.listener = self.app.server()
        server = await self.loop.create_server(self.listener, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        self.world.feed.close()
        await self.listener.cut()
        await self.app.finish()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the server does not stop"
        assert not self.complaints

    def client(self) -> Client:
        return Client(self.port)

    @property
    def session(self) -> Session:
        """The default one."""
        return self.world.sessions.default

    def call(self, method: str, path: str, value: object = None, **headers: str) -> tuple[int, Any]:
        """Ask the control API; status and JSON, None where there is no body."""
        body = b"" if value is None else json.dumps(value).encode()
        lines = [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
        with self.client() as client:
            client.ask(
                f"/__mocksse{path}", method, "Content-Type: application/json", *lines, body=body, host="localhost"
            )
            answer = client.answer(method)
        return answer.status, json.loads(answer.body) if answer.body else None

    def next_played(self) -> Played:
        return self.played.get(timeout=PATIENCE)


@contextmanager
def serving(
    *interactions: Interaction,
    pacing: Pacing | None = None,
    routes: Mapping[str, str] | None = None,
    faults: str = "",
    named: Sequence[SessionSettings] = (),
    **world: Any,
) -> Iterator[Serving]:
    """The interactions, as those of one file, at instant speed unless `pacing` is given. `named`: more sessions."""
    shelved = Shelved("tape", Path("tape.yaml"), Cassette(interactions))
    settings = settings_of(pacing or Pacing(speed=INSTANT), routes, parse(faults) if faults else ())
    sessions = Sessions(Stock([shelved]), settings, [one.over(settings) for one in named])
    with Serving(World(sessions, **world)) as server:
        yield server


@contextmanager
def serving_folder(folder: Path, named: Sequence[SessionSettings] = (), **more: Any) -> Iterator[Serving]:
    """The cassettes of a folder, at instant speed. `more`: for Sessions."""
    settings = settings_of(Pacing(speed=INSTANT))
    sessions = Sessions(Stock(shelve([folder]), [folder]), settings, [one.over(settings) for one in named], **more)
    with Serving(World(sessions)) as server:
        yield server


class ServeProcess:
    """`mocksse serve ARGS --port 0`, ready."""

    def __init__(self, *args: str | Path, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mocksse", "serve", *map(str, args), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        assert self.process.stdout is not None
        self.out, self.err = self.process.stdout.readline().decode(), ""
        self._ended = False
        self.url = self.out.strip()
        if not self.url:
            self.end()
            raise AssertionError(f"the server did not start: {self.err}")
        self.port = int(self.url.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send the signal and wait; `out` and `err` then have all that was said."""
        if not self._ended:
            self._ended = True
            with suppress(ProcessLookupError):
                self.process.send_signal(number)
            try:
                out, err = self.process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.communicate()
                raise
            self.out += out.decode()
            self.err = err.decode()
        return self.process.returncode

    def client(self) -> Client:
        return Client(self.port)


def run_mocksse(*args: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mocksse", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **more},
    )
