"""What faults cost, and what they leave behind.

Throughput with a SHAPING fault that adds no writes against none (needs what `limit` needs), how often a greedy client
really sees a `split` as two reads, how soon the handler of a client that left a stall is gone, and open files after
many requests of every fault.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.limit import BENCH, EVENTS, Bench
from benchmarks.server import CASSETTES, served

SHAPING = ("coalesce", "buffered-burst", "coalesce p=0.5", "buffered-burst block=4KiB; coalesce every=2")
PATH = "/v1/chat/completions"


def throughput(bench: Bench, fault: str, rounds: int = 7) -> float:
    """Streams a second with the fault, as a share of those without."""
    ratios = []
    plain, plain_port = bench.mocksse(EVENTS, 20, "--speed", "instant", "--quiet")
    faulty, faulty_port = bench.mocksse(EVENTS, 20, "--speed", "instant", "--quiet", "--fault", fault)
    with plain, faulty:
        for port in (plain_port, faulty_port):
            bench.load(port, 50, 2000, 0, -1, EVENTS)
        for _ in range(rounds):
            without = bench.load(plain_port, 50, 4000, 0, -1, EVENTS)["streams_per_s"]
            ratios.append(bench.load(faulty_port, 50, 4000, 0, -1, EVENTS)["streams_per_s"] / without)
    return float(statistics.median(ratios))


async def reads_of(port: int, fault: str) -> list[bytes]:
    """What a client that takes whatever is there gets of one answer, read by read."""
    import aiohttp

    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}{PATH}"
        async with session.post(url, headers={"x-mocksse-fault": fault}) as answer:
            return [data async for data in answer.content.iter_any()]


def splits(tries: int = 100) -> int:
    """In how many tries no single read went over the cut."""
    with served(str(CASSETTES), "--speed", "instant") as (_, port):
        whole = b"".join(asyncio.run(reads_of(port, "")))
        seen = 0
        for number in range(tries):
            at = (number + 1) * len(whole) // (tries + 1)
            reads = asyncio.run(reads_of(port, f"split at=byte:{at}"))
            ends = [sum(map(len, reads[: i + 1])) for i in range(len(reads))]
            if b"".join(reads) != whole:
                raise SystemExit("a split has changed the body")
            seen += at in ends
    return seen


def freed_ms(tries: int = 20) -> float:
    """The longest time, in milliseconds, until the socket of a client that left a stall was closed on our side."""
    worst = 0.0
    with served(str(CASSETTES), "--speed", "instant") as (server, port):
        baseline = files(server.pid)
        for _ in range(tries):
            asyncio.run(leave(port, "stall at=event:2 for=10m"))
            left = time.perf_counter()
            while files(server.pid) > baseline:
                if time.perf_counter() - left > 10:
                    raise SystemExit("a client that left a stall is still served")
                time.sleep(0.001)
            worst = max(worst, time.perf_counter() - left)
    return worst * 1000


async def leave(port: int, fault: str, patience: float = 5.0) -> None:
    """Ask, read what comes at once, and go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nx-mocksse-fault: {fault}\r\n\r\n"
    writer.write(head.encode())
    with suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(reader.read(1 << 16), patience)
    writer.transport.abort()


def files(pid: int) -> int:
    """Open files of a process."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


async def storm(port: int, fault: str, requests: int) -> None:
    """So many requests, fifty at a time; each client leaves after its first read, or soon where none comes."""
    limit = asyncio.Semaphore(50)

    async def one() -> None:
        async with limit:
            await leave(port, fault, 0.2)

    await asyncio.gather(*(one() for _ in range(requests)))


def leaks(requests: int = 1000) -> dict[str, int]:
    """By fault, how many files more are open after so many requests of it."""
    from mocksse.replay.faults.registry import FAULTS

    found = {}
    with served(str(CASSETTES), "--speed", "instant") as (server, port):
        asyncio.run(storm(port, "", 200))
        time.sleep(0.3)
        baseline = files(server.pid)
        for name, fault in FAULTS.items():
            asyncio.run(storm(port, fault.example.replace(" times=1", ""), requests))
            deadline = time.perf_counter() + 60  # a fault that draws is worked out for each request, gone or not
            while (left := files(server.pid) - baseline) > 0 and time.perf_counter() < deadline:
                time.sleep(0.02)
            if left:
                found[name] = left
    return found


def main() -> None:
    print(f"a split at instant speed seen as two reads: {splits()} of 100 (at least 95)", flush=True)
    print(f"a handler freed after its client left a stall: {freed_ms():.0f} ms (at most 250)", flush=True)
    left = leaks(int(os.environ.get("MOCKSSE_REQUESTS", "1000")))
    print(f"open files more after 1,000 requests of each fault: {left or 0} (0)", flush=True)
    if not (BENCH / "limit.c").is_file() or not shutil.which("gcc") or not shutil.which("taskset"):
        raise SystemExit(f"needs gcc, taskset, and limit.c and loadgen.c in {BENCH} (MOCKSSE_BENCH)")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for fault in SHAPING:
            print(
                f"streams a second with `{fault}` against none: {throughput(bench, fault):.2f} (at least 0.8)",
                flush=True,
            )


if __name__ == "__main__":
    main()
