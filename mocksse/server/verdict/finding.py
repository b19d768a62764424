"""A finding, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.figures import printable
from mocksse.server.verdict.checks import CHECKS, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Finding:
    """`requests`: the numbers of those that show it, ascending."""

    check: str
    requests: tuple[int, ...]
    message: str
    severity: Severity = "fail"


def found(check: str, requests: Iterable[int], message: str, severity: Severity | None = None) -> Finding:
    """A finding of that check, as bad as its row says unless `severity` says less."""
    return Finding(check, tuple(requests), message, severity or CHECKS[check].severity)


def outcome(findings: Iterable[Finding]) -> Literal["pass", "warn", "fail"]:
    """The worst of them."""
    severities = {finding.severity for finding in findings}
    return "fail" if "fail" in severities else "warn" if severities else "pass"


def explain(findings: Iterable[Finding]) -> str:
    """One line each: how bad, which check, which requests, and what was seen. Empty where nothing was found."""
    findings = list(findings)
    wide = max((len(finding.check) for finding in findings), default=0)
    who = [_numbers(finding.requests) for finding in findings]
    most = max(map(len, who), default=0)
    return "\n".join(
        f"{finding.severity}  {finding.check:{wide}}  {numbers:{most}}  {printable(finding.message)}"
        for finding, numbers in zip(findings, who, strict=True)
    )


def _numbers(requests: tuple[int, ...]) -> str:
    """`#3`, `#3 #7`, or of many the first and the last."""
    if len(requests) > 3:
        return f"#{requests[0]}…#{requests[-1]}"
    return " ".join(f"#{number}" for number in requests)
