"""docs/faults.md, made of the catalogue: so that what is written is what is played.

`python -m mocksse.view.faults_doc > docs/faults.md` writes it, from the root of the project; a test holds the file
against it. Each excerpt is of the plan of the fault's own example, over the first recording of docs/faults.yaml that it
applies to: the writes from the first that differs from the whole answer, and the end.
"""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cassette.pacing import Pacing
from mocksse.figures import us_text
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.cases import CASES
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.reconnect import RESUME
from mocksse.replay.faults.registry import FAULTS
from mocksse.view.faults_prose import ABOUT_CASES, ABOUT_EXCERPTS, ABOUT_LAWS, INTRODUCTION
from mocksse.view.faults_table import COMMON, LAWS, by_family, link, param_text, usage
from mocksse.view.sdks import DATA, section
from mocksse.view.sdks import parse as parse_sdks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.fault import Fault
    from mocksse.replay.plan import Plan, Write
    from mocksse.view.sdks import Sdks

SAMPLES = "docs/faults.yaml"
_WIDTH = 96
"""Columns of bytes in an excerpt."""
_TITLES = {"http": "HTTP"}
_LONG = 16 * 1024
"""Bytes of a write up to which the first that differs is looked for."""
_WRITES = 3
"""Writes in an excerpt, beside the one before them and the end."""
_ENDS = {
    "complete": "the connection stays open",
    "fin": "FIN",
    "reset": "RST",
    "hold": "silence, until the client leaves",
    "close-on-next-request": "closed when the next request comes",
}


def document(samples: Sequence[Interaction], sdks: Sdks) -> str:
    """The whole file. `samples`: what the excerpts are taken from, the most usual first."""
    families = by_family(FAULTS.values())
    parts = [
        INTRODUCTION,
        *_table(("key", "the fault is played"), ((f"`{key}`", text) for key, text in _escaped(COMMON))),
    ]
    parts += ["\n", ABOUT_LAWS, *(f"| {law} | {text} |\n" for law, text in LAWS.items()), "\n", ABOUT_EXCERPTS]
    for family, faults in families.items():
        parts.append(f"- **{family}**: {', '.join(f'[{fault.name}](#{fault.name})' for fault in faults)}\n")
    for family, faults in families.items():
        parts.append(f"\n## {_TITLES.get(family, family.capitalize())}\n")
        for fault in faults:
            parts += _entry(fault, samples)
    return "".join([*parts, "\n", *section(sdks), "\n", ABOUT_CASES, *_cases()])


def _escaped(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, text in rows:
        yield name.replace("|", r"\|"), text.replace("|", r"\|")


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |\n| {' | '.join('---' for _ in headings)} |\n"
    yield from (f"| {' | '.join(row)} |\n" for row in rows)


def _entry(fault: Fault, samples: Sequence[Interaction]) -> Iterator[str]:
    yield f"\n### {fault.name}\n\n**{fault.law}** · {fault.summary}\n"
    if fault.details:
        yield "\n" + "\n\n".join(" ".join(part.split()) for part in fault.details.split("\n\n")) + "\n"
    if fault.params:
        rows = [(f"`{name}`", text) for name, text in _escaped((usage(p), param_text(p)) for p in fault.params)]
        yield "\n"
        yield from _table(("key", "what it says [default]"), rows)
    yield "\n"
    found = sample_of(fault, samples)
    if found is None:
        yield f"    --fault {shlex.quote(fault.example)}\n"
    else:
        comes_back = f" --last-event-id {found.last}" if found.last is not None else ""
        words = f"{found.interaction.name} --fault {shlex.quote(fault.example)}{comes_back}"
        yield f"```text\n$ mocksse plan {SAMPLES} {words}\n"
        yield from (f"{line}\n" for line in excerpt(found.whole, found.broken, compressed=found.compressed))
        yield "```\n"
    if fault.cases:
        yield f"\nCases: {', '.join(f'{n} {CASES[n].name}' for n in fault.cases)}.\n"
    links = [f"[{source}]({address})" if (address := link(source)) else source for source in fault.sources]
    yield f"\nSources: {', '.join(links)}.\n"


def _cases() -> Iterator[str]:
    for case in CASES.values():
        names = ", ".join(f"[{fault.name}](#{fault.name})" for fault in FAULTS.values() if case.number in fault.cases)
        by = f"left out: {case.left_out}" if case.left_out else names
        yield f"| {case.number} | {case.name} | {case.expect} | {case.should} | {by} |\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording, its plan as it was recorded, and its plan with a fault in it."""

    interaction: Interaction
    whole: Plan
    broken: Plan
    last: str | None = None
    """The Last-Event-ID that the client comes back with."""
    compressed: bool = False


def sample_of(fault: Fault, interactions: Iterable[Interaction]) -> Sample | None:
    """The first recording that the fault's example applies to, with it and without; None: to none."""
    specs = parse(fault.example)
    last = "3" if any(spec.fault.name == RESUME or spec.when.on == "resume" for spec in specs) else None
    for interaction in interactions:

        def plan(compress: bool, one: Interaction = interaction) -> Plan:
            return compile_plan(one, Pacing(), _play(one), faults=specs, last=last, strict=True, compress=compress)

        with suppress(Refused):
            broken = plan(True)
            whole = compile_plan(interaction, Pacing(), _play(interaction))
            return Sample(interaction, whole, broken, last, plan(False).wire != broken.wire)
    return None


def _play(sample: Interaction) -> Play:
    # A time of day that is always the same, as the file has to be.
    return Play(0, f"faults#{sample.name}", 1, sample.request.path, lambda: 1_800_000_000.0)


def excerpt(whole: Plan, broken: Plan, *, compressed: bool = False) -> Iterator[str]:
    """The first writes of `broken` that are not as in `whole`, and how it ends.

    Nothing is shown of a compressed body: what zlib makes of the same bytes differs from version to version.
    """
    same = 0
    for one, other in zip(whole.writes, broken.writes, strict=False):
        if one != other:
            break
        same += 1
    first = max(same - 1, 0)
    if first:
        yield "       …"
    for index, write in enumerate(broken.writes[first : same + _WRITES], first):
        hidden = compressed and write.upto >= 0
        said = "… gzip …" if hidden else _bytes(write, whole.writes[max(0, index - 2) : index + 3])
        yield f"{_at(write.at_us)}  {said}"
    if same + _WRITES < len(broken.writes):
        yield "       …"
    yield f"{_at(broken.end_us)}  {_ENDS[broken.finish]}"


def _at(us: int) -> str:
    return f"{us_text(us):>10}"


def _bytes(write: Write, near: Sequence[Write]) -> str:
    """The write's bytes; where they are many, those that are not as in one of `near`, or else both ends."""
    if len(write.data) > _LONG:
        return f"{visible(write.data[:_WIDTH])[: _WIDTH * 2 // 3]}…{visible(write.data[-_WIDTH:])[-_WIDTH // 3 :]}"
    text = visible(write.data)
    if len(text) <= _WIDTH:
        return text
    at = len(visible(write.data[: _difference(write, near)]))
    if not _WIDTH // 2 < at < len(text) - _WIDTH // 4:
        return f"{text[: _WIDTH * 2 // 3]}…{text[_WIDTH * 2 // 3 + 1 - _WIDTH :]}"
    start = min(at - _WIDTH // 2, len(text) - _WIDTH)
    return (
        f"…{text[start + 1 : start + _WIDTH - 1]}{text[start + _WIDTH - 1 :] if start + _WIDTH >= len(text) else '…'}"
    )


def _difference(write: Write, near: Sequence[Write]) -> int:
    """Where the write's first byte is that another has not, as far as there is one much like it; 0 where none is.

    The size of its chunk does not count: it changes with the least change.
    """
    lead = write.data.find(b"\r\n") + 2 if write.upto >= 0 else 0
    common = 0
    for other in near:
        begin = other.data.find(b"\r\n") + 2 if other.upto >= 0 else 0
        pairs = zip(write.data[lead:], other.data[begin:], strict=False)
        shorter = min(len(write.data) - lead, len(other.data) - begin)
        common = max(common, next((i for i, (a, b) in enumerate(pairs) if a != b), shorter))
    return lead + common


_NAMED = {"\r": r"\r", "\n": r"\n", "\t": r"\t", "\\": "\\"}


def visible(data: bytes) -> str:
    """The bytes as text on one line: `\\r\\n` for line ends, `\\xff` for what is no text."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else _NAMED.get(c) or _escape(c) for c in text)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def main() -> None:
    """Print the file; run from the root of the project."""
    from mocksse.cassette.load import load

    sys.stdout.write(document(load(Path(SAMPLES)).interactions, parse_sdks(Path(DATA).read_text())))


if __name__ == "__main__":
    main()
