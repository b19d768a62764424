"""A test's own cassette, `cassettes/MODULE/TEST.yaml` beside its file: played where it is there, recorded on request.

`none` asks nobody. `once` asks the upstream where the test has no cassette, and only replays where it has one. `new`
asks for what the cassette does not answer, and adds it. `all` asks for everything, and writes the cassette anew. What
is recorded answers its very request: the body has to agree, unless the suite says otherwise. To a test that says itself
what is played, that is its cassette: nothing else is recorded but what it does not answer, in the mode `new`.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette
from mocksse.cassette.naming import free_name
from mocksse.cassette.save import write
from mocksse.errors import UsageError
from mocksse.settings.model import SessionSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.cassette.model import Interaction
    from mocksse.settings.model import RecordMode
    from mocksse.testing.config import Config
    from mocksse.testing.fixture import Mocksse

_SETTLE_S = 10.0
"""How long an upstream is listened to behind the end of a test whose client has left."""
_LONG = 100
"""Characters of a file's name that are the test's."""


@dataclass(frozen=True, slots=True)
class Recording:
    """`path`: the test's cassette, there or not. `folder`: where answers go while the test runs; None: nobody is
    asked. `says`: the test says itself what is played. `trouble`: why nobody is asked, where somebody should be."""

    path: Path
    mode: RecordMode
    upstream: Mapping[str, str]
    folder: Path | None
    says: bool = False
    trouble: str = ""

    @classmethod
    def of(cls, node: pytest.Item, config: Config, *, says: bool) -> Recording:
        """That of a test."""
        mode: RecordMode = node.config.getoption("--mocksse-record")
        folder = config.cassette_dir or node.path.parent
        path = folder / node.path.stem / f"{spelt(called(node))}.yaml"
        if mode == "none" or (mode == "once" and path.exists()) or (says and mode != "new"):
            return cls(path, "none", {}, None, says)
        if not config.upstream:
            hint = "the fixture mocksse_config says it: {'upstream': 'https://api.openai.com'}; or mocksse.yaml does"
            return cls(path, "none", {}, None, says, f"--mocksse-record={mode}: no upstream is said ({hint})")
        return cls(path, mode, config.upstream, Path(tempfile.mkdtemp(prefix="mocksse-")), says)

    def settings(self, config: Config) -> SessionSettings:
        """What the session is made of."""
        own = not self.says and (self.folder is not None or self.path.exists())
        match = {"body": "exact", **config.match} if own and "strict" not in config.match else dict(config.match)
        if self.folder is None:
            return SessionSettings(match=match)
        # What is asked `once` has no cassette yet, so all of it is asked.
        mode: RecordMode = "new" if self.mode == "new" else "all"
        return SessionSettings(match=match, upstream=self.upstream, record=mode, folder=self.folder)

    def begin(self, session: Mocksse, words: Mapping[str, Any]) -> None:
        """Play what was recorded before, unless all of it is asked for again. `words` are those of `play`.

        Raises UsageError where there is nothing for its faults.
        """
        if self.mode in {"none", "new"} and self.path.exists():
            session.play(self.path, **words)
            return
        session.config = session.config.over({word: value for word, value in words.items() if word != "fault"})
        if words.get("fault") and self.mode == "none" and not self.trouble:
            raise UsageError(
                "the marker mocksse names faults and no cassette", "say it first, as mocksse('chat.yaml', fault=...)"
            )

    def said(self) -> Recording:
        """This from when the test says itself what is played."""
        if self.mode == "new":
            return replace(self, says=True)
        return replace(self, mode="none", upstream={}, folder=None, says=True)

    def finish(self, session: Mocksse) -> None:
        """Write the cassette, where anything was recorded."""
        if self.folder is None:
            return
        try:
            session.settle_recordings(_SETTLE_S)
            fresh = [load(Path(record.recorded)) for record in session.records if record.recorded]
            if fresh:
                self._write([interaction for cassette in fresh for interaction in cassette])
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, fresh: list[Interaction]) -> None:
        kept = load(self.path) if self.mode == "new" and self.path.exists() else Cassette(())
        interactions = list(kept.interactions)
        for interaction in fresh:
            name = free_name(interaction.name, {other.name for other in interactions}.__contains__)
            interactions.append(replace(interaction, name=name))
        write(self.path, replace(kept, interactions=tuple(interactions)))


def called(node: pytest.Item) -> str:
    """A test's name with those of the classes it is in: `TestAnswer.test_it`."""
    classes = [parent.name for parent in node.listchain() if isinstance(parent, pytest.Class)]
    return ".".join([*classes, node.name])


def spelt(name: str) -> str:
    """The name of a test as that of a file; of a long one its beginning and a digest."""
    clean = re.sub(r"[^\w.\-\[\]=,+ ]", "-", name).strip(". ")
    if clean == name and len(clean) <= _LONG:
        return clean
    from hashlib import blake2b

    return f"{clean[:_LONG]}-{blake2b(name.encode(), digest_size=4).hexdigest()}"
