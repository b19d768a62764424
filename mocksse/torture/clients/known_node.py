"""Clients of Node, run by the programs in `node/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocksse.torture.clients.described import Client

CLIENTS: tuple[Client, ...] = ()
