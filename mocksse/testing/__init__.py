"""mocksse in somebody's tests: a server in their process, a session for each test, and what to expect of a client.

Names are loaded when they are used: pytest imports this package in every suite there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.testing.config import Config
    from mocksse.testing.request import Request
    from mocksse.testing.server import MockServer
    from mocksse.testing.session import MockSession

__all__ = ["Config", "MockServer", "MockSession", "Request"]
_HOMES = {"Config": "config", "MockServer": "server", "MockSession": "session", "Request": "request"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no {name}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
