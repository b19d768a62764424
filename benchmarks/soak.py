"""A server that is left running: 200 requests a second over sessions with faults, and what they leave behind.

Prints how the answers ended by the server's own count, how fast its resident memory grows, a line fitted through all
that was seen behind a warm-up, and how many files more are open when the clients are gone.
`python -m benchmarks.soak MINUTES`.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.faults import files
from benchmarks.limit import resident_kib
from benchmarks.server import CASSETTES, served

RATE = 200
"""Requests a second."""
LOOK_S = 1.0
WARM_SHARE = 0.3
"""Of the time: journals fill their rings, and plans are made for the first time."""
PLAIN, LEAVES, SHORT_LIVED = 0.85, 0.95, 1.0
"""Up to where in a draw a request is an ordinary one, one whose client leaves early, one in a session of its own."""
SETTINGS = """\
cassettes: [{cassettes}]
pacing: {{speed: instant}}
sessions:
  cut: {{faults: [reset at=event:5 every=2, truncate at=finish after=1 every=3]}}
  slow: {{pacing: {{speed: 50, max_gap: 20}}}}
  drawn: {{faults: [drop at=percent:50 p=0.5, rechunk size=1 upto=64, fresh-ids], pacing: {{jitter: 10}}}}
  refused: {{faults: [status 429 retry-after=1 p=0.5]}}
  stalled: {{faults: [stall at=event:2 for=200ms, garbage-json at=event:1]}}
"""
SESSIONS = ("", "/@cut", "/@slow", "/@drawn", "/@refused", "/@stalled")
TARGETS = ("/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/nowhere")
BODY = '{"stream": true}'
_COUNTED = re.compile(rb"^mocksse_(requests|faults_injected)_total\{(.*)\} ([0-9.e+]+)$", re.MULTILINE)


@dataclass(slots=True)
class Seen:
    """`memory`: seconds since the start, and KiB."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    requests: int = 0
    failed: int = 0
    files: int = 0
    """Open in the server before it all began."""


async def ask(port: int, method: str, target: str, body: str, *, leave: bool = False) -> bytes:
    """One request on a connection of its own; what came until its end, which may be a reset."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    parts = []
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            parts.append(data)
            if leave:
                break
    writer.transport.abort()
    return b"".join(parts)


async def one(port: int, random: Random, number: int) -> bool:
    """One request, drawn; whether it was answered."""
    share = random.random()
    target = random.choice(TARGETS)
    if share < PLAIN:
        return bool(await ask(port, "POST", random.choice(SESSIONS) + target, BODY))
    if share < LEAVES:
        return bool(await ask(port, "POST", f"/@slow{target}", BODY, leave=True))
    name = f"t{number}"
    made = json.dumps({"name": name, "faults": ["truncate at=event:3"], "seed": number})
    await ask(port, "POST", "/__mocksse/sessions", made)
    answered = await ask(port, "POST", f"/@{name}{target}", BODY)
    await ask(port, "DELETE", f"/__mocksse/sessions/{name}", "")
    return bool(answered)


async def soak(pid: int, port: int, seconds: float) -> Seen:
    """Ask for so long, and look at the server meanwhile."""
    seen, random = Seen(), Random(1)
    for target in TARGETS:
        await ask(port, "POST", target, BODY)
    seen.files = files(pid)
    begun = time.perf_counter()
    running: set[asyncio.Task[bool]] = set()

    def done(task: asyncio.Task[bool]) -> None:
        running.discard(task)
        seen.failed += task.exception() is not None or not task.result()

    looked = begun
    while (now := time.perf_counter()) < begun + seconds:
        # As many as are due: a machine that was away for a moment is caught up with.
        while seen.requests < (now - begun) * RATE:
            seen.requests += 1
            task = asyncio.create_task(one(port, random, seen.requests))
            running.add(task)
            task.add_done_callback(done)
        if now >= looked + LOOK_S:
            looked = now
            seen.memory.append((now - begun, resident_kib(pid)))
        await asyncio.sleep(0.01)
    if running:
        await asyncio.wait(running)
    return seen


def more_files(pid: int, before: int) -> int:
    """Files that are open for good."""
    deadline = time.perf_counter() + 10
    while (more := files(pid) - before) > 0 and time.perf_counter() < deadline:
        time.sleep(0.05)
    return more


def counted(metrics: bytes) -> tuple[Counter[str], int]:
    """Requests by outcome, and faults that took hold, as the server counts them."""
    outcomes: Counter[str] = Counter()
    faults = 0
    for name, labels, value in _COUNTED.findall(metrics):
        if name == b"requests":
            outcomes[labels.decode().partition('outcome="')[2].partition('"')[0]] += round(float(value))
        else:
            faults += round(float(value))
    return outcomes, faults


def slope(memory: list[tuple[float, int]]) -> float:
    """Megabytes a minute, behind the warm-up."""
    warm = memory[int(len(memory) * WARM_SHARE) :]
    fitted = statistics.linear_regression([at for at, _ in warm], [kib for _, kib in warm])
    return fitted.slope * 60 * 1024 / 1e6


def main(minutes: float = 10.0) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "mocksse.yaml"
        settings.write_text(SETTINGS.format(cassettes=CASSETTES))
        with served("--config", str(settings)) as (server, port):
            seen = asyncio.run(soak(server.pid, port, minutes * 60))
            more = more_files(server.pid, seen.files)
            outcomes, faults = counted(asyncio.run(ask(port, "GET", "/__mocksse/metrics", "")))
    held = ", ".join(f"{kib / 1024:.1f}" for _, kib in seen.memory[:: max(1, len(seen.memory) // 10)])
    rate = seen.requests / minutes / 60
    print(f"{seen.requests} requests, {rate:.0f} a second, {seen.failed} without an answer; MiB: {held}", flush=True)
    found = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(f"answers: {found}; faults that took hold: {faults}", flush=True)
    print(f"memory after {minutes:g} minutes: {slope(seen.memory):+.2f} MB a minute (below 1)", flush=True)
    print(f"open files more: {more} (0)", flush=True)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
