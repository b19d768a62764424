"""The page at `/__mocksse/`: it has nothing of the server's in it, and asks the control API for all it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.server.control.call import Reply
from mocksse.view import page as view

if TYPE_CHECKING:
    from mocksse.server.control.call import Call


async def page(_: Call) -> Reply:
    """The page; a token it asks whoever looks at it for."""
    headers = (
        (b"Content-Security-Policy", view.policy().encode()),
        (b"Referrer-Policy", b"no-referrer"),
        (b"Cross-Origin-Opener-Policy", b"same-origin"),
    )
    return Reply(200, view.served().encode(), "text/html; charset=utf-8", headers)
