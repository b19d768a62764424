"""Cassettes that change while they are served: what is edited answers the next request, and nothing that is running.

A cassette that is broken by an edit stays as it was, and where it is broken is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.library import ENDINGS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from mocksse.server.world import World

_SETTLE_MS = 50
"""Editors write a file in several steps."""


async def watch(world: World, say: Callable[[str], None], stop: asyncio.Event) -> None:
    """Look until `stop` is set; `say` gets a line for every change."""
    from watchfiles import awatch

    folders = {root if root.is_dir() else root.parent for root in world.stock.roots}
    there = [folder for folder in folders if folder.is_dir()]
    async for changes in awatch(
        *there, stop_event=stop, step=_SETTLE_MS, debounce=10 * _SETTLE_MS, watch_filter=_is_one
    ):
        changed, wrong = world.reload(sorted(Path(path) for _, path in changes))
        for name in changed:
            say(f"reloaded {name}")
        for error in wrong:
            say(f"kept as it was: {error}")


def _is_one(_: object, path: str) -> bool:
    """Whether a file has a cassette's name."""
    return path.endswith(ENDINGS) and not Path(path).name.startswith(".")
