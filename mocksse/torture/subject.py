"""Who is put to the test: a user's command, or a client of the box; which API it speaks, and what it claims it can."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.errors import UsageError, nearest
from mocksse.torture.case import APIS, EVENTS
from mocksse.torture.clients.described import CAN
from mocksse.torture.process import Kept, Once, Runner
from mocksse.torture.tapes import EVENTS_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BASES = {"openai-chat": "/v1", "openai-responses": "/v1", EVENTS: EVENTS_PATH}
NONE: frozenset[str] = frozenset()
_PROGRAM = re.compile(r"[^\s{}]+\.[A-Za-z]{1,5}")
"""A word that names a file of code: better than the name of what runs it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One client over one API. `base`: what its base URL has behind the server's address."""

    name: str
    argv: tuple[str, ...]
    api: str
    base: str = ""
    kept: bool = False
    """It has `--serve`."""
    more: tuple[str, ...] = ()
    """Arguments of the contract for each answer; only of one that has `--serve`."""
    can: frozenset[str] = NONE
    said: str = ""
    """The words on the command line that mean it."""
    path: str = ""
    """What it asks for, where that is not the API's usual path."""
    version: str = ""
    """What is installed of it, where it is one of the box."""

    def runner(self) -> Runner:
        """What gives its answers."""
        return Kept(self.argv, self.more) if self.kept else Once(self.argv)


def of_command(command: str, apis: Iterable[str] = (), can: Iterable[str] = ()) -> list[Subject]:
    """A user's own, for each API; OpenAI's chat where none is said. Raises UsageError for what can be no command."""
    try:
        argv = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--exec: {error}", "close the quotes") from None
    if not any("{url}" in part for part in argv):
        hint = "such as 'python my_client.py {url}'"
        raise UsageError("--exec has no {url}: the client could not know where to go", hint)
    claims = claimed(can)
    said = f"--exec {shlex.quote(command)}{_said(claims)}"
    name = next((Path(part).name for part in argv if _PROGRAM.fullmatch(part)), Path(argv[0]).name)
    found = known(apis) or ["openai-chat"]
    return [Subject(name, argv, api, _BASES.get(api, ""), can=claims, said=said) for api in found]


def of_box(name: str, apis: Iterable[str] = (), can: Iterable[str] = ()) -> list[Subject]:
    """A client of the box over each of these of its APIs that have a tape; all of them where none is said.

    Raises UsageError for a name of none, and where it speaks none of them.
    """
    from mocksse.torture.clients.installed import version_of
    from mocksse.torture.clients.registry import client

    found, more = client(name), claimed(can)
    wanted = known(apis) or list(APIS)
    version = version_of(found)
    subjects = [
        Subject(
            name,
            found.argv(),
            one.api,
            one.base,
            kept=True,
            can=more.union(one.can),
            said=f"--client {name}{_said(more)}",
            path=one.path,
            version=version,
        )
        for one in found.speaks
        if one.api in wanted and one.api in APIS
    ]
    if not subjects:
        raise UsageError(f"{name} does not speak {' or '.join(wanted)}", f"it speaks {', '.join(found.apis)}")
    return subjects


def speaks(name: str, apis: Iterable[str]) -> bool:
    """Whether a client of the box speaks any of these APIs; without one it does."""
    from mocksse.torture.clients.registry import client

    wanted = known(apis)
    return not wanted or any(api in wanted for api in client(name).apis)


def before(gateway: str, listen: str, subject: Subject) -> Subject:
    """The client as it reads a gateway: it tries nothing again by itself, so that all that mocksse sees is the
    gateway's own doing."""
    more = (*subject.more, "--retries", "0") if subject.kept else ()
    return replace(subject, more=more, said=f"{subject.said} --through {shlex.quote(gateway)} --listen {listen}")


def known(apis: Iterable[str]) -> list[str]:
    """The APIs. Raises UsageError for one that has no tape."""
    found = list(apis)
    for api in found:
        if api not in APIS:
            raise UsageError(f"--api {api}: no such API", nearest(api, APIS) or f"one of {', '.join(APIS)}")
    return found


def claimed(words: Iterable[str]) -> frozenset[str]:
    """Capabilities by name, separated by commas too. Raises UsageError for one that is none."""
    found = {word.strip() for text in words for word in text.split(",") if word.strip()}
    names: Mapping[str, str] = {str(name): text for name, text in CAN.items()}
    for word in sorted(found - names.keys()):
        raise UsageError(f"--can {word}: no such capability", nearest(word, names) or f"one of {', '.join(names)}")
    return frozenset(found)


def _said(claims: frozenset[str]) -> str:
    """Capabilities as the words of the command line that claim them."""
    return f" --can {','.join(sorted(claims))}" if claims else ""
