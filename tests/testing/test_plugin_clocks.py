"""It works where a test has stopped the clock, closed the network, or sent everything through a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Suite

pytestmark = pytest.mark.long

# A flushed write, a delay and a reset all need a timer that rings.
BODY = """
    mocksse.play("openai-chat", fault="split at=byte:100; split at=byte:200")
    ask(mocksse.url("/v1/chat/completions"))
    mocksse.play("openai-chat", ttft=20)
    ask(mocksse.url("/v1/chat/completions"))
    mocksse.play("openai-chat", fault="reset at=event:5")
    with pytest.raises(ConnectionError):
        ask(mocksse.url("/v1/chat/completions"))
    assert [request.done for request in mocksse.requests] == [True] * 3
    mocksse.verdict.assert_ok(allow={"no-backoff", "retry-storm", "post-replayed"})
"""


@pytest.mark.parametrize(
    "before",
    [
        "import freezegun\n\n@freezegun.freeze_time('2020-01-01')\ndef test_it(mocksse):",
        "import time_machine\n\n@time_machine.travel('2020-01-01', tick=False)\ndef test_it(mocksse):",
        (
            "import freezegun\n\n@pytest.fixture(autouse=True, scope='session')\ndef frozen():\n"
            "    with freezegun.freeze_time('2020-01-01'):\n        yield\n\ndef test_it(mocksse):"
        ),
        (
            "import time_machine\n\n@pytest.fixture(autouse=True, scope='session')\ndef frozen():\n"
            "    with time_machine.travel('2020-01-01', tick=False):\n        yield\n\ndef test_it(mocksse):"
        ),
    ],
    ids=["freezegun", "time-machine", "freezegun-first", "time-machine-first"],
)
def test_a_stopped_clock(suite: Suite, before: str) -> None:
    suite.write(f"\n{before}{BODY}")
    suite.run_apart().assert_outcomes(passed=1)


@pytest.mark.parametrize("args", [["--disable-socket"], ["--allow-hosts=192.0.2.1"]], ids=["closed", "one-host"])
def test_a_closed_network(suite: Suite, args: list[str]) -> None:
    suite.write(f"""
import socket

def test_it(mocksse):{BODY}
    with pytest.raises(RuntimeError), pytest.warns(UserWarning):
        socket.create_connection(("192.0.2.2", 80), 1)

def test_closed_again():
    if {args[0].startswith("--disable")}:
        with pytest.raises(RuntimeError), pytest.warns(UserWarning):
            socket.socket()
""")
    suite.run_apart("-p", "socket", *args).assert_outcomes(passed=2)


def test_a_proxy(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    suite.write(f"\ndef test_it(mocksse):{BODY}")
    suite.passes(passed=1)
