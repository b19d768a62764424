"""A recording that is stopped: by silence, a cap, an interruption, or a file that has no room left."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from recording import CAPS, END, ROUTES, answer_two_events, flood, look_away, recorded, trickle
from tap_servers import PATIENCE, RawServer, read_head
from tap_ways import CLOSE_HEAD, HEAD, WayTo, run

from mocksse import limits
from mocksse.cassette import save
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Piece, Response
from mocksse.cassette.model import Request as Asked
from mocksse.cassette.seen import DataSeen, EndSeen, Seen
from mocksse.errors import UpstreamError, UsageError
from mocksse.record import relay
from mocksse.record.recorder import Recorder, Recording, Target
from mocksse.record.relay import Caps, record
from mocksse.record.tap import Lost, Read, Request

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from tap_ways import Script


@pytest.mark.parametrize("kind", ROUTES)
def test_silence_is_idle(kind: str, way_to: WayTo, tmp_path: Path) -> None:
    with way_to(kind, trickle) as way:
        recording = recorded(way, tmp_path, Caps(idle_s=0.05, connect_s=PATIENCE))
    response = recording.interaction.response
    assert (response.body, response.end.how) == (b"data: x\n\n", "idle")
    assert response.end.after_us + 1000 >= 50_000
    assert recording.note == "nothing came for 0.05 s (--timeout)"


@pytest.mark.parametrize("script", [flood, trickle])
def test_max_time(script: Script, way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path, Caps(idle_s=PATIENCE, connect_s=PATIENCE, total_s=0.05))
        way.server.go.set()
    response = recording.interaction.response
    assert response.end.how == "stopped"
    assert response.body.startswith(b"data: x\n\n")
    assert response.end_us <= 50_000, "what came later is not kept"
    assert recording.note == "stopped after 0.05 s (--max-time)"


def test_max_bytes(way_to: WayTo, tmp_path: Path) -> None:
    with way_to("plain", flood) as way:
        recording = recorded(way, tmp_path, Caps(PATIENCE, PATIENCE, None, 3000))
        way.server.go.set()
    response = recording.interaction.response
    assert response.end.how == "stopped"
    assert len(response.body) >= 3000
    assert recording.note == f"stopped after {len(response.body):,} bytes (--max-bytes)"


def test_max_bytes_of_a_whole_answer_is_no_stop(way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(HEAD + b"5\r\nhello\r\n" + END)

    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path, Caps(PATIENCE, PATIENCE, None, 5))
    assert (recording.note, recording.interaction.response.end.how) == ("", "complete")


@pytest.mark.parametrize("script", [flood, trickle])
def test_interrupted(script: Script, way_to: WayTo, tmp_path: Path) -> None:
    found: list[Recording] = []

    async def main() -> None:
        interrupted = asyncio.Event()

        def watch(item: Seen) -> None:
            if isinstance(item, DataSeen):
                interrupted.set()

        target = Target(tmp_path / "x.yaml", "x")
        found.append(await record(Request("GET", way.url), target, CAPS, watch, interrupted))

    with way_to("plain", script) as way:
        run(main())
        way.server.go.set()
    (recording,) = found
    response = recording.interaction.response
    assert response.body.startswith(b"data: x\n\n")
    assert (response.end.how, recording.note) == ("stopped", "stopped by ^C")
    assert load(recording.path).interactions == (recording.interaction,)


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_interrupted_before_anything_came(kind: str, way_to: WayTo, tmp_path: Path) -> None:
    """Over plain TCP the request is out; of TLS not even the handshake is over."""

    def script(_: socket.socket, server: RawServer) -> None:
        server.wait_go()

    async def main() -> None:
        interrupted = asyncio.Event()
        scheme = "https" if kind == "tls" else "http"
        request = Request("GET", f"{scheme}://127.0.0.1:{way.server.port}/")
        asyncio.get_running_loop().call_later(0.05, interrupted.set)
        with pytest.raises(UpstreamError, match=r"^stopped before"):
            await record(request, Target(tmp_path / "x.yaml", "x", insecure=True), CAPS, look_away, interrupted)

    with way_to("plain", script) as way:
        run(main())
    assert list(tmp_path.iterdir()) == []


class Scripted:
    """A tap that says what it is told to."""

    sent_ns = 0

    def __init__(self, *heard: Read | Lost) -> None:
        self._heard = list(heard)

    async def next(self, _: float | None) -> Read | Lost | None:
        return self._heard.pop(0) if self._heard else None


def listened(tap: Scripted, folder: Path, *, stopped: bool = False) -> tuple[list[Seen], str]:
    """What is kept of a scripted tap."""
    seen: list[Seen] = []
    keeper = Recorder(Request("GET", "http://h/"), Target(folder / "x.yaml", "x"), seen.append)

    async def main() -> None:
        stop = asyncio.Event()
        if stopped:
            stop.set()
        run = relay._Relay(Request("GET", "http://h/"), None, keeper, CAPS, stop)
        await run.begin()
        await run.listen(tap)  # type: ignore[arg-type]
        await run.finish()

    asyncio.run(main())
    return seen, keeper.note


def test_what_had_come_when_it_was_interrupted_is_kept(tmp_path: Path) -> None:
    now_ns = time.perf_counter_ns()
    late_ns = now_ns + 10**12
    tap = Scripted(Read(1000, CLOSE_HEAD + b"a"), Read(now_ns, b"b"), Read(late_ns, b"c"), Lost(late_ns, "fin"))
    seen, note = listened(tap, tmp_path, stopped=True)
    assert [item.data for item in seen if isinstance(item, DataSeen)] == [b"a", b"b"]
    assert note == "stopped by ^C"


def test_a_connection_that_failed_did_not_end(tmp_path: Path) -> None:
    seen, _ = listened(Scripted(Read(1000, CLOSE_HEAD + b"a"), Lost(5000, "error", "TLS alert")), tmp_path)
    assert seen[-1] == EndSeen(5, "reset")


def test_two_recorders_of_one_cassette(way_to: WayTo, tmp_path: Path) -> None:
    async def main() -> None:
        target = Target(tmp_path / "x.yaml", "x")
        await asyncio.gather(*(record(Request("GET", way.url), target, CAPS, look_away) for way in (one, two)))

    with way_to("plain", answer_two_events) as one, way_to("plain", answer_two_events) as two:
        run(main())
    assert [interaction.name for interaction in load(tmp_path / "x.yaml")] == ["x", "x-2"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


# --- Too large


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Cassettes hold 20,000 bytes."""
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 20_000)
    return 20_000


@pytest.mark.parametrize(
    "chunk",
    [b"data: x\n\n", b"\n" * 100, b"data: x\r\n\r\n" * 3, b"\xff\x00" * 200, b":\n\n" * 50, b'{"a": "b"}\n'],
    ids=lambda chunk: repr(chunk[:9]),
)
@pytest.mark.parametrize("append", [False, True])
def test_what_could_not_be_loaded_again_is_cut(
    append: bool, chunk: bytes, small: int, way_to: WayTo, tmp_path: Path
) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            sock.sendall(HEAD)
            while not server.go.is_set():
                sock.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))

    old = Interaction("x", Asked("/old"), Response(200, (), "length", (Piece(0, b"o" * 9_000),)))
    if append:
        save.write(tmp_path / "x.yaml", Cassette((old,)))
    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path)
        way.server.go.set()
    response = recording.interaction.response
    assert recording.note.startswith("cut: a cassette holds 0.0190735 MiB")
    assert response.end.how == "stopped"
    assert set(response.body.split(chunk)) <= {b"", chunk[: len(response.body) % len(chunk)]}
    size = recording.path.stat().st_size
    assert small // 8 < size <= small
    assert recording.interaction.name == ("x-2" if append else "x")


def test_values_in_the_file_and_the_request_count_too(
    way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_YAML_NODES", 2_000)

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            sock.sendall(HEAD)
            while not server.go.is_set():
                sock.sendall(b"1\r\na\r\n")

    old = Interaction("x", Asked("/old"), Response(200, (), "chunked", (Piece(1, b"o"),) * 300))
    save.write(tmp_path / "x.yaml", Cassette((old,)))
    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path)
        way.server.go.set()
    assert recording.note.startswith("cut: a cassette holds 2,000 values")
    assert 150 < len(recording.interaction.response.pieces) < 300
    assert len(load(tmp_path / "x.yaml").interactions) == 2
    request = Request("POST", "http://127.0.0.1:1/", (), b"[%s]" % b",".join([b"0"] * 1_000))
    with pytest.raises(UsageError, match="does not fit into a cassette of 2,000 values"):
        asyncio.run(record(request, Target(tmp_path / "x.yaml", "x"), CAPS, look_away))


def test_bytes_behind_the_end_are_cut_too(small: int, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            sock.sendall(HEAD + b"2\r\nok\r\n" + END)
            while not server.go.is_set():
                sock.sendall(b"surplus")

    with way_to("plain", script) as way:
        recording = recorded(way, tmp_path)
        way.server.go.set()
    response = recording.interaction.response
    assert recording.note.startswith("cut: ")
    assert (response.body, response.end.how) == (b"ok", "complete")
    assert recording.path.stat().st_size <= small


def test_a_request_without_room_is_not_sent(small: int, tmp_path: Path) -> None:
    request = Request("POST", "http://127.0.0.1:1/", (), b"x" * small)
    with pytest.raises(UsageError, match=r"does not fit into a cassette of 0.019\d+ MiB \(use another file with -o\)"):
        asyncio.run(record(request, Target(tmp_path / "x.yaml", "x"), CAPS, look_away))
    assert list(tmp_path.iterdir()) == []


def test_a_head_without_room(small: int, way_to: WayTo, tmp_path: Path) -> None:
    def script(sock: socket.socket, _: RawServer) -> None:
        read_head(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * small + b"\r\n\r\n")

    with way_to("plain", script) as way, pytest.raises(UsageError, match="does not fit"):
        recorded(way, tmp_path)
    assert list(tmp_path.iterdir()) == []
