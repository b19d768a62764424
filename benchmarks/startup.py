"""How long it takes to start: `--version` against an empty interpreter, and `serve` with a hundred cassettes.

Prints `name: ms above python3 -c pass` and seconds until the base URL is printed, the best of several runs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.limit import cassette


def best_s(command: list[str], runs: int = 10) -> float:
    """The quickest of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def ready_s(folder: str, runs: int = 3) -> float:
    """Until `serve` of a folder accepts connections."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        command = [sys.executable, "-m", "mocksse", "serve", folder, "--port", "0", "--quiet"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            if process.stdout is not None:
                process.stdout.readline()
            times.append(time.perf_counter() - start)
            process.terminate()
    return min(times)


def main() -> None:
    empty = best_s([sys.executable, "-c", "pass"])
    version = best_s([sys.executable, "-m", "mocksse", "--version"])
    print(f"--version: {1000 * (version - empty):.0f} ms above an empty interpreter (at most 150)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(100):
            Path(folder, f"{number:03}.yaml").write_text(cassette(300, 20))
        print(f"serve, 100 cassettes of 300 events: ready after {ready_s(folder):.2f} s (at most 1.5)", flush=True)


if __name__ == "__main__":
    main()
