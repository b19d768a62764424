"""A server for as long as a block of somebody else's program runs: no signals, no banner, no access lines."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mocksse.server.app import App
from mocksse.server.listen import BACKLOG, Address, listening
from mocksse.server.run import world_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mocksse.settings.model import Settings


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[int]:
    """Serve by the settings at their host and port, 0 for a free one; gives the port.

    Raises MocksseError for what can't be served. Whatever is still under way at the end is cut.
    """
    world = world_of(settings)
    sock = listening(Address(settings.host, settings.port))
    app = App(world, lambda _: None)
    listener = app.server()
    server = await asyncio.get_running_loop().create_server(listener, sock=sock, backlog=BACKLOG)
    try:
        yield sock.getsockname()[1]
    finally:
        server.close()
        world.feed.close()
        app.stopping = True
        await listener.cut()
        await app.finish()
