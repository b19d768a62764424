"""How long `mocksse generate` takes for ten thousand events, from the shell to the file, for the slowest API."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.startup import best_s
from mocksse.cassette.load import load
from mocksse.cassette.units import units
from mocksse.cli.generate_command import APIS

WORDS = "8500"
EVENTS = 10_000


def main() -> None:
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for api in APIS:
            file = str(Path(folder, f"{api}.yaml"))
            command = [
                sys.executable,
                "-m",
                "mocksse",
                "generate",
                "--api",
                api,
                "--words",
                WORDS,
                "-o",
                file,
                "--force",
            ]
            times[api] = best_s(command, runs=3)
            (interaction,) = load(Path(file)).interactions
            if len(units(interaction.response)) < EVENTS:
                raise SystemExit(f"{api}: fewer than {EVENTS} events")
    slowest = max(times, key=times.__getitem__)
    print(f"generate, 10,000 events: {times[slowest]:.2f} s for {slowest}, the slowest (at most 2)", flush=True)


if __name__ == "__main__":
    main()
