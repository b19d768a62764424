"""What `serve` says when it is up: what it plays, the variables that point an SDK at it, and a line to paste."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import click

from mocksse.figures import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.server.tape import Tape

_SHOWN = 12
"""Interactions listed; a folder may hold hundreds."""


def banner(tapes: Sequence[Tape], url: str, files: int) -> str:
    """The banner's lines; plain text where there is no terminal."""
    title = click.style("mocksse", fg="cyan", bold=True)
    lines = [f"{title} plays {plural(len(tapes), 'interaction')} of {plural(files, 'cassette')} at {url}", ""]
    width = max(len(_asked(tape)) for tape in tapes[:_SHOWN])
    lines += [f"  {_asked(tape):{width}}  {click.style(tape.key, dim=True)}" for tape in tapes[:_SHOWN]]
    if len(tapes) > _SHOWN:
        lines.append(click.style(f"  … and {len(tapes) - _SHOWN} more (mocksse show lists them)", dim=True))
    exports = list(dict.fromkeys(line for tape in tapes for line in exports_of(tape, url)))
    lines += ["", *(f"  {click.style(line, fg='green')}" for line in exports)]
    lines += ["", f"  {curl_line(_example(tapes), url)}", ""]
    return "\n".join(lines)


def _asked(tape: Tape) -> str:
    request = tape.interaction.request
    return f"{request.method or 'ANY':4} {request.path}"


def exports_of(tape: Tape, url: str) -> list[str]:
    """`export NAME=VALUE` for each variable that points an SDK of this tape's API here."""
    if tape.api is None:
        return []
    return [f"export {name}={value}" for name, value in tape.api.environment(tape.interaction.request.path, url)]


def _example(tapes: Sequence[Tape]) -> Tape:
    """The interaction to try first: a whole stream rather than an error."""
    return next((tape for tape in tapes if not tape.failed), tapes[0])


def curl_line(tape: Tape, url: str) -> str:
    """A command that plays the interaction, ready to paste into a shell."""
    request = tape.interaction.request
    parts = ["curl", "-N", f"{url}{request.path}"]
    method = request.method or "GET"
    if request.body is not None:
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "application/json")
        parts += ["-H", f"content-type: {kind}", "-d", _body(request.body)]
    if method != ("GET" if request.body is None else "POST"):
        parts[1:1] = ["-X", method]
    return " ".join(shlex.quote(part) for part in parts)


def _body(body: bytes) -> str:
    """The request body on one line, where JSON allows that."""
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")) if "\n" in text else text
    except ValueError:
        return text
