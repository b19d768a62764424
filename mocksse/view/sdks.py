"""What SDKs make of faults, measured: docs/sdks.json, and its table in docs/faults.md. Values in, text out.

The data is what a test found when it played each fault against the real packages, and finds again at each run; the
words are made of the data alone, so that the table says nothing that was not seen. All clients met some of the faults,
which docs/clients.md tells; the table has those who met every one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from mocksse.replay.faults import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DATA = "docs/sdks.json"
"""From the root of the project."""

Text = Literal["whole", "part", "none", "other"]
"""The text that reached the caller, beside that of the answer without a fault; `part` is a beginning of it."""

_SILENT = {
    "part": "part of the answer and no error",
    "none": "no text and no error",
    "other": "another text and no error",
}
_BEFORE = {
    "whole": "all of the text, then ",
    "part": "part of the text, then ",
    "none": "",
    "other": "other text, then ",
}


@dataclass(frozen=True, slots=True)
class Sdk:
    """One way to stream with an SDK. `client` and `api`: as the registry of clients has them; `package`: what is
    installed of it, and measured in this version."""

    client: str
    api: str
    name: str
    call: str
    package: str
    version: str

    @property
    def key(self) -> str:
        """What it goes by."""
        return f"{self.client}/{self.api}"


@dataclass(frozen=True, slots=True)
class Did:
    """What it did: `error` is the full name of the exception that reached the caller, None where none did."""

    error: str | None
    text: Text
    requests: int


@dataclass(frozen=True, slots=True)
class Met:
    """A fault, or several separated by `; `, and what each SDK did, by its key.

    `timeout_s`: what the client was told to wait at most; None: long enough. `spacing_s`: from each request to the next
    it took so long, at least.
    """

    fault: str
    timeout_s: float | None
    spacing_s: float | None
    did: Mapping[str, Did]


@dataclass(frozen=True, slots=True)
class Sdks:
    """All of the data."""

    sdks: Sequence[Sdk]
    faults: Sequence[Met]


def parse(text: str) -> Sdks:
    """The data of a file. Raises KeyError, TypeError or ValueError for what is none."""
    data: dict[str, Any] = json.loads(text)
    met = [
        Met(
            row["fault"],
            row.get("timeout_s"),
            row.get("spacing_s"),
            {key: Did(**did) for key, did in row["did"].items()},
        )
        for row in data["faults"]
    ]
    return Sdks([Sdk(**sdk) for sdk in data["sdks"]], met)


def encode(sdks: Sdks) -> str:
    """The file's text: a line for each fault and SDK."""
    rows = []
    for met in sdks.faults:
        row = {key: value for key, value in asdict(met).items() if value is not None and key != "did"}
        did = ",\n".join(f"    {json.dumps(key)}: {json.dumps(asdict(one))}" for key, one in met.did.items())
        rows.append(f'  {json.dumps(row)[:-1]}, "did": {{\n{did}}}}}')
    named = ",\n".join(f"  {json.dumps(asdict(sdk))}" for sdk in sdks.sdks)
    return f'{{"sdks": [\n{named}],\n"faults": [\n' + ",\n".join(rows) + "]}\n"


def section(sdks: Sdks) -> Iterator[str]:
    """The table, in Markdown, under its heading."""
    shown = [sdk for sdk in sdks.sdks if all(sdk.key in met.did for met in sdks.faults)]
    versions = {f"{sdk.name} {sdk.version}" for sdk in shown}
    yield (
        "## What SDKs do today\n\nWhat the caller of a real SDK got, streaming and with the retries that it makes by "
        "itself, and beside them a client that is held to the standards: "
        f"{', '.join(sorted(versions))}. Bold is what no caller can tell from a success, and an error over a "
        "stream that keeps to the standards. A test asserts each cell, from [sdks.json](sdks.json). "
        "[clients.md](clients.md) says of all clients what they make of the most usual faults.\n\n"
    )
    yield f"| fault | {' | '.join(f'{sdk.name} `{sdk.call}`' for sdk in shown)} |\n"
    yield f"| --- |{' --- |' * len(shown)}\n"
    for met in sdks.faults:
        cells = (cell(met, sdk) for sdk in shown)
        yield f"| {_fault(met)} | {' | '.join(cells)} |\n"


def cell(met: Met, sdk: Sdk) -> str:
    """What the SDK did, in a few words of Markdown; empty where it was not measured."""
    did = met.did.get(sdk.key)
    legal = met.timeout_s is None and is_legal(met.fault)
    return words(did, met.spacing_s, legal=legal) if did is not None else ""


def is_legal(specs: str) -> bool:
    """Whether a client that follows the standards gets the same events."""
    return all(spec.fault.law in {"REFRAMING", "SHAPING"} for spec in grammar.parse(specs))


def _fault(met: Met) -> str:
    waits = f", the client's timeout {met.timeout_s:g} s" if met.timeout_s else ""
    return "; ".join(map(_spec, met.fault.split("; "))) + waits


def _spec(spec: str) -> str:
    name, _, rest = spec.partition(" ")
    return f"[{name}](#{name})" + (f" `{rest}`" if rest else "")


def words(did: Did, spacing_s: float | None = None, *, legal: bool = False) -> str:
    """What it did, in a few words of Markdown. `legal`: there is no reason for an error."""
    again = f", {did.requests} requests" if did.requests > 1 else ""
    if again and spacing_s:
        again += f" at least {spacing_s:g} s apart"
    if did.error is not None:
        said = f"{_BEFORE[did.text]}`{did.error}`"
        return (f"**{said}**" if legal else said) + again
    silent = _SILENT.get(did.text)
    return (f"**{silent}**" if silent else "the whole answer") + again
