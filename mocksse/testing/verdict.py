"""The server's verdict in a test: what the requests show of the client, to be looked at or to be asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.server.verdict import explain, findings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mocksse.server.journal import Record
    from mocksse.server.verdict import Finding


class Verdict:
    """Findings, in the order in which they happened."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.findings: list[Finding] = findings(records)

    def assert_ok(self, *, allow: Collection[str] = (), strict: bool = False) -> None:
        """Raises AssertionError where the client did wrong: not for checks of these names.

        `strict`: nor may there be a warning, of what could have had a reason that the server does not see.
        """
        __tracebackhide__ = True
        wrong = [one for one in self.findings if one.check not in allow and (strict or one.severity == "fail")]
        if wrong:
            raise AssertionError(f"what the server saw of the client:\n{explain(wrong)}")
