from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tap_servers import PATIENCE, reset

from mocksse.record.socket import ReadToTheEndSocket, open_socket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Ours and the peer's end of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = open_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", listener.getsockname()))
        ours.settimeout(PATIENCE)
        ours.connect(listener.getsockname())
        peer, _ = listener.accept()
        with ours, peer:
            yield ours, peer


def recv_into(sock: socket.socket) -> bytes:
    buffer = bytearray(100)
    return bytes(buffer[: sock.recv_into(buffer)])


READS = [lambda sock: sock.recv(100), recv_into]
WRITES = [lambda sock: sock.send(b"x"), lambda sock: sock.sendmsg([b"x", b"y"])]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_a_reset_comes_behind_what_arrived(read: Callable[[Any], bytes], write: Callable[[Any], int]) -> None:
    with pair() as (ours, peer):
        peer.sendall(b"last words")
        reset(peer)
        for _ in range(3):
            with pytest.raises(BlockingIOError):
                write(ours)
        assert read(ours) == b"last words"
        for _ in range(2):
            with pytest.raises(ConnectionResetError, match="reset"):
                read(ours)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_a_fin_stays_a_fin(read: Callable[[Any], bytes], write: Callable[[Any], int]) -> None:
    with pair() as (ours, peer):
        peer.sendall(b"last words")
        peer.close()
        assert write(ours)  # answered with RST
        with pytest.raises(BlockingIOError):
            write(ours)
        assert read(ours) == b"last words"
        assert read(ours) == b""


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_a_sound_connection_is_a_plain_socket(read: Callable[[Any], bytes], write: Callable[[Any], int]) -> None:
    with pair() as (ours, peer):
        assert isinstance(ours, ReadToTheEndSocket)
        size = write(ours)
        assert peer.recv(100) == b"xy"[:size]
        peer.sendall(b"answer")
        assert read(ours) == b"answer"
        peer.close()
        assert read(ours) == b""
