"""Recording a replay: each shipped cassette is served at its own pace and recorded again, and the times compared.

Prints p99 of how far each chunk's time is from the first recording's, over all cassettes together.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.server import CASSETTES, served
from mocksse.cassette.load import load


def differences_us(file: Path, folder: Path) -> list[int]:
    """How far the time of each piece is off in a recording of the replay."""
    first = load(file)
    off: list[int] = []
    with served(str(file)) as (_, port):
        url = f"http://127.0.0.1:{port}"
        for number, interaction in enumerate(first):
            again = folder / f"{file.stem}-{number}.yaml"
            body = folder / "body"
            body.write_bytes(interaction.request.body or b"")
            words = ["record", f"{url}{interaction.request.path}", "-q", "-o", str(again), "--data-binary", f"@{body}"]
            done = subprocess.run(
                [sys.executable, "-m", "mocksse", *words], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(done.stderr)
            (copy,) = load(again)
            if copy.response.body != interaction.response.body:
                raise SystemExit(f"{file}: the copy of {interaction.name} has another body")
            if len(copy.response.pieces) == len(interaction.response.pieces):
                pairs = zip(copy.response.piece_times_us, interaction.response.piece_times_us, strict=True)
                off += [abs(a - b) for a, b in pairs]
    return off


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        off = sorted(us for file in sorted(CASSETTES.glob("*.yaml")) for us in differences_us(file, Path(folder)))
    p99 = off[int(len(off) * 0.99)] / 1000
    print(f"a recording of the replay, {len(off)} chunk times: p99 {p99:.2f} ms off (at most 5)", flush=True)


if __name__ == "__main__":
    main()
