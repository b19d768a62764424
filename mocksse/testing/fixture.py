"""The fixture `mocksse`: a session for one test, with what only a test has. Recording and cuts are beside it.

What it changes of the process (variables, sockets that a plugin has closed) is as before when the test is over.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import TestCase

import pytest

from mocksse.errors import UsageError
from mocksse.replay.faults.grammar import parse
from mocksse.server.environment import NO_PROXY, UNSET, environment
from mocksse.testing.recording import Recording
from mocksse.testing.server import Beside
from mocksse.testing.sockets import allow_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mocksse.testing.cuts import Cut
    from mocksse.testing.plays import Named
    from mocksse.testing.server import MockServer

_OWN = ("allow_unmatched", "allow_unused", "match", "upstream")
"""Words of the marker that are the test's, and not the pace's."""


class Mocksse(Beside):
    """One test's session."""

    cut: Cut | None = None
    """Where the answer is cut in this run of a test marked `mocksse_cuts`."""
    recording: Recording | None = None
    _before: frozenset[str] | None = None
    """What was played before a test that is run at many cuts."""
    monkeypatch: pytest.MonkeyPatch
    """For what is changed of the process."""

    def env(self, **more: str) -> dict[str, str]:
        """Set the variables from which SDKs take base URL and key, for this test; gives what was set.

        Real keys are not passed on to the server, unless it asks an upstream with them. `more`: other variables.
        """
        recording = self.recording is not None and self.recording.folder is not None
        found = environment(self.url(), given=os.environ, real_keys=recording)
        for name in UNSET:
            self.monkeypatch.delenv(name, raising=False)
        for name, value in (found | more).items():
            self.monkeypatch.setenv(name, value)
        return found | more

    def allow(self, *, unmatched: bool | None = None, unused: bool | None = None) -> None:
        """Let requests go unmatched, or cassettes unused, without failing this test."""
        said = {"allow_unmatched": unmatched, "allow_unused": unused}
        self.config = self.config.over({word: value for word, value in said.items() if value is not None})

    def play_cut(self, cut: Cut) -> None:
        """Be as before the test was run, and cut every answer there."""
        if self._before is None:
            self._before = frozenset(self.thread.call(lambda: [item.name for item in self._session.stock.shelved]))
        self.cut = cut
        self._break(parse(cut.fault), self._before)

    def check(self) -> None:
        """Fail the test where requests went unmatched, or cassettes unused, or nobody could be asked."""
        if not self.config.allow_unmatched and (missed := self.unmatched):
            lines = [f"  #{one.number} {one.method} {one.target}: {one.note}" for one in missed]
            pytest.fail("\n".join(["mocksse: no recording answers", *lines, self.cure]), pytrace=False)
        if self.recording is not None and self.recording.trouble and not self.recording.says:
            pytest.fail(f"mocksse: {self.recording.trouble}", pytrace=False)
        if not self.config.allow_unused and (unused := self.unused):
            hint = "leave it out, or allow it: mocksse.allow(unused=True)"
            pytest.fail(f"mocksse: nobody asked for {', '.join(unused)}\n{hint}", pytrace=False)

    @property
    def cure(self) -> str:
        """What to do about requests that no recording answers; empty where there are none, or they may be."""
        if self.config.allow_unmatched or not self.unmatched:
            return ""
        if self.recording is not None and self.recording.trouble:
            return self.recording.trouble
        return "record what is missing with --mocksse-record=new, or allow it: mocksse.allow(unmatched=True)"

    def _put(
        self, shelved: Sequence[Named], fault: str | Sequence[str], pacing: Mapping[str, str | float | None]
    ) -> None:
        super()._put(shelved, fault, pacing)
        # Before there is one, it is the test's own cassette that is played.
        if self.recording is not None and not self.recording.says:
            before = self.recording.settings(self.config)
            self.recording = self.recording.said()
            if (now := self.recording.settings(self.config)) != before:
                self.thread.call(self._session.change, now)


@contextmanager
def opened(
    node: pytest.Item,
    server: MockServer,
    config: Mapping[str, Any],
    folder: Path | str,
    api: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Mocksse]:
    """The session of a test: with its own cassette, where there is one, and what its marker says."""
    allow_loopback(node)
    direct = environment(server.url(), given=os.environ)
    for name in NO_PROXY:
        monkeypatch.setenv(name, direct[name])
    marker = node.get_closest_marker("mocksse")
    words = dict(marker.kwargs) if marker is not None else {}
    whole = server.config.over({"cassette_dir": folder, **config})
    whole = whole.over({word: words.pop(word) for word in _OWN if word in words})
    cut = node.get_closest_marker("mocksse_cuts") is not None
    if cut and issubclass(getattr(node, "cls", None) or object, TestCase):
        raise UsageError(f"mocksse_cuts: {node.name} is of a unittest.TestCase", "only functions are run at every cut")
    says = cut or (marker is not None and bool(marker.args))
    recording = Recording.of(node, whole, says=says)
    with Mocksse(server, node.name, whole, recording.settings(whole)) as session:
        session.api, session.monkeypatch = api, monkeypatch
        recording.begin(session, {} if says else words)
        session.recording = recording
        if marker is not None and marker.args:
            session.play(*marker.args, **words)
        try:
            yield session
        finally:
            recording.finish(session)
