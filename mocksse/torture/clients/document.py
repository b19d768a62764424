"""docs/clients.md, made of the registry and of what was measured: how each client is pointed at mocksse, and what it
makes of the most usual faults.

`python -m mocksse.torture.clients.document > docs/clients.md` writes it, from the root of the project; a test holds the
file against it, and others run its lines and measure its cells.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.torture.clients.described import CAN
from mocksse.torture.clients.registry import CLIENTS
from mocksse.view.sdks import DATA, cell, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.torture.clients.described import Client, Speaks
    from mocksse.view.sdks import Met, Sdk, Sdks

FAULTS = (
    "status 429 retry-after=1 times=1",
    "status 400",
    "reset at=percent:50",
    "truncate at=percent:50",
    "zero-events",
    "error at=percent:50",
    "garbage-json",
    "byte-at-a-time",
)
"""Those that all clients meet."""


def _measured() -> Iterator[tuple[Client, Speaks]]:
    for one in CLIENTS.values():
        # A reader of events treats all APIs alike.
        yield from ((one, speaks) for speaks in (one.speaks[:1] if "raw" in one.speaks[0].can else one.speaks))


MEASURED = tuple(_measured())
"""What is measured: each client, and with which of its APIs."""
_TITLES = {"Python": "Python", "Node": "Node", "browser": "Browsers"}
_FENCES = {"Python": "python", "Node": "js", "browser": "js"}
_COMMAND = "sh"
"""For mocksse's own, which is a command."""
INTRODUCTION = """\
# Clients

Any client that takes a base URL can be pointed at mocksse. Here are those that are tested with it: the lines that do
it, and what each makes of the faults that are met most often. `mocksse serve cassettes/` is what they ask.

Each of them is also a program that speaks one contract: it streams one answer and says on one line of JSON what reached
its caller. `python -m mocksse.torture.clients.openai_python http://127.0.0.1:8080/v1` shows it, and
`mocksse/torture/clients/__init__.py` says all of it.

Clients of Node use the packages that are installed where they are run, or in the folder that `MOCKSSE_NODE` names;
where one is missing, a line says the npm command. The versions here are those that the tests run, and no promise of
their makers: a test asserts each cell, from [sdks.json](sdks.json), and others run the lines. Bold is what no caller
can tell from a success.

A client that comes back by itself was told to do so once at most (`--retries 1`): left alone, it would never stop.
"""
_CAN = """
## What they can

| client | package | version | APIs | can |
| --- | --- | --- | --- | --- |
"""


def document(sdks: Sdks) -> str:
    """The whole file."""
    measured = {sdk.client: sdk.version for sdk in sdks.sdks}
    parts = [INTRODUCTION, _CAN]
    for one in CLIENTS.values():
        can = ", ".join(f"`{word}`" for word in CAN if any(word in speaks.can for speaks in one.speaks))
        link = f"[{one.name}](#{one.name})"
        apis = ", ".join(one.apis)
        parts.append(f"| {link} | {one.package} | {measured[one.name]} | {apis} | {can} |\n")
    parts += ["\n", *(f"- `{word}`: {text}\n" for word, text in CAN.items())]
    language = ""
    for one in CLIENTS.values():
        if one.language != language:
            language = one.language
            parts.append(f"\n## {_TITLES[language]}\n")
        parts += _entry(one, sdks)
    return "".join(parts)


def _entry(one: Client, sdks: Sdks) -> Iterator[str]:
    yield f"\n### {one.name}\n\n{one.title}: `{_install(one)}`\n"
    own = one.program == "reference"
    for speaks in one.speaks[:1] if own else _told_apart(one):
        names = [other.api for other in one.speaks if own or _generic(other) == _generic(speaks)]
        yield f"\n{', '.join(names)}:\n\n```{_COMMAND if own else _FENCES[one.language]}\n{_shown(speaks)}\n```\n"
    yield from _table([sdk for sdk in sdks.sdks if sdk.client == one.name], sdks.faults)


def _told_apart(one: Client) -> Iterator[Speaks]:
    """The APIs whose lines are not those of one before."""
    seen: set[tuple[str, ...]] = set()
    for speaks in one.speaks:
        if _generic(speaks) not in seen:
            seen.add(_generic(speaks))
            yield speaks


def _shown(speaks: Speaks) -> str:
    """The lines as a formatter leaves them: what is imported stands apart."""
    lines = [*speaks.shown().splitlines(), *speaks.ask.splitlines()]
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    return "\n".join([*imports, "", *(line for line in lines if line not in imports)] if imports else lines)


def _generic(speaks: Speaks) -> tuple[str, ...]:
    return (*(line.replace("{url}", speaks.url("")) for line in speaks.lines), speaks.ask)


def _install(one: Client) -> str:
    if one.language == "Node":
        return f"npm install {' '.join(one.packages)}"
    names = " ".join(f"'{name}'" if "[" in name else name for name in one.packages)
    return f"pip install {names}"


def _table(measured: Sequence[Sdk], faults: Sequence[Met]) -> Iterator[str]:
    yield f"\n| fault | {' | '.join(sdk.api for sdk in measured)} |\n| --- |{' --- |' * len(measured)}\n"
    for met in faults:
        if met.fault in FAULTS:
            name, _, rest = met.fault.partition(" ")
            words = f"[{name}](faults.md#{name})" + (f" `{rest}`" if rest else "")
            yield f"| {words} | {' | '.join(cell(met, sdk) for sdk in measured)} |\n"


def main() -> None:
    """Print the file; run from the root of the project."""
    sys.stdout.write(document(parse(Path(DATA).read_text())))


if __name__ == "__main__":
    main()
