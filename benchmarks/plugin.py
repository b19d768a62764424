"""What the fixture costs a suite: 500 tiny tests with it, and the same tests without, in fresh processes of pytest.

`python -m benchmarks.plugin [-n WORKERS]`: further arguments go to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = 500
BOUND_MS = 10.0
SOURCE = """
from urllib.request import Request, urlopen
import pytest

def ask(url):
    with urlopen(Request(url, b'{{"stream": true}}', {{"Content-Type": "application/json"}})) as answer:
        return answer.read()

{server}

@pytest.mark.parametrize("number", range({tests}))
def test_it({fixture}, number):
    {plays}
    assert ask({url}).endswith(b"[DONE]\\n\\n")
"""
WITHOUT = """
@pytest.fixture(scope="session")
def url():
    from mocksse.testing import MockServer
    with MockServer("openai-chat") as server:
        yield server.url("/v1/chat/completions")
"""


def seconds(source: str, *args: str) -> float:
    """How long pytest takes for these tests, all of it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(source)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "mocksse", *args]
        begun = time.perf_counter()
        subprocess.run(
            command,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )
        return time.perf_counter() - begun


def main() -> None:
    """Print what a test costs more with the fixture."""
    args = [word for word in sys.argv[1:] if word]
    if "-n" in args:
        args = ["-p", "xdist", *args]
    fixture = SOURCE.format(
        server="",
        tests=TESTS,
        fixture="mocksse",
        plays='mocksse.play("openai-chat")',
        url='mocksse.url("/v1/chat/completions")',
    )
    plain = SOURCE.format(server=WITHOUT, tests=TESTS, fixture="url", plays="pass", url="url")
    with_it = min(seconds(fixture, *args) for _ in range(3))
    without = min(seconds(plain, *args) for _ in range(3))
    more_ms = (with_it - without) / TESTS * 1000
    print(f"{TESTS} tests: {with_it:.2f} s with the fixture, {without:.2f} s on one server without it")
    print(f"a test: +{more_ms:.2f} ms (below {BOUND_MS:g})")


if __name__ == "__main__":
    main()
