"""What clients do with faults today is what docs/sdks.json says, and docs/faults.md and docs/clients.md with it.

Nothing here is a promise of their makers: where another version does otherwise, the data is what has to change.
`MOCKSSE_WRITE_SDKS=1 pytest tests/e2e/test_sdks.py` measures anew and writes it, and then the pages are written by
`python -m mocksse.view.faults_doc > docs/faults.md` and
`python -m mocksse.torture.clients.document > docs/clients.md`.

All that meet a fault meet it at once, each its own server: most of the time is their waits.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from clients import ROOT, needs, run_client
from served import serving

from mocksse.cassette.load import load
from mocksse.cassette.model import Request
from mocksse.generate.converted import convert
from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.document import FAULTS, MEASURED
from mocksse.torture.clients.installed import version_of
from mocksse.torture.clients.registry import client
from mocksse.view.sdks import DATA, Did, Met, Sdk, Sdks, Text, encode, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.model import Interaction

FILE = ROOT / DATA
WRITE = os.environ.get("MOCKSSE_WRITE_SDKS") == "1"
KNOWN = parse(FILE.read_text())
SDKS = [Sdk(one.name, speaks.api, one.title, speaks.call, one.package, "") for one, speaks in MEASURED]
PATIENCE_S = 30.0
"""How long a client waits that is not told otherwise."""
STARTING_S = 150.0
"""How long they may take that all begin at once."""
pytestmark = [pytest.mark.long, pytest.mark.timeout(STARTING_S + PATIENCE_S)]


@dataclass(frozen=True)
class Meeting:
    """A fault and who meets it."""

    met: Met
    sdk: Sdk

    def __str__(self) -> str:
        return f"{self.met.fault}-{self.sdk.key}"


@dataclass(frozen=True)
class Found:
    """What a client did, what it said of that, and when its requests came, in seconds."""

    did: Did
    message: str | None
    asked_at: list[float]


SHIPPED = {"openai-chat": "openai-chat", "anthropic": "anthropic", SSE: "openai-chat"}
"""Of each API the recording that is broken. For the others Chat's is put in their words: the shipped one of Responses
is llama.cpp's, and lacks what Vercel's SDK demands."""


@cache
def recording(api: str) -> Interaction:
    """The answer that is broken."""
    (found,) = load(ROOT / "cassettes" / f"{SHIPPED.get(api, 'openai-chat')}.yaml").interactions
    return found if api in SHIPPED else convert(found, api)[0]


def ask(sdk: Sdk, *faults: str, timeout_s: float | None = None) -> tuple[dict[str, Any], list[float]]:
    """What the client's caller got, and when the server was asked."""
    speaks = client(sdk.client).speaking(sdk.api)
    tape = replace(recording(sdk.api), faults=faults)
    if speaks.path:
        tape = replace(tape, request=Request(speaks.path, "GET" if sdk.api == SSE else "POST"))
    more = ["--retries", "1"] if "reconnect" in speaks.can else []  # such a client would come back for ever
    with serving(tape) as server:
        url = speaks.url(f"http://127.0.0.1:{server.port}")
        wait = str(timeout_s or PATIENCE_S)
        got = run_client(sdk.client, url, "--api", sdk.api, "--timeout", wait, *more, patience=STARTING_S)
        return got, [record.at for record in server.session.journal]


@cache
def meet(fault: str) -> dict[str, Found | BaseException]:
    """All that meet it, by their keys."""
    met = next(met for met in KNOWN.faults if met.fault == fault)
    those = SDKS if met.fault in FAULTS else [sdk for sdk in SDKS if sdk.key in met.did]

    def one(sdk: Sdk) -> Found | BaseException:
        try:
            return _found(sdk, met)
        except (Exception, pytest.skip.Exception, pytest.fail.Exception) as error:
            return error

    for sdk in those:
        recording(sdk.api)  # in one thread: msgspec crashes where two at once look at a type for the first time
    with ThreadPoolExecutor(6) as pool:
        return dict(zip([sdk.key for sdk in those], pool.map(one, those), strict=True))


@cache
def whole(key: str) -> str:
    """The text of the answer without a fault."""
    sdk = next(sdk for sdk in SDKS if sdk.key == key)
    got, _ = ask(sdk)
    assert (got["outcome"], bool(got["text"])) == ("ok", True), got["error_message"]
    return str(got["text"])


def _found(sdk: Sdk, met: Met) -> Found:
    got, asked_at = ask(sdk, *met.fault.split("; "), timeout_s=met.timeout_s)
    assert (got["outcome"] == "error") == (got["error_type"] is not None)
    did = Did(got["error_type"], beside(got["text"], whole(sdk.key)), got["attempts"])
    return Found(did, got["error_message"], asked_at)


def beside(text: str, whole: str) -> Text:
    if text == whole:
        return "whole"
    if not text:
        return "none"
    return "part" if whole.startswith(text) else "other"


@pytest.fixture(scope="module", autouse=True)
def _written() -> Iterator[None]:
    """The data, measured anew where that was asked for."""
    yield
    if WRITE:
        sdks = [replace(sdk, version=version_of(client(sdk.client))) for sdk in SDKS]
        rows = []
        for met in KNOWN.faults:
            found = meet(met.fault)
            rows.append(replace(met, did={key: one.did for key, one in found.items() if isinstance(one, Found)}))
        FILE.write_text(encode(Sdks(sdks, rows)))


MEETINGS = [Meeting(met, sdk) for met in KNOWN.faults for sdk in SDKS if sdk.key in met.did or met.fault in FAULTS]


@pytest.mark.parametrize("meeting", MEETINGS, ids=str)
def test_a_client_does_what_is_written(meeting: Meeting) -> None:
    met, sdk = meeting.met, meeting.sdk
    needs(sdk.client)
    found = meet(met.fault)[sdk.key]
    if not isinstance(found, Found):
        raise found
    assert len(found.asked_at) == found.did.requests, "the server counts as the client does"
    for first, then in zip(found.asked_at, found.asked_at[1:], strict=False):
        assert then - first >= (met.spacing_s or 0)
    if not WRITE:
        assert found.did == met.did.get(sdk.key), f"{found.message}; to write what it does today: {__doc__}"


def test_the_data_is_written_as_it_is_read() -> None:
    assert encode(KNOWN) == FILE.read_text()
    assert len({met.fault for met in KNOWN.faults}) == len(KNOWN.faults)


def test_all_clients_are_in_it_by_the_words_of_the_registry() -> None:
    assert [replace(sdk, version="") for sdk in KNOWN.sdks] == SDKS
    assert all(sdk.version for sdk in KNOWN.sdks)
    for met in KNOWN.faults:
        assert (met.did.keys() == {sdk.key for sdk in SDKS}) == (met.fault in FAULTS)
