"""A socket on which a failed write is not the end.

A server may answer and hang up before it has read the whole request: 413, 401, 503. When a write then fails, asyncio
drops the connection, and with it the answer that waits in the kernel. Here writing just seems to be stuck, and it is
reading that meets the reset: behind the last byte that arrived, where it belongs.
"""

from __future__ import annotations

import errno
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import AddrInfoType


def open_socket(address: AddrInfoType) -> socket.socket:
    """A socket for one entry of getaddrinfo's list, not yet connected."""
    family, kind, protocol, _, _ = address
    return ReadToTheEndSocket(family, kind, protocol)


class ReadToTheEndSocket(socket.socket):
    """send() and sendmsg() raise BlockingIOError on a broken connection; recv() and recv_into() give all that arrived,
    then raise ConnectionResetError if it was a reset."""

    _was_reset = False

    def send(self, *args: Any) -> int:
        with self._stuck_when_broken():
            return super().send(*args)

    def sendmsg(self, *args: Any) -> int:
        with self._stuck_when_broken():
            return super().sendmsg(*args)

    def recv(self, *args: Any) -> bytes:
        data = super().recv(*args)
        self._check_end(len(data))
        return data

    def recv_into(self, *args: Any, **options: Any) -> int:
        size = super().recv_into(*args, **options)
        self._check_end(size)
        return size

    @contextmanager
    def _stuck_when_broken(self) -> Iterator[None]:
        try:
            yield
        except (ConnectionResetError, BrokenPipeError) as exc:
            # A kernel tells of a reset once: reading would now see a clean end. EPIPE means a FIN came before it.
            self._was_reset |= isinstance(exc, ConnectionResetError)
            raise BlockingIOError from None

    def _check_end(self, size: int) -> None:
        if not size and self._was_reset:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
