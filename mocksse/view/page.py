"""The page, as one file: its style and script within it, nothing from elsewhere.

Served it asks the server that it came from; written by `show --html` it has its recordings in it and asks nobody. Its
Content-Security-Policy allows these very scripts and styles, by their hashes, and no other.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mocksse import __version__
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of
from mocksse.replay.compile import compile as compile_plan
from mocksse.view.drawn import timeline
from mocksse.view.plan_view import Planned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api

_STYLES = ("uPlot.min.css", "page.css")
_SCRIPTS = (
    "dom.js",
    "wire.js",
    "answer.js",
    "lanes.js",
    "charts.js",
    "detail.js",
    "server.js",
    "breaking.js",
    "live.js",
    "main.js",
)


def served() -> str:
    """As a server gives it out."""
    return _page("null")


@cache
def policy(*, alone: bool = False) -> str:
    """The Content-Security-Policy. `alone`: it asks nobody, not even the server that it came from."""
    style, script = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (_style(), _script()))
    asks = "connect-src 'none'" if alone else "connect-src 'self'; frame-ancestors 'none'"
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; img-src data:; "
        f"base-uri 'none'; form-action 'none'; {asks}"
    )


def of_recordings(recordings: Iterable[tuple[str, Interaction]], api: Api | None = None) -> str:
    """With these recordings in it, as (file, interaction): as they were recorded, without pacing and faults.

    `api`: where the caller knows better than their paths and events tell.
    """
    return _page(_json({"recordings": [_recorded(file, interaction, api) for file, interaction in recordings]}))


def _recorded(file: str, interaction: Interaction, api: Api | None) -> dict[str, Any]:
    plan = compile_plan(interaction, Pacing())
    request = interaction.request
    api = api if api is not None else api_of(interaction)
    planned = Planned(f"{file}#{interaction.name}", interaction.name, request.label, plan, api)
    return timeline(planned, request, "recorded")


def _page(data: str) -> str:
    meta = "" if data == "null" else f'<meta http-equiv="Content-Security-Policy" content="{policy(alone=True)}">'
    page = _read("page.html")
    # In this order: what is put in is not looked at again.
    before, after = page.split("<!--style-->")
    between, behind = after.split("<!--script-->")
    head = before.replace("<!--policy-->", meta).replace("VERSION", __version__)
    return "".join(
        (
            head,
            f"<style>{_style()}</style>",
            between.replace("<!--data-->", f'<script id="data" type="application/json">{data}</script>'),
            f"<script>{_script()}</script>",
            behind,
        )
    )


def _json(value: Any) -> str:
    """As it may stand in a script: `</script`, `<!--` and a BOM's kin can't be in it."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _style() -> str:
    return "\n".join(_read(name) for name in _STYLES)


@cache
def _script() -> str:
    own: Sequence[str] = [_read(name) for name in _SCRIPTS]
    licence = f"/* uPlot. {_read('uPlot.LICENSE').strip()} */\n"
    return licence + _read("uPlot.iife.min.js") + '\n(() => {\n"use strict";\n' + "\n".join(own) + "\n})();\n"


def _read(name: str) -> str:
    return (files("mocksse.view") / "ui" / name).read_text(encoding="utf-8")
