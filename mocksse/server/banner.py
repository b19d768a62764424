"""What `serve` says when it is up: what it plays, the variables that point an SDK at it, and a line to paste."""

from __future__ import annotations

import json
import shlex
import string
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from mocksse.cassette.pacing import words
from mocksse.figures import plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.pacing import Pacing
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.bases import Base
    from mocksse.server.tape import Tape

_LONG = 2000
"""Bytes of a request body that nobody wants to see in a terminal."""
_SHOWN = 12
"""Interactions listed; a folder may hold hundreds."""


def banner(
    tapes: Sequence[Tape],
    url: str,
    files: int,
    faults: Sequence[Spec] = (),
    pacing: Pacing | None = None,
    bases: Sequence[Base] = (),
    more: Sequence[str] = (),
) -> str:
    """The banner's lines; plain text where there is no terminal. `faults` and `pacing`: those of the default session;
    `bases`: what is there beside its recordings; `more`: what else there is to say."""
    lines = [_title(tapes, url, files, bases), *([""] if tapes else []), *_interactions(tapes)]
    sections = (
        _bases(bases),
        [click.style(printable(line), dim=True) for line in more],
        [click.style(f"faults: {_spelt(faults)}", fg="yellow")] if faults else [],
        _pace(tapes, pacing),
        [click.style(line, fg="green") for line in dict.fromkeys(e for tape in tapes for e in exports_of(tape, url))],
        [curl_line(_example(tapes), url)] if tapes else [],
    )
    for section in sections:
        if section:
            lines += ["", *(f"  {line}" for line in section)]
    return "\n".join([*lines, ""])


def _title(tapes: Sequence[Tape], url: str, files: int, bases: Sequence[Base]) -> str:
    does = [f"plays {plural(len(tapes), 'interaction')} of {plural(files, 'cassette')}"] if tapes else []
    does += ["records"] if any(base.records for base in bases) else []
    return f"{click.style('mocksse', fg='cyan', bold=True)} {' and '.join(does) or 'plays nothing yet'} at {url}"


def _interactions(tapes: Sequence[Tape]) -> Iterator[str]:
    width = max((len(_asked(tape)) for tape in tapes[:_SHOWN]), default=0)
    for tape in tapes[:_SHOWN]:
        broken = click.style(f"  {_spelt(tape.faults)}", fg="yellow") if tape.faults else ""
        yield f"  {_asked(tape):{width}}  {click.style(printable(tape.key), dim=True)}{broken}"
    if len(tapes) > _SHOWN:
        yield click.style(f"  … and {len(tapes) - _SHOWN} more (mocksse show lists them)", dim=True)


def _bases(bases: Sequence[Base]) -> list[str]:
    width = max((len(base.path) for base in bases), default=0)
    lines = []
    for base in bases:
        text = click.style(printable(base.text), fg="magenta" if base.records else "yellow") if base.text else ""
        lines.append(f"{base.path:{width}}  {text}".rstrip())
    return lines


def _spelt(faults: Sequence[Spec]) -> str:
    return printable("; ".join(spec.text for spec in faults))


def _asked(tape: Tape) -> str:
    return printable(tape.interaction.request.label)


def _pace(tapes: Sequence[Tape], pacing: Pacing | None) -> list[str]:
    """What was said of time, where it is the same for all and not as recorded; and where `tps` can't do anything."""
    said = {" ".join(f"{name}={value}" for name, value in words(tape.paced(pacing)).items()) for tape in tapes}
    lines = []
    if len(said) == 1 and (spelt := said.pop()):
        lines.append(f"pace: {spelt}{' (text events a second)' if 'tps=' in spelt else ''}")
    mute = [
        printable(t.key)
        for t in tapes
        if t.paced(pacing).tps is not None and not t.interaction.response.failed and not any(t.text_events)
    ]
    if mute:
        more = f" and {len(mute) - 3} more" if len(mute) > 3 else ""
        lines.append(
            click.style(f"no text events are known in {', '.join(mute[:3])}{more}: no gaps there", fg="yellow")
        )
    return lines


def exports_of(tape: Tape, url: str) -> list[str]:
    """`export NAME=VALUE` for each variable that points an SDK of this tape's API here."""
    if tape.api is None:
        return []
    environment = tape.api.environment(tape.interaction.request.path, url)
    return [printable(f"export {name}={shlex.quote(value)}") for name, value in environment]


def _example(tapes: Sequence[Tape]) -> Tape:
    """The interaction to try first: whole rather than an error, with a short prompt, and to be seen streaming."""

    def misfit(tape: Tape) -> tuple[bool, bool, bool]:
        body = tape.interaction.request.body or b""
        return (
            tape.interaction.response.failed,
            len(body) > _LONG,
            not 1_000_000 <= tape.interaction.response.end_us <= 15_000_000,
        )

    return min(tapes, key=misfit)


def curl_line(tape: Tape, url: str) -> str:
    """A command that plays the interaction, ready to paste into a shell."""
    request = tape.interaction.request
    # A cassette by hand may have a path that no request line can hold.
    parts = ["curl", "-N", url + quote(request.path, safe=string.punctuation)]
    if set("[]{}") & set(request.path):
        parts.insert(1, "-g")
    if request.method not in {None, "GET" if request.body is None else "POST"}:
        parts[1:1] = ["-I"] if request.method == "HEAD" else ["-X", str(request.method)]
    if request.body is not None:
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "application/json")
        body = _body(request.body)
        parts += ["-H", f"content-type: {kind}", "--data-raw" if body.startswith("@") else "-d", body]
    return printable(" ".join(shlex.quote(part) for part in parts))


def _body(body: bytes) -> str:
    """The request body on one line, where JSON allows that, and without a prompt that fills the screen."""
    text = body.decode("utf-8", "replace")
    if "\n" not in text and len(body) <= _LONG:
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if len(body) > _LONG and isinstance(value, dict):
        # Enough to be answered; a shell takes no argument of 128 KiB.
        value = {key: value[key] for key in ("model", "stream") if key in value}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
