"""pytest-socket closes the network to tests. The fixture opens the loopback interface again, and nothing else."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def allow_loopback(node: pytest.Item | pytest.Session) -> None:
    """Let this test reach the server. pytest-socket itself takes it back when the test is over."""
    plugin = sys.modules.get("pytest_socket")
    if plugin is None:
        return
    marker = node.get_closest_marker("allow_hosts")
    said = marker.args[0] if marker is not None else node.config.getoption("--allow-hosts", None)
    hosts = [host.strip() for host in said.split(",")] if isinstance(said, str) else list(said or ())
    if hosts or socket.socket.__name__ == "GuardedSocket":
        plugin.enable_socket()
        plugin.socket_allow_hosts([*hosts, *LOOPBACK], allow_unix_socket=True)
