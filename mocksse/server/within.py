"""A server for as long as a block of somebody else's program runs: no signals, no banner, no access lines."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mocksse.server.app import App
from mocksse.server.listen import BACKLOG, explain, raise_file_limit
from mocksse.server.run import open_server, world_of
from mocksse.server.watch import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from mocksse.server.access import Played
    from mocksse.server.world import World
    from mocksse.settings.model import Settings


def _nobody(_: object) -> None:
    """Hears nothing."""


@asynccontextmanager
async def serving(
    settings: Settings, report: Callable[[Played], None] = _nobody, warn: Callable[[str], None] = _nobody
) -> AsyncIterator[World]:
    """Serve by the settings at their host and port, 0 for a free one; the world knows its URL.

    `report` hears of each request when it is done, `warn` what whoever runs this has to know. Raises MocksseError for
    what can't be served. Whatever is still under way at the end is cut.
    """
    world = world_of(settings)
    world.say = warn
    opened = open_server(settings, world)
    raise_file_limit()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: warn(explain(context)))
    app = App(world, report)
    listener = app.server()
    server = await loop.create_server(listener, sock=opened.sock, backlog=BACKLOG, ssl=opened.tls)
    over = asyncio.Event()
    along = asyncio.ensure_future(watch(world, over)) if settings.watch else None
    await asyncio.sleep(0)  # it looks before anybody is told that we are there
    try:
        yield world
    finally:
        server.close()
        world.feed.close()
        app.stopping = True
        over.set()
        await listener.cut()
        await app.finish()
        if along is not None:
            await asyncio.wait((along,), timeout=1)
