"""A server for as long as a block of somebody else's program runs: no signals, no banner, no access lines."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from mocksse.server.listen import accept, raise_file_limit, warn_of_trouble
from mocksse.server.run import open_server, world_of
from mocksse.server.watch import watching

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
    warn_of_trouble(warn)
    async with watching(world) if settings.watch else nullcontext():
        accepting = await accept(world, opened.sock, report, opened.tls)
        try:
            yield world
        finally:
            await accepting.cut()
