"""What SDKs do with faults today is what docs/sdks.json says, and docs/faults.md with it.

Nothing here is a promise of their makers: where another version does otherwise, the data is what has to change.
`MOCKSSE_WRITE_SDKS=1 pytest tests/e2e/test_sdks.py` measures anew and writes it, and then
`python -m mocksse.view.faults_doc > docs/faults.md` the table.
"""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from clients import run_client
from eventsource import hearing
from served import serving

from mocksse.cassette.load import load
from mocksse.view.sdks import DATA, Did, Met, Sdks, Text, encode, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FILE = ROOT / DATA
WRITE = os.environ.get("MOCKSSE_WRITE_SDKS") == "1"
CLIENTS = {
    "openai-chat": ("openai", "/v1"),
    "openai-responses": ("openai", "/v1"),
    "anthropic": ("anthropic", ""),
}
"""Of each API the adapter, and where its base URL ends."""
KNOWN = parse(FILE.read_text())
PATIENCE_S = 30.0


def ask(api: str, *faults: str, timeout_s: float | None = None) -> dict[str, Any]:
    client, base = CLIENTS[api]
    (recorded,) = load(ROOT / "cassettes" / f"{api}.yaml").interactions
    with serving(replace(recorded, faults=faults)) as server:
        url = f"http://127.0.0.1:{server.port}{base}"
        return run_client(client, url, "--api", api, "--timeout", str(timeout_s or PATIENCE_S))


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    """Of each API the text of the answer without a fault."""
    return {api: str(ask(api)["text"]) for api in CLIENTS}


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[tuple[str, str], Did]]:
    """What was found, by fault and API; it replaces what was known where that was asked for."""
    found: dict[tuple[str, str], Did] = {}
    yield found
    if WRITE:
        sdks = [replace(sdk, version=version(sdk.package)) for sdk in KNOWN.sdks]
        rows = [
            replace(met, did={**met.did, **{api: did for (fault, api), did in found.items() if fault == met.fault}})
            for met in KNOWN.faults
        ]
        FILE.write_text(encode(Sdks(sdks, rows)))


def beside(text: str, whole: str) -> Text:
    if text == whole:
        return "whole"
    if not text:
        return "none"
    return "part" if whole.startswith(text) else "other"


@pytest.mark.parametrize("api", CLIENTS)
@pytest.mark.parametrize("met", KNOWN.faults, ids=lambda met: met.fault)
def test_an_sdk_does_what_is_written(
    met: Met,
    api: str,
    whole: dict[str, str],
    measured: dict[tuple[str, str], Did],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hearing(monkeypatch) as heard:
        got = ask(api, *met.fault.split("; "), timeout_s=met.timeout_s)
    assert (got["outcome"] == "error") == (got["error_type"] is not None)
    did = measured[met.fault, api] = Did(got["error_type"], beside(got["text"], whole[api]), got["attempts"])
    assert len(heard.requests) == did.requests, "the server counts as the client does"
    for first, then in zip(heard.requests, heard.requests[1:], strict=False):
        assert then.at - first.at >= (met.spacing_s or 0)
    if not WRITE:
        assert did == met.did[api], f"{got['error_message']}; to write what it does today: {__doc__}"


def test_the_data_is_written_as_it_is_read() -> None:
    assert encode(KNOWN) == FILE.read_text()
    assert [sdk.api for sdk in KNOWN.sdks] == list(CLIENTS)
    assert len({met.fault for met in KNOWN.faults}) == len(KNOWN.faults)
