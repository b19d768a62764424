"""One recording as the tests make it, and servers that it has to be stopped at."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tap_servers import PATIENCE, RawServer, read_head
from tap_ways import HEAD, Route, run

from mocksse.cassette.load import load
from mocksse.record.recorder import Recording, Target
from mocksse.record.relay import Caps, record
from mocksse.record.tap import Request

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from mocksse.cassette.seen import Seen

ROUTES = ["plain", "tls", "connect"]
CAPS = Caps(idle_s=PATIENCE, connect_s=PATIENCE)
END = b"0\r\n\r\n"


def look_away(_: Seen) -> None:
    pass


def recorded(
    way: Route,
    folder: Path,
    caps: Caps = CAPS,
    watch: Callable[[Seen], None] = look_away,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes | None = None,
    **target: Any,
) -> Recording:
    """Record what is at the end of the way into `folder/x.yaml`."""
    found: list[Recording] = []

    async def main() -> None:
        request = Request("GET" if body is None else "POST", way.url, headers, body)
        found.append(await record(request, Target(folder / "x.yaml", "x", insecure=True, **target), caps, watch))

    run(main())
    (recording,) = found
    assert load(recording.path).interactions[-1] == recording.interaction
    assert [path.name for path in folder.iterdir()] == ["x.yaml"], "nothing else is left"
    return recording


def flood(sock: socket.socket, server: RawServer) -> None:
    """Chunks without an end, as fast as the socket takes them."""
    read_head(sock)
    sock.sendall(HEAD)
    chunk = b"9\r\ndata: x\n\n\r\n" + b"1388\r\n" + b"y" * 5000 + b"\r\n"
    with suppress(OSError):
        while not server.go.is_set():
            sock.sendall(chunk)


def trickle(sock: socket.socket, server: RawServer) -> None:
    """One event, and then silence."""
    read_head(sock)
    sock.sendall(HEAD + b"9\r\ndata: x\n\n\r\n")
    server.wait_go()


def answer_two_events(sock: socket.socket, _: RawServer) -> None:
    read_head(sock)
    sock.sendall(HEAD + b"9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n" + END)
