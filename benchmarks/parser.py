"""How fast wire/sse parses: MB/s and items/s, the best of five, for each workload and size of read.

    python benchmarks/parser.py            generated workloads
    python benchmarks/parser.py FOLDER     all *.sse files below a folder, one behind the other

Nothing here is asserted: a machine's speed is no property of the code. Linear time is, in tests/wire/test_sse.py.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from mocksse.wire.sse import Parser, encode

READS = (1 << 16, 1 << 12, 256, 1)
CORPUS_BYTES = 16_000_000
DRIP_BYTES = 1_000_000
"""How much of a workload is read a byte at a time: a rate needs no more."""


def workloads() -> dict[str, bytes]:
    """Named after what they imitate; each about CORPUS_BYTES long."""
    delta = b'{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" word"}}]}'
    blocks = {
        "data only": encode(data=delta),
        "named events": encode(event=b"content_block_delta", data=delta),
        "with ids": encode(event=b"message", id=b"1795340598-0", data=delta),
        "crlf": encode(data=delta, eol=b"\r\n"),
        "multi-line data": encode(data=delta.replace(b",", b",\n")),
        "heartbeats": encode(comment=b" keep-alive"),
        "large events": encode(data=b"x" * 100_000),
    }
    return {name: block * (CORPUS_BYTES // len(block)) for name, block in blocks.items()}


def measure(body: bytes, read: int) -> tuple[float, int]:
    """Seconds of the best of five runs, and the items found."""
    pieces = [body[at : at + read] for at in range(0, len(body), read)]
    best = float("inf")
    items = 0
    for _ in range(5):
        parser = Parser()
        items = 0
        begin = time.perf_counter()
        for piece in pieces:
            items += len(parser.feed(piece))
        items += len(parser.close())
        best = min(best, time.perf_counter() - begin)
    return best, items


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measure the SSE parser.")
    arguments.add_argument("folder", nargs="?", type=Path, help="read *.sse below this folder instead")
    folder = arguments.parse_args().folder
    if folder:
        body = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.sse")))
        if not body:
            arguments.error(f"no *.sse below {folder}")
        corpora = {folder.name: body * (CORPUS_BYTES // len(body) + 1)}
    else:
        corpora = workloads()
    print(f"{'workload':<18}{'read':>8}{'MB/s':>8}{'items/s':>12}")
    for name, corpus in corpora.items():
        for read in READS:
            body = corpus[:DRIP_BYTES] if read == 1 else corpus
            seconds, items = measure(body, read)
            print(f"{name:<18}{read:>8}{len(body) / seconds / 1e6:>8.1f}{items / seconds:>12,.0f}", flush=True)
    print(f"a 4 MB line a byte at a time, time(2n) / time(n): {growth():.2f} (below 2.5)", flush=True)


def growth() -> float:
    """How much longer twice as long a line takes, fed byte by byte."""
    seconds = []
    for size in (2_000_000, 4_000_000):
        parser = Parser()
        begin = time.perf_counter()
        for _ in range(size):
            parser.feed(b"x")
        seconds.append(time.perf_counter() - begin)
    return seconds[1] / seconds[0]


if __name__ == "__main__":
    main()
