"""The list of clients: every adapter is in it, and what it says of one is what the adapter takes."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mocksse.errors import UsageError
from mocksse.torture import clients
from mocksse.torture.clients.contract import Options
from mocksse.torture.clients.described import CAN, NODE, Client
from mocksse.torture.clients.registry import CLIENTS, client

PYTHON = [one for one in CLIENTS.values() if one.language != "Node"]


def module_of(program: str) -> str:
    return f"mocksse.torture.clients.{program}" + (".__main__" if program == "reference" else "")


@pytest.mark.parametrize("one", PYTHON, ids=lambda one: one.name)
def test_an_adapter_takes_the_apis_that_are_said_of_it(one: Client) -> None:
    found = import_module(module_of(one.program))
    (options,) = [
        kind
        for kind in vars(found).values()
        if isinstance(kind, type) and issubclass(kind, Options) and kind is not Options
    ]
    assert one.apis == options.APIS


def test_every_adapter_is_listed() -> None:
    folder = Path(clients.__file__).parent
    programs = {path.stem for path in folder.glob("*.py") if "    run(" in path.read_text()}
    assert programs | {"reference"} == {one.program for one in PYTHON}
    nodes = {path.name for path in NODE.glob("*.mjs") if "\nrun({" in path.read_text()}
    assert nodes == {one.program for one in CLIENTS.values() if one.language == "Node"}


def test_what_is_said_of_each_is_whole() -> None:
    for one in CLIENTS.values():
        assert one.name == CLIENTS[one.name].name
        assert len(set(one.apis)) == len(one.apis) > 0
        for speaks in one.speaks:
            assert speaks.can <= CAN.keys()
            assert "{url}" in "".join(speaks.lines), one.name
            assert speaks.base == "" or speaks.base.startswith("/")
            assert ("reconnect" in speaks.can) <= ("raw" in speaks.can)


def test_a_name_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="there is no client 'opnai' \\(did you mean openai\\?\\)"):
        client("opnai")
    with pytest.raises(UsageError, match="openai does not speak gemini"):
        client("openai").speaking("gemini")


def test_the_list_imports_no_client() -> None:
    code = "import mocksse.torture.clients.registry, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"openai", "aiohttp", "httpx", "yaml", "yarl", "asyncio"} & set(loaded)
