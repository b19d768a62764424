"""The lines of docs/clients.md are run as they stand: each of them asks the server that it names, and nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from clients import FOLDER, ROOT, needs
from served import serving

from mocksse.cassette.load import load
from mocksse.cassette.model import Request
from mocksse.generate.converted import convert
from mocksse.providers.encode.registry import ENCODERS
from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.document import document
from mocksse.torture.clients.registry import CLIENTS
from mocksse.view.sdks import DATA, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from served import Serving

    from mocksse.torture.clients.described import Client, Speaks

PATIENCE_S = 150
pytestmark = [pytest.mark.long, pytest.mark.timeout(PATIENCE_S + 30)]
HEARD = """
await new Promise((heard) => source.addEventListener("message", heard));
source.close();
"""
"""What ends the lines of an EventSource, which would go on for ever."""
SHIMS = """
globalThis.window = globalThis;
globalThis.document = { addEventListener() {}, removeEventListener() {} };
"""
"""What fetch-event-source calls of a browser."""


def spoken(language: str) -> list[tuple[Client, Speaks]]:
    """Whose lines are of this language; the reference is a command."""
    clients = [one for one in CLIENTS.values() if one.language == language and one.name != "reference"]
    return [(one, speaks) for one in clients for speaks in one.speaks]


@contextmanager
def all_apis() -> Iterator[Serving]:
    """A server that answers every path the clients ask."""
    (chat,) = load(ROOT / "cassettes" / "openai-chat.yaml").interactions
    made = [chat, *(convert(chat, api)[0] for api in ENCODERS if api != "openai-chat")]
    elsewhere = {speaks.path: speaks.api for one in CLIENTS.values() for speaks in one.speaks if speaks.path}
    made += [
        replace(chat, name=path, request=Request(path, "GET" if api == SSE else "POST"))
        for path, api in elsewhere.items()
    ]
    with serving(*(replace(one, name=f"{one.name}-{at}") for at, one in enumerate(made))) as server:
        yield server


def asked(server: Serving) -> list[tuple[str, str]]:
    """(method, whether it was answered by a recording)."""
    return [(record.method, record.kind) for record in server.session.journal]


def wanted(language: str) -> list[tuple[str, str]]:
    return [("GET" if speaks.api == SSE else "POST", "played") for _, speaks in spoken(language)]


def test_the_lines_of_python() -> None:
    with all_apis() as server:
        parts = [
            f"async def lines_{at}():\n{indent(code(speaks, server), '    ')}\nasyncio.run(lines_{at}())"
            if "async " in speaks.ask
            else f"def lines_{at}():\n{indent(code(speaks, server), '    ')}\nlines_{at}()"
            for at, (_, speaks) in enumerate(spoken("Python"))
        ]
        run([sys.executable, "-c", "\n".join(["import asyncio", *parts])])
        assert asked(server) == wanted("Python")


def test_the_lines_of_node(tmp_path: Path) -> None:
    needs("node-openai")
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    with all_apis() as server:
        for at, (one, speaks) in enumerate(spoken("Node")):
            more = HEARD if one.name == "node-eventsource" else ""
            (tmp_path / f"lines{at}.mjs").write_text(code(speaks, server) + more)
        files = [f'await import("./lines{at}.mjs");' for at in range(len(spoken("Node")))]
        (tmp_path / "all.mjs").write_text("\n".join([SHIMS, *files, "process.exit(0);"]))
        run(["node", str(tmp_path / "all.mjs")])
        assert asked(server) == wanted("Node")


def code(speaks: Speaks, server: Serving) -> str:
    return f"{speaks.shown(f'http://127.0.0.1:{server.port}')}\n{speaks.ask}"


def run(argv: list[str]) -> None:
    """To its end, with nothing said on stderr that is an error."""
    environment = {"PATH": os.environ["PATH"], "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*"}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE_S, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_page_is_what_is_written() -> None:
    assert (ROOT / "docs" / "clients.md").read_text() == document(parse((ROOT / DATA).read_text()))


def test_the_versions_of_node_are_those_that_were_measured() -> None:
    named = json.loads((ROOT / "mocksse/torture/clients/node/package.json").read_text())["dependencies"]
    for sdk in parse((ROOT / DATA).read_text()).sdks:
        if CLIENTS[sdk.client].language == "Node":
            assert sdk.version == named[sdk.package]
