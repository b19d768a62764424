"""Serving, against a C server that does the least work any server can do for the same streams.

One core serves, the other loads; both servers take turns, so that a machine that slows down slows both. Prints
`name: ratio (bound)`: streams per second at instant speed, lateness and CPU of paced streams, memory of an open stream.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Path(os.environ.get("MOCKSSE_BENCH", Path(__file__).parent.parent.parent / "shared" / "bench"))
EVENTS = 200
EVENT = (
    '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m",'
    '"choices":[{"index":0,"delta":{"content":"tok%03d "},"finish_reason":null}]}'
)
BODY = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
PATH = "/v1/chat/completions"


def cassette(events: int, gap_ms: int) -> str:
    """A recording of that many events, each in a chunk of its own."""
    head = {"method": "POST", "path": PATH, "json": BODY}
    entries = "".join(f"      - {{after_ms: {gap_ms}, data: '{EVENT % i}'}}\n" for i in range(events))
    return f"interactions:\n  - request: {json.dumps(head)}\n    response:\n      stream:\n{_indent(entries)}"


def _indent(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


@contextmanager
def on_core(core: int, *command: str, ready: bool = True) -> Iterator[subprocess.Popen[str]]:
    """A server on one core; `ready`: it says so by a line on stdout."""
    pinned = ["taskset", "-c", str(core), *command]
    process = subprocess.Popen(pinned, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if ready and process.stdout is not None:
            process.stdout.readline()
        else:
            time.sleep(0.3)
        yield process
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid: int) -> int:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


class Bench:
    """The built C programs and the files they use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("limit", "loadgen"):
            subprocess.run(
                ["gcc", "-O2", "-o", folder / name, BENCH / f"{name}.c", "-lm"], check=True, stderr=subprocess.DEVNULL
            )
        self.stream = folder / "stream.sse"
        self.stream.write_text("".join(f"data: {EVENT % i}\n\n" for i in range(EVENTS)))
        self.body = folder / "body.json"
        self.body.write_text(json.dumps(BODY))
        self.port = 21000

    def limit(self, gap: int) -> tuple[Any, int]:
        """The C server, not yet started, and its port."""
        self.port += 1
        return on_core(
            0, str(self.folder / "limit"), str(self.port), str(self.stream), str(gap), ready=False
        ), self.port

    def mocksse(self, events: int, gap_ms: int, *options: str) -> tuple[Any, int]:
        """Ours, not yet started, and its port."""
        self.port += 1
        file = self.folder / f"{events}-{gap_ms}.yaml"
        file.write_text(cassette(events, gap_ms))
        command = [sys.executable, "-m", "mocksse", "serve", str(file), "--port", str(self.port), *options]
        return on_core(0, *command), self.port

    def load(self, port: int, open_streams: int, total: int, *more: object) -> dict[str, Any]:
        """What the load generator counts."""
        words = [str(self.folder / "loadgen"), str(port), PATH, str(self.body), str(open_streams), str(total)]
        done = subprocess.run(
            ["taskset", "-c", "1", *words, *map(str, more)], check=True, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        if found["broken"] or found["errors"]:
            raise SystemExit(f"{found['broken']} streams were not whole, {found['errors']} failed")
        return found


def instant(bench: Bench, rounds: int = 9) -> float:
    """Streams a second at --speed instant, as a share of the C server's with one send each."""
    ratios = []
    ours, our_port = bench.mocksse(EVENTS, 20, "--speed", "instant")
    theirs, their_port = bench.limit(-1)
    with ours, theirs:
        bench.load(our_port, 50, 2000, 0, -1, EVENTS)
        for _ in range(rounds):
            c = bench.load(their_port, 50, 5000)["streams_per_s"]
            ratios.append(bench.load(our_port, 50, 5000, 0, -1, EVENTS)["streams_per_s"] / c)
    return float(statistics.median(ratios))


def paced(bench: Bench) -> tuple[float, float]:
    """500 streams at 20 ms: p99 lateness above the C server's in ms, and CPU an event as a multiple of its."""
    figures = []
    for server, port in (bench.limit(20), bench.mocksse(EVENTS, 20)):
        with server as process:
            before = cpu_s(process.pid)
            found = bench.load(port, 500, 1500, 20, -1, EVENTS)
            figures.append((found["late_ms"]["p99"], (cpu_s(process.pid) - before) / found["events"]))
    (c_late, c_cpu), (late, cpu) = figures
    return late - c_late, cpu / c_cpu


def memory(bench: Bench, streams: int = 2000) -> float:
    """KiB of resident memory for each of that many open paced streams; all of them have to end whole."""
    server, port = bench.mocksse(40, 400)
    with server as process:
        bench.load(port, 50, 50, 0, -1, 40)
        before = resident_kib(process.pid)
        words = [
            str(bench.folder / "loadgen"),
            str(port),
            PATH,
            str(bench.body),
            str(streams),
            str(streams),
            "0",
            "-1",
            "40",
        ]
        with subprocess.Popen(["taskset", "-c", "1", *words], stdout=subprocess.PIPE, text=True) as load:
            time.sleep(10)
            used = resident_kib(process.pid) - before
            out, _ = load.communicate()
        found = json.loads(out)
        if found["broken"] or found["errors"] or found["streams"] != streams:
            raise SystemExit(f"not all of {streams} streams ended whole: {out}")
    return used / streams


def main() -> None:
    if not (BENCH / "limit.c").is_file() or not shutil.which("gcc") or not shutil.which("taskset"):
        raise SystemExit(f"needs gcc, taskset, and limit.c and loadgen.c in {BENCH} (MOCKSSE_BENCH)")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print(f"instant, streams a second against the limit: {instant(bench):.2f} (at least 0.4)", flush=True)
        late, cpu = paced(bench)
        print(f"500 streams at 20 ms, p99 lateness above the limit's: {late:+.1f} ms (at most 2)", flush=True)
        print(f"500 streams at 20 ms, CPU an event against the limit's: {cpu:.2f} (at most 2.5)", flush=True)
        print(f"2,000 open streams, memory each: {memory(bench):.1f} KiB (at most 16)", flush=True)


if __name__ == "__main__":
    main()
