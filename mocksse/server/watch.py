"""Cassettes that change while they are served: what is edited answers the next request, and nothing that is running.

A cassette that is broken by an edit stays as it was, and where it is broken is said.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.library import ENDINGS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from mocksse.server.world import World

_SETTLE_MS = 50
"""Editors write a file in several steps."""


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[None]:
    """Take what changes on disk for as long as the block runs. No change is missed that comes after its beginning."""
    stop = asyncio.Event()
    looking = asyncio.ensure_future(_watch(world, stop))
    await asyncio.sleep(0)  # its first step, in which it begins to look
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait((looking,), timeout=1)


async def _watch(world: World, stop: asyncio.Event) -> None:
    """Look until `stop` is set. There is a line for every change, and one where the system lets nobody look."""
    from watchfiles import awatch

    roots = world.stock.roots
    there = {folder for root in roots if (folder := root if root.is_dir() else root.parent).is_dir()}
    # Beside a file that was named there may be a whole home.
    recursive = any(root.is_dir() for root in roots)
    looking = awatch(
        *there,
        stop_event=stop,
        step=_SETTLE_MS,
        debounce=10 * _SETTLE_MS,
        watch_filter=_is_one,
        recursive=recursive,
    )
    try:
        async for changes in looking:
            known = [item.path.absolute() for item in world.stock.shelved]
            files = {file for _, path in changes for file in _files(Path(path), known)}
            changed, wrong = world.reload(sorted(files))
            for name in changed:
                world.tell(f"reloaded {name}")
            for error in wrong:
                world.say(f"kept as it was: {error}")
    except (OSError, RuntimeError) as error:  # the second is watchfiles' own, for what notify has to say
        world.say(f"cassettes are not watched any more: {' '.join(str(error).split())}")


def _is_one(_: object, path: str) -> bool:
    """Whether a file has a cassette's name, or it is a folder, or may have been one."""
    place = Path(path)
    return not place.name.startswith(".") and (place.suffix in ENDINGS or not place.is_file())


def _files(place: Path, known: Iterable[Path]) -> Iterator[Path]:
    """The file, or all in a folder: what came or went with it is told by nobody."""
    if place.is_dir():
        yield from (file for file in place.rglob("*") if file.suffix in ENDINGS)
    elif place.suffix in ENDINGS:
        yield place
    if not place.exists():
        yield from (file for file in known if place in file.parents)
