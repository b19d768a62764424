"""The fault catalogue in a terminal: a table by family, and the whole entry of one fault. Values in, text out.

What is here for `mocksse faults` (laws, units, common keys, links) is what docs/faults.md says too.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from typing import TYPE_CHECKING, Any, get_args

import click

from mocksse.figures import plural
from mocksse.replay.faults.cases import CASES
from mocksse.replay.faults.fault import NAMED, NUMBERED, Family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mocksse.replay.faults.cases import Case
    from mocksse.replay.faults.fault import Fault, Law, Param

LAWS: dict[Law, str] = {
    "SHAPING": "keeps the body's bytes; only when they come, and where they are cut, changes",
    "REFRAMING": "keeps the events as a client parses them; only how they are written changes",
    "LOSSY": "leaves a prefix of the body, or a subsequence of its events",
    "CORRUPTING": "changes the bytes it names, and leaves all others as they were",
    "GATING": "replaces or delays the head",
    "ENDING": "changes only what comes behind the body",
}
"""What each law promises."""

COMMON = (
    ("times=N", "only N times"),
    ("after=N", "not the first N plays"),
    ("every=N", "each N-th play"),
    ("p=0.1", "by chance; the same seed, the same plays"),
    ("on=first|resume", "only requests without, or with, Last-Event-ID"),
)
"""The keys that every fault takes."""

_VALUES = {
    "place": "PLACE",
    "count": "N",
    "integer": "N",
    "size": "SIZE",
    "duration": "TIME",
    "text": "TEXT",
}
"""How a value is written, by its unit; a word is written as one of its words."""

_COLOURS: dict[Law, str] = {
    "SHAPING": "green",
    "REFRAMING": "cyan",
    "LOSSY": "yellow",
    "CORRUPTING": "red",
    "GATING": "magenta",
    "ENDING": "blue",
}
_EXPECTED = {"SAME": "green", "FAIL": "red", "RETRY": "magenta", "POLICY": "yellow"}
_WIDEST = 100
"""Columns of running text."""
_LEAST = 24
"""Columns that text keeps, however narrow the terminal."""
_SHORT = 20
"""Columns of the words that a parameter takes, up to which they stand beside its name."""


def by_family(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """The faults of each family that has any, in the order in which the registry has them."""
    families: dict[str, list[Fault]] = {family: [] for family in get_args(Family)}
    for fault in faults:
        families[fault.family].append(fault)
    return {family: members for family, members in families.items() if members}


def table_lines(faults: Sequence[Fault], width: int) -> list[str]:
    """A row for each fault, under its family: name, law, what a client meets, numbers of cases where there is room."""
    names = max((len(fault.name) for fault in faults), default=0)
    laws = max((len(fault.law) for fault in faults), default=0)
    numbers = max((len(_numbers(fault)) for fault in faults), default=0) + 2
    said = max((len(fault.summary) for fault in faults), default=0)
    lead = names + laws + 6
    room = width - lead - numbers
    if room < _LEAST * 2:
        room, numbers = max(width - lead, _LEAST), 0
    room = min(room, said)
    lines: list[str] = []
    for family, members in by_family(faults).items():
        lines += ["", f"{_heading(family)}  {click.style(plural(len(members), 'fault'), dim=True)}"]
        for fault in members:
            first, *others = _wrapped(fault.summary, room)
            law = click.style(fault.law.ljust(laws), fg=_COLOURS[fault.law])
            last = click.style(f"  {_numbers(fault)}", dim=True) if numbers and fault.cases else ""
            lines.append(f"  {fault.name.ljust(names)}  {law}  {first.ljust(room) if last else first}{last}")
            lines += [f"{'':{lead}}{other}" for other in others]
    return lines[1:]


def case_lines(case: Case, width: int) -> list[str]:
    """A case: its number and name, and what a client should do."""
    expect = click.style(case.expect, fg=_EXPECTED[case.expect])
    lines = [f"{_heading(f'{case.number} {case.name}')}  {expect}"]
    lines += _text(f"a client should {case.should}", min(width, _WIDEST))
    if case.left_out:
        lines += _text(f"no fault plays it: {case.left_out}", min(width, _WIDEST))
    return lines


def entry_lines(fault: Fault, width: int) -> list[str]:
    """All that there is to know of a fault."""
    width = min(width, _WIDEST)
    law = click.style(fault.law, fg=_COLOURS[fault.law])
    lines = [f"{click.style(fault.name, bold=True)}  {law}  {click.style(fault.family, dim=True)}"]
    lines += _text(fault.summary, width)
    first, *others = _text(f"{fault.law} {LAWS[fault.law]}", width)
    lines += ["", first.replace(fault.law, law), *others]
    for paragraph in filter(None, fault.details.split("\n\n")):
        lines += ["", *_text(" ".join(paragraph.split()), width)]
    rows = [(f"{usage(param)}", param_text(param)) for param in fault.params]
    # Of a word that stands for something else here, the fault's own meaning counts.
    common = [row for row in COMMON if fault.param(row[0].partition("=")[0]) is None]
    lead = max(len(name) for name, _ in [*rows, *common]) + 4
    if rows:
        lines += ["", _heading("parameters"), *_rows(rows, lead, width)]
    lines += ["", _heading("on every fault"), *_rows(common, lead, width)]
    lines += ["", _heading("example"), f"  {click.style(command(fault), fg='cyan')}"]
    if fault.cases:
        lines += ["", _heading("cases")]
        names = max(len(CASES[number].name) for number in fault.cases)
        lines += [line for number in fault.cases for line in _case_rows(CASES[number], names, width)]
    lines += ["", _heading("sources"), *(f"  {link(source) or source}" for source in fault.sources)]
    return lines


def describe(fault: Fault) -> dict[str, Any]:
    """The entry as `--json` has it."""
    return {
        "name": fault.name,
        "family": fault.family,
        "law": fault.law,
        "summary": fault.summary,
        "cases": list(fault.cases),
        "parameters": [
            {
                "name": param.name,
                "unit": param.unit,
                "default": param.default,
                "words": list(param.words) if param.unit == "word" else _places(param),
                "bare": param.bare,
                "help": param.help,
            }
            for param in fault.params
        ],
        "example": fault.example,
        "source": list(fault.sources),
        "details": fault.details,
    }


def command(fault: Fault) -> str:
    """The fault's example as a command to type."""
    return f"mocksse serve cassettes/ --fault {shlex.quote(fault.example)}"


def usage(param: Param) -> str:
    """`at=PLACE`, `then=end|go-on`; in brackets what may be left out in front of the value."""
    words = "|".join(param.words)
    value = _VALUES.get(param.unit) or (words if len(words) <= _SHORT else "WORD")
    return f"[{param.name}=]{value}" if param.bare else f"{param.name}={value}"


def param_text(param: Param) -> str:
    """Its help, its words where that does not say what each means, and what it is where it is not said."""
    text = param.help if param.help.endswith("...") else param.help.removesuffix(".")
    if usage(param).endswith("WORD") and not all(re.search(rf"(?<![\w-]){re.escape(w)}: ", text) for w in param.words):
        text = f"{text}: {', '.join(param.words)}"
    return text if param.default is None else f"{text} [{param.default}]"


def link(source: str) -> str:
    """The address of a thread or of a section of a standard; an empty string for what has none that is known."""
    if found := re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", source):
        return f"https://github.com/{found[1]}/issues/{found[2]}"
    if re.fullmatch(r"[\w.-]+/[\w.-]+", source):
        return f"https://github.com/{source}"
    if found := re.match(r"RFC (\d{4,5})(?:[, ]+(?:section )?(\d+(?:\.\d+)*))?", source):
        return f"https://www.rfc-editor.org/rfc/rfc{found[1]}" + (f"#section-{found[2]}" if found[2] else "")
    if found := re.match(r"WHATWG HTML 9\.2\.(\d)", source):
        section = {"5": "#parsing-an-event-stream", "6": "#event-stream-interpretation"}.get(found[1], "")
        return f"https://html.spec.whatwg.org/multipage/server-sent-events.html{section}"
    return ""


def _places(param: Param) -> list[str]:
    if param.unit != "place":
        return []
    named = NAMED if "head" in param.words else NAMED[1:]
    return [*(f"{kind}:N" for kind in NUMBERED), *named]


def _numbers(fault: Fault) -> str:
    return ", ".join(map(str, fault.cases))


def _heading(text: str) -> str:
    return click.style(text, bold=True)


def _text(text: str, width: int) -> list[str]:
    return [f"  {line}" for line in _wrapped(text, width - 2)]


def _rows(rows: Iterable[tuple[str, str]], lead: int, width: int) -> Iterator[str]:
    for name, text in rows:
        first, *others = _wrapped(text, width - lead)
        yield f"  {name.ljust(lead - 2)}{first}".rstrip()
        yield from (f"{'':{lead}}{other}" for other in others)


def _case_rows(case: Case, names: int, width: int) -> Iterator[str]:
    expect = click.style(case.expect.ljust(6), fg=_EXPECTED[case.expect])
    first, *others = _wrapped(case.should, width - names - 17)
    yield f"  {case.number:3}  {case.name.ljust(names)}  {expect}  {first}"
    yield from (f"{'':{names + 17}}{other}" for other in others)


def _wrapped(text: str, width: int) -> list[str]:
    """One line or more."""
    return textwrap.wrap(text, max(width, _LEAST), break_on_hyphens=False, break_long_words=False) or [""]
