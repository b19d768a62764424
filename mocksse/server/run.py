"""A server from its settings: cassettes are read, the session is made, and it listens until it is told to stop.

What can be wrong with the files is said before anything heavy is loaded: the server is the larger half of the start.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mocksse.cassette.library import shelve

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.server.listen import Address
    from mocksse.settings.model import Settings


def run(
    settings: Settings, ready: Callable[[str], None], note: Callable[[str], None], write: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM.

    `ready` gets the base URL once connections are accepted; `note` lines of talk, `write` access lines as text with
    their line ends. Raises MocksseError for cassettes, faults and routes that can't be served, and a port in use.
    """
    shelved = shelve(settings.session.cassettes)

    import asyncio

    from mocksse.server.access import AccessLog
    from mocksse.server.banner import banner
    from mocksse.server.listen import Address, raise_file_limit, serve
    from mocksse.server.session import Route, Session

    own = settings.session
    routes = [Route(path, name) for path, name in own.routes.items()]
    session = Session(shelved, own.pacing, routes, own.faults)
    raise_file_limit()

    def up(address: Address) -> None:
        if not settings.quiet:
            note(banner(session.tapes, address.url, len(shelved), session.faults))
        ready(address.url)

    async def listen() -> AccessLog:
        log = AccessLog(None if settings.quiet else write, asyncio.get_running_loop().call_later)
        address = Address(settings.host, settings.port)
        await serve(session, address, log, up, note, header_control=settings.allow_header_control)
        return log

    log = asyncio.run(listen())
    if not settings.quiet:
        note(f"\n{log.summary()}" if sys.stderr.isatty() else log.summary())
