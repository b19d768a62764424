"""Reports as JUnit XML, as CI systems read it: a suite for each family of each client, a test for each case.

FAIL and TIMEOUT are failures. SKIP and NOT JUDGED are skipped. NON-STRICT and INFO pass, and say so in `system-out`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mocksse.torture.cases import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.torture.suite import Report
    from mocksse.torture.verdict import Verdict

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold, spelt or not."""
_SKIPPED = frozenset({"SKIP", "NOT JUDGED"})


def junit(reports: Sequence[Report]) -> bytes:
    """The file."""
    root = Element("testsuites", name="mocksse torture")
    for report in reports:
        for family in FAMILIES:
            those = [(c, v) for c, v in zip(report.by_case, report.cases, strict=True) if c.family == family]
            if those:
                _suite(root, report, family, [verdict for _, verdict in those])
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(root: Element, report: Report, family: str, verdicts: Sequence[Verdict]) -> None:
    name = f"{report.client.name} {report.api} {family}"
    took = sum(_seconds(report, verdict) for verdict in verdicts)
    suite = SubElement(
        root,
        "testsuite",
        name=_text(name),
        tests=str(len(verdicts)),
        failures=str(sum(verdict.failed for verdict in verdicts)),
        errors="0",
        skipped=str(sum(verdict.status in _SKIPPED for verdict in verdicts)),
        time=f"{took:.3f}",
    )
    for verdict in verdicts:
        _test(suite, report, verdict)


def _seconds(report: Report, verdict: Verdict) -> float:
    return sum(one.seconds for one in report.by_case[verdict.play.case])


def _test(suite: Element, report: Report, verdict: Verdict) -> None:
    case = verdict.play.case
    test = SubElement(
        suite,
        "testcase",
        name=case.id,
        classname=_text(f"{report.client.name}.{report.api}.{case.family}"),
        time=f"{_seconds(report, verdict):.3f}",
    )
    if verdict.failed:
        kind = verdict.wrong or verdict.status.lower()
        SubElement(test, "failure", message=_text(verdict.why), type=kind).text = _text(_details(report, verdict))
    elif verdict.status in _SKIPPED:
        SubElement(test, "skipped", message=_text(f"{verdict.status}: {verdict.why}"))
    elif verdict.status != "PASS":
        SubElement(test, "system-out").text = _text(f"{verdict.status}: {verdict.why}")


def _details(report: Report, verdict: Verdict) -> str:
    case = verdict.play.case
    failed = [one for one in report.by_case[case] if one.failed]
    lines = [
        f"{case.title} ({verdict.play.level}, severity {case.severity})",
        f"source: {case.source}",
    ]
    for one in failed:
        lines += [
            "",
            f"played:   {one.play.faults or 'the tape as it is'}",
            f"expected: {one.expected}",
            f"got:      {one.got}",
            f"again:    {report.again(one.play)}",
        ]
    return "\n".join(lines)


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
