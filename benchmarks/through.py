"""What record-through costs who asks, and how true the times are that it writes down.

Twenty streams at a time, an event every 10 ms, asked for directly and through a recorder in turns. Each event says when
it was sent, so that the delay of each is known to whoever reads it. tcpdump looks at the upstream's side meanwhile, and
what it saw is compared with the times in the cassettes.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.server import served, started
from mocksse.cassette.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = 20
EVENTS = 300
GAP_S = 0.01
ROUNDS = 3
_STAMP = re.compile(rb"data: (\d+)\n\n\r\n")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


# --- The upstream


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One stream, on time however late a single event was."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_HEAD)
        begun = time.monotonic()
        for number in range(EVENTS):
            await asyncio.sleep(begun + (number + 1) * GAP_S - time.monotonic())
            data = b"data: %d\n\n" % time.monotonic_ns()
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        writer.write(b"0\r\n\r\n")
    writer.close()


async def upstream() -> None:
    """Serve until killed; the port is the only line on stdout."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=STREAMS)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# --- Who asks


class Client(asyncio.Protocol):
    """Notes when each read came."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.reads: list[tuple[int, bytes]] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if isinstance(transport, asyncio.Transport):
            transport.write(f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.reads.append((time.monotonic_ns(), data))
        if data.endswith(b"\r\n0\r\n\r\n") or data == b"0\r\n\r\n":
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done.set_result(None)

    def delays_us(self) -> list[float]:
        """How long each event was on its way."""
        body = b"".join(data for _, data in self.reads)
        found = [(int(match[1]), match.end()) for match in _STAMP.finditer(body)]
        if len(found) != EVENTS:
            raise SystemExit(f"{self._path}: {len(found)} of {EVENTS} events came")
        delays, reads, upto, at = [], iter(self.reads), 0, 0
        for stamp, end in found:
            while upto < end:
                at, data = next(reads)
                upto += len(data)
            delays.append((at - stamp) / 1000)
        return delays


async def round_of(port: int, name: str) -> list[float]:
    """The delays of all events of so many streams at a time."""
    loop = asyncio.get_running_loop()
    clients = [Client(f"/{name}/{number}") for number in range(STREAMS)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    return [delay for client in clients for delay in client.delays_us()]


# --- What tcpdump saw


@dataclass(slots=True)
class Flow:
    """One connection to the upstream. Times are microseconds since 1970."""

    asked_us: float = 0.0
    path: str = ""
    answered: dict[int, tuple[float, bytes]] = field(default_factory=dict)
    """By sequence number, so that what was sent twice counts once."""

    def event_times_us(self) -> dict[bytes, float]:
        """By what each event says: when it was there as a whole, since the request was."""
        segments = [self.answered[number] for number in sorted(self.answered)]
        body = b"".join(data for _, data in segments)
        times, upto, at, left = {}, 0, 0.0, iter(segments)
        for match in _STAMP.finditer(body):
            while upto < match.end():
                at, data = next(left)
                upto += len(data)
            times[match[1]] = at - self.asked_us
        return times


def flows(pcap: bytes, port: int) -> list[Flow]:
    """The connections to a port in a capture of loopback: Ethernet, IPv4, TCP."""
    magic = struct.unpack_from("<I", pcap)[0]
    per_us = {0xA1B2C3D4: 1.0, 0xA1B23C4D: 1000.0}[magic]
    found: dict[int, Flow] = {}
    at = 24
    while at + 16 <= len(pcap):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", pcap, at)
        packet = pcap[at + 16 : at + 16 + size]
        at += 16 + size
        ip = packet[14:]
        tcp = ip[(ip[0] & 15) * 4 : struct.unpack_from(">H", ip, 2)[0]]
        source, target, number = struct.unpack_from(">HHI", tcp)
        data = tcp[(tcp[12] >> 4) * 4 :]
        if not data:
            continue
        flow = found.setdefault(target if source == port else source, Flow())
        when = seconds * 1e6 + fraction / per_us
        if source == port:
            flow.answered.setdefault(number, (when, data))
        else:
            flow.asked_us, flow.path = when, data.split(b" ", 2)[1].decode()
    return list(found.values())


def off_ms(folder: Path, seen: list[Flow]) -> list[float]:
    """How far each event's time in the cassettes is from what was seen."""
    recorded = {i.request.path: i.response for path in folder.glob("*.yaml") for i in load(path)}
    off = []
    for flow in seen:
        if flow.path in recorded:
            response, times = recorded[flow.path], flow.event_times_us()
            for piece, ours in zip(response.pieces, response.piece_times_us, strict=True):
                seen_us = times.get(piece.data[6:-2])
                if seen_us is not None:  # tcpdump may have lost it
                    off.append(abs(ours - seen_us) / 1000)
    return off


@contextmanager
def captured(file: Path, port: int) -> Iterator[None]:
    """What goes over loopback to and from a port, into a file; nothing where there is no tcpdump, or no right to it."""
    tcpdump = shutil.which("tcpdump")
    if tcpdump is None:
        yield
        return
    command = [tcpdump, "-i", "lo", "-U", "-B", "16384", "-w", str(file), f"tcp port {port}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as dump:
        for line in dump.stderr or ():
            if "listening" in line:
                break  # a line of a tcpdump that may not look is its last
        yield
        time.sleep(0.5)
        dump.terminate()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def main() -> None:
    direct: list[float] = []
    through: list[float] = []
    with tempfile.TemporaryDirectory() as name, started("benchmarks.through", "upstream") as (_, port):
        folder, pcap = Path(name) / "tapes", Path(name) / "lo.pcap"
        with served(str(folder), "--upstream", f"http://127.0.0.1:{port}", "--record", "all") as (_, recorder):
            asyncio.run(round_of(recorder, "warm"))
            with captured(pcap, port):
                for number in range(ROUNDS):
                    direct += asyncio.run(round_of(port, f"direct{number}"))
                    through += asyncio.run(round_of(recorder, f"through{number}"))
        seen = flows(pcap.read_bytes(), port) if pcap.exists() and pcap.stat().st_size > 24 else []
        off = off_ms(folder, seen)
    for share, bound in ((0.5, 1), (0.99, 5)):
        more = (percentile(through, share) - percentile(direct, share)) / 1000
        print(
            f"record-through, p{share * 100:g} delay of a chunk above direct: {more:.2f} ms (at most {bound})",
            flush=True,
        )
    if not off:
        print("times in the cassettes against tcpdump: not measured, tcpdump is missing or may not look", flush=True)
        return
    p99, worst = percentile(off, 0.99), max(off)
    print(
        f"times in the cassettes, {len(off)} against tcpdump: p99 {p99:.2f} ms off (at most 2), {worst:.2f} at most",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["upstream"]:
        asyncio.run(upstream())
    else:
        main()
