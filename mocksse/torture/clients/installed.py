"""Which version of a client is installed where its program would look for it. Empty where that can't be told."""

from __future__ import annotations

import json
import os
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.torture.clients.described import Client

_BROWSER = "chromium"


def version_of(client: Client) -> str:
    """Of its first package; of a browser its own."""
    match client.language:
        case "Node":
            return next(_of_node(client.package), "")
        case "browser":
            return _of_browser()
        case _:
            try:
                return metadata.version(client.package.partition("[")[0])
            except metadata.PackageNotFoundError:
                return ""


def _of_node(package: str) -> Iterator[str]:
    """As node/contract.mjs looks for it: in MOCKSSE_NODE, then from the current folder upward."""
    here = Path.cwd()
    named = os.environ.get("MOCKSSE_NODE")
    for folder in (*([Path(named)] if named else []), here, *here.parents):
        try:
            found: dict[str, str] = json.loads((folder / "node_modules" / package / "package.json").read_text())
        except (OSError, ValueError):
            continue
        yield found.get("version", "")


def _of_browser() -> str:
    try:
        said = subprocess.run([_BROWSER, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return next((word for word in said.split() if word[:1].isdigit()), "")
