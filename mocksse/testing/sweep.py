"""Every cut: one test, run at each place where an answer can be cut, and the smallest at which it fails.

Where there are more places than a limit, a seeded sample is tried first, and when one fails all below it: the smallest
is the smallest of all.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, NoReturn

import pytest

from mocksse.errors import UsageError
from mocksse.figures import plural
from mocksse.replay.draft import PLAIN
from mocksse.replay.faults.grammar import parse
from mocksse.replay.layout import lay_out
from mocksse.testing import plays
from mocksse.testing.cuts import Cut, applies, cuts_of, sampled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mocksse.cassette.model import Cassette, Interaction
    from mocksse.testing.fixture import Mocksse

LIMIT = 500
"""Cuts that are tried first, unless a test says otherwise."""
_PASSED_ON = (KeyboardInterrupt, SystemExit, pytest.exit.Exception, pytest.skip.Exception)
"""What says nothing of a cut."""


class Sweep:
    """The cuts of one test. Raises UsageError for a marker that says what can't be done."""

    def __init__(self, item: pytest.Function, session: Mocksse) -> None:
        marker = item.get_closest_marker("mocksse_cuts")
        assert marker is not None  # noqa: S101 - whoever calls has looked
        self._item = item
        self._session = session
        try:
            inspect.signature(_marked).bind(item, session, *marker.args, **marker.kwargs)
        except TypeError as error:
            hint = "it is mocksse_cuts('chat.yaml', at='byte', fault='split', limit=500, seed=0)"
            raise UsageError(f"mocksse_cuts: {error}", hint) from None
        self._interaction, self.cuts, self.first = _marked(item, session, *marker.args, **marker.kwargs)
        self._layout = lay_out(self._interaction, PLAIN)

    def run(self) -> None:
        """Run the test at all cuts but the last, at which it is to be run by whoever would run it anyhow.

        Raises what the test raised at the smallest cut that fails, with a note of where.
        """
        __tracebackhide__ = True
        *but_last, last = self.first
        failed = self._first_failing(but_last)
        if failed is not None:
            self.fail(*failed)
        self._session.play_cut(self.cuts[last])

    def run_last(self, error: BaseException) -> None:
        """At the last cut it raised this."""
        __tracebackhide__ = True
        if not isinstance(error, _PASSED_ON):
            self.fail(self.first[-1], error)

    def fail(self, index: int, error: BaseException) -> NoReturn:
        """Find the smallest cut that fails, and raise its error."""
        __tracebackhide__ = True
        tried = set(self.first)
        found = self._first_failing(
            [i for i in range(index) if i not in tried and applies(self._interaction, self.cuts[i], self._layout)]
        )
        if found is None and self._session.cut is not self.cuts[index]:
            found = self._first_failing([index])  # the journal is to be that of this run
        index, error = found or (index, error)
        cut = self.cuts[index]
        said = f"the smallest of {plural(len(self.cuts), 'cut')}" if len(self.cuts) > 1 else "the one cut there was"
        error.add_note(
            f"mocksse: it fails at {cut.fault}, {said}\n"
            f"  bytes  {cut.around}\n"
            f"  again  pytest '{self._item.nodeid}' --mocksse-cut '{cut.fault}'"
        )
        raise error

    def _first_failing(self, which: Iterable[int]) -> tuple[int, BaseException] | None:
        __tracebackhide__ = True
        for index in which:
            cut = self.cuts[index]
            self._session.play_cut(cut)
            try:
                self._item.ihook.pytest_pyfunc_call(pyfuncitem=self._item)
                self._session.check()
            except _PASSED_ON:
                raise
            except BaseException as error:
                return index, error
        return None


def _marked(
    item: pytest.Item,
    session: Mocksse,
    cassette: str | Path | Cassette | Interaction,
    *,
    at: str = "event",
    fault: str = "truncate",
    limit: int = LIMIT,
    seed: int = 0,
) -> tuple[Interaction, tuple[Cut, ...], list[int]]:
    """What a marker wants to be cut, its cuts, and which of them are tried first; it is played from now on."""
    named = plays.shelved([cassette], session.config.cassette_dir, session.api)
    interactions = [interaction for one in named for interaction in one.shelved.cassette]
    if len(interactions) != 1:
        known = ", ".join(interaction.name for interaction in interactions[:8])
        raise UsageError("mocksse_cuts: one interaction is cut", f"say which, as 'chat.yaml#NAME': {known}")
    session.play(cassette)
    (interaction,) = interactions
    cuts = cuts_of(interaction, at, fault)
    one: str | None = item.config.getoption("--mocksse-cut")
    if one is not None:
        wanted = [spec.text for spec in parse(one)]
        cuts = tuple(cut for cut in cuts if [spec.text for spec in parse(cut.fault)] == wanted)
        if not cuts:
            raise UsageError(f"--mocksse-cut {one!r}: no cut of {item.name}")
    layout = lay_out(interaction, PLAIN)
    first = [index for index in sampled(cuts, limit, seed) if applies(interaction, cuts[index], layout)]
    if not first:
        raise UsageError(f"mocksse_cuts: {fault} can be played at no at={at} of {interaction.name}")
    return interaction, cuts, first
