"""A recording on a disk that fails: what came is kept, and one line says what went wrong."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from recording import END, answer_two_events, recorded
from tap_servers import RawServer, read_head
from tap_ways import HEAD, WayTo

from mocksse.cassette import save
from mocksse.cassette.model import Cassette, Interaction, Response
from mocksse.cassette.model import Request as Asked
from mocksse.cassette.seen import DataSeen, Seen
from mocksse.errors import MocksseError, UpstreamError
from mocksse.record import journal
from mocksse.record.journal import read

if TYPE_CHECKING:
    import socket
    from pathlib import Path


def test_each_write_of_the_journal_fails(
    way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Any
) -> None:
    pieces = (HEAD, b"9\r\ndata: 1\n\n\r\n", b"9\r\ndata: 2\n\n\r\n", END)
    items = (0, 1, 3, 3, 1)  # of each write, behind the opening

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        with suppress(OSError):
            for piece in pieces:
                sock.sendall(piece)
                server.wait_heard()

    real = os.write
    path, partial = tmp_path / "x.yaml", tmp_path / "x.yaml.partial"
    save.write(path, Cassette((Interaction("old", Asked("/old"), Response(200, (), "length", ())),)))
    old = path.read_bytes()
    for count in range(len(pieces) + 1):
        left = count

        def failing(file: int, data: bytes) -> int:
            nonlocal left
            if left == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            left -= 1
            return real(file, data)

        with way_to("plain", script) as way, monkeypatch.context() as patch:
            heard(way.server, pieces)
            patch.setattr(journal.os, "write", failing)
            with pytest.raises(UpstreamError, match="can't write: No space left on device"):
                recorded(way, tmp_path)
        assert path.read_bytes() == old
        assert partial.exists() == (count > 1), "where there is a head"
        if count > 1:
            remains = read(partial)
            assert remains is not None
            assert len(remains.seen) == sum(items[:count])
            partial.unlink()
        assert [p.name for p in tmp_path.iterdir()] == ["x.yaml"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_cassette_that_can_not_be_saved(
    replace: bool, step: str, way_to: WayTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, partial = tmp_path / "x.yaml", tmp_path / "x.yaml.partial"
    save.write(path, Cassette((Interaction("old", Asked("/old"), Response(200, (), "length", ())),)))
    old = path.read_bytes()

    def failing(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with way_to("plain", answer_two_events) as way, monkeypatch.context() as patch:
        patch.setattr(*((save.os, "fsync", failing) if step == "fsync" else (type(path), "replace", failing)))
        with pytest.raises(MocksseError, match="No space left on device") as caught:
            recorded(way, tmp_path, replace=replace)
    assert (caught.value.exit_code, caught.value.hint) == (3, f"the recording is kept: mocksse recover {partial}")
    assert path.read_bytes() == old
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.yaml", "x.yaml.partial"]
    remains = read(partial)
    assert remains is not None
    assert remains.interaction is not None
    assert (remains.interaction.response.body, remains.interaction.response.end.how) == (
        b"data: 1\n\ndata: 2\n\n",
        "complete",
    )


def test_what_came_is_kept_whatever_goes_wrong(way_to: WayTo, tmp_path: Path) -> None:
    def watch(item: Seen) -> None:
        if isinstance(item, DataSeen):
            raise ZeroDivisionError

    with way_to("plain", answer_two_events) as way, pytest.raises(ZeroDivisionError):
        recorded(way, tmp_path, watch=watch)
    remains = read(tmp_path / "x.yaml.partial")
    assert remains is not None
    assert remains.interaction is not None
    assert remains.interaction.response.body == b"data: 1\n\ndata: 2\n\n"
