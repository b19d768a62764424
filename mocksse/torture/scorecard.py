"""The scorecard: what clients of today make of broken streams, in Markdown. Made of a report's JSON alone.

Nothing is said of a client that was not seen: each line of a failure has what was sent, what its caller got, and the
command that plays it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.torture.cases import FAMILIES
from mocksse.torture.verdict import FAILED, WRONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LONG = 160
INTRODUCTION = """\
# Scorecard

What clients make of the ways in which LLM streams are known to break. Made on {day} by

```sh
{command}
```

with {by}, from the versions that were installed on that day. Each cell has the cases that a client passed, of those
that could be put to it and that a standard or practice decides; behind it, in bold, those in which its caller was told
a wrong answer **without a word**. Cases that nobody has decided, and those in which practice disagrees with the
standard, count for nobody.

To be fair: every client is asked as its own documentation begins, with its own retries, and told to bear {idle_s:g} s
of silence where a case is about patience. What a client hands on and what it leaves to its caller differs: one that
only reads events can't know that an answer broke off, and is judged for it all the same, because its caller is not told
either. No failure is the opinion of a person: what was sent, and what came out, stands below each; the
[page](scorecard.html) has the bytes; [torture.md](torture.md) has the cases and whose sentence each rests on.
[scorecard-checked.md](scorecard-checked.md) follows three of the failures into the source of the client.
"""


def scorecard(document: Mapping[str, Any], day: str, command: str) -> str:
    """The whole file. `document`: what `--json` writes; `command`: what it was made by."""
    options = document["options"]
    parts = [INTRODUCTION.format(day=day, command=command, by=document["by"], idle_s=options["idle_s"])]
    reports = document["reports"]
    parts.append("\n## Clients by families\n\n" + "".join(_table(reports)))
    parts.append("\n## Without a word\n\n" + "".join(_silent(reports)))
    parts += ["\n## All failures\n", *(f"\n{''.join(_failures(report))}" for report in reports if _failed(report))]
    if document["troubles"]:
        parts.append("\n## Not judged\n\n" + "".join(f"- {_cell(trouble)}\n" for trouble in document["troubles"]))
    return "".join(parts)


def _table(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"| client | API | {' | '.join(FAMILIES)} | silent | failed |\n"
    yield f"| --- | --- |{' ---: |' * (len(FAMILIES) + 2)}\n"
    for report in reports:
        cells = [_share(report, family) for family in FAMILIES]
        silent = sum(case["wrong"] == "silent" for case in _failed(report))
        named = f"{report['client']} {report['version'] or ''}".strip()
        counts = f"{f'**{silent}**' if silent else '0'} | {len(_failed(report))}"
        yield f"| {_link(report, named)} | {report['api']} | {' | '.join(cells)} | {counts} |\n"


def _share(report: Mapping[str, Any], family: str) -> str:
    those = [case for case in report["cases"] if case["id"].startswith(f"{family}/")]
    decided = [case for case in those if case["status"] == "PASS" or case["status"] in FAILED]
    if not decided:
        return ""
    passed = sum(case["status"] == "PASS" for case in decided)
    silent = sum(case["wrong"] == "silent" for case in decided if case["status"] in FAILED)
    return f"{passed}/{len(decided)}{f' **{silent}**' if silent else ''}"


def _silent(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """By case: who tells its caller a wrong answer as a success."""
    found: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for report in reports:
        for case in _failed(report):
            if case["wrong"] == "silent":
                titles[case["id"]] = case["title"]
                found.setdefault(case["id"], []).append(f"{report['client']} ({report['api']})")
    yield "| case | a right client | who did not say |\n| --- | --- | --- |\n"
    for case, who in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"| `{case}` | {_cell(titles[case])} | {', '.join(who)} |\n"


def _failures(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {_title(report)}\n\n"
    order = list(WRONG)
    for case in sorted(_failed(report), key=lambda case: (order.index(case["wrong"] or ""), case["id"])):
        answer = next(one for one in case["answers"] if one["status"] in FAILED)
        yield f"- `{case['id']}` {WRONG.get(case['wrong'] or '', '') or 'failed'}.\n"
        yield f"  Sent: {_code(answer['faults'] or 'the tape as it is')}. Expected: {_cell(answer['expected'])}.\n"
        yield f"  Got: {_cell(answer['got'])}.\n"
        yield f"  Again: {_code(answer['again'])}\n"


def _failed(report: Mapping[str, Any]) -> list[Any]:
    return [case for case in report["cases"] if case["status"] in FAILED]


def _title(report: Mapping[str, Any]) -> str:
    return f"{report['client']} over {report['api']}"


def _link(report: Mapping[str, Any], text: str) -> str:
    if not _failed(report):
        return text
    return f"[{text}](#{_title(report).lower().replace(' ', '-')})"


def _code(text: str) -> str:
    """As code, whatever is in it."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{_line(text)}{fence}"


def _cell(text: str) -> str:
    """Plain text, on one line, that is no Markdown."""
    line = _line(text)
    line = line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"
    return "".join(f"\\{char}" if char in "\\`*_|<>[]" else char for char in line)


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
