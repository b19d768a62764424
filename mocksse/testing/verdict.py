"""The server's verdict in a test: what the requests show of the client, to be looked at or to be asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.server.verdict import findings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict import Finding


class Verdict:
    """Findings, in the order in which they happened."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.findings: list[Finding] = findings(records)

    def assert_ok(self, *, allow: Collection[str] = ()) -> None:
        """Raises AssertionError where anything was found but checks of these names."""
        __tracebackhide__ = True
        wrong = [finding for finding in self.findings if finding.check not in allow]
        if wrong:
            raise AssertionError("\n".join(["the client did not do well:", *(f"  {_line(one)}" for one in wrong)]))


def _line(finding: Finding) -> str:
    requests = ", ".join(f"#{number}" for number in finding.requests)
    return f"{finding.check} ({requests}): {finding.message}"
