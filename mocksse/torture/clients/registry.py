"""All clients under test, by name: the one list that tests, documents and commands read.

Nothing here imports a client: whether it is installed is found out when it is run, and said there on one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.errors import UsageError, nearest
from mocksse.torture.clients import known_node, known_python, known_readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.torture.clients.described import Client

CLIENTS: Mapping[str, Client] = {
    one.name: one for one in (*known_python.CLIENTS, *known_node.CLIENTS, *known_readers.CLIENTS)
}
"""By name, in the order in which they are shown."""


def client(name: str) -> Client:
    """The client of a name. Raises UsageError."""
    found = CLIENTS.get(name)
    if found is None:
        raise UsageError(f"there is no client {name!r}", nearest(name, CLIENTS) or f"known: {', '.join(CLIENTS)}")
    return found
