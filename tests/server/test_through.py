"""Which session asks whom, and that nobody asks himself."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse.errors import UsageError
from mocksse.server.through import Throughs, refuse_ourselves
from mocksse.settings.model import SessionSettings

if TYPE_CHECKING:
    from mocksse.settings.model import RecordMode

URL = "http://127.0.0.1:1"


def session(record: RecordMode = "all", upstream: str = URL, *folders: str) -> SessionSettings:
    return SessionSettings(upstream={"": upstream}, record=record, cassettes=tuple(map(Path, folders)))


@pytest.mark.parametrize(
    ("record", "fresh", "always"),
    [
        ("none", True, None),
        ("once", True, True),
        ("once", False, None),
        ("new", True, False),
        ("new", False, False),
        ("all", True, True),
        ("all", False, True),
    ],
)
def test_when_the_upstream_is_asked(record: RecordMode, fresh: bool, always: bool | None) -> None:
    throughs = Throughs(frozenset([Path("tapes")] if fresh else []))
    found = throughs.of(session(record, URL, "tapes", "more"))
    assert (found.always if found else None) is always
    if found:
        assert found.folder == Path("tapes")
        assert [upstream.url for upstream in found.upstreams] == [URL]
    assert throughs.of(session(record)) is None, "nowhere to record into"


@pytest.mark.parametrize(
    ("host", "url", "is_us"),
    [
        ("127.0.0.1", "http://127.0.0.1:{port}", True),
        ("127.0.0.1", "http://localhost:{port}/v1", True),
        ("127.0.0.1", "https://127.0.0.1:{port}", True),
        ("127.0.0.1", "http://0.0.0.0:{port}", True),
        ("127.0.0.1", "http://127.1:{port}", True),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]:{port}", True),
        ("0.0.0.0", "http://127.0.0.2:{port}", True),
        ("0.0.0.0", "http://localhost:{port}", True),
        ("127.0.0.1", "http://127.0.0.2:{port}", False),
        ("127.0.0.1", "http://127.0.0.1", False),
        ("127.0.0.1", "http://nowhere.invalid:{port}", False),
        ("0.0.0.0", "http://192.0.2.1:{port}", False),
    ],
)
def test_itself_for_an_upstream(host: str, url: str, is_us: bool) -> None:
    with socket.create_server((host, 0)) as sock:
        url = url.format(port=sock.getsockname()[1])
        if not is_us:
            refuse_ourselves([session("all", url)], sock)
            return
        with pytest.raises(UsageError) as refused:
            refuse_ourselves([session("all", URL), session("all", url)], sock)
    assert str(refused.value) == f"--upstream {url}: that is this server itself (name another one)"
