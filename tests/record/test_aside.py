"""The other process: it does what is asked in order, leaves the event loop alone, and is gone when we are."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from relaying import other_process
from test_turn_in import partial
from upstreams import ended, started

from mocksse.cassette.load import load
from mocksse.errors import UpstreamError
from mocksse.record import aside
from mocksse.record.aside import turn_in_aside

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _alone() -> object:
    with other_process():
        yield


def test_many_at_once(tmp_path: Path) -> None:
    path = partial(tmp_path / "x.yaml")

    async def main() -> list[tuple[Path, str]]:
        return await asyncio.gather(*(turn_in_aside(path, new=True) for _ in range(5)), turn_in_aside(path))

    found = asyncio.run(main())
    assert [(place.name, name) for place, name in found] == [
        ("x.yaml", "rivers"),
        *((f"x-{number}.yaml", "rivers") for number in range(2, 6)),
        ("x.yaml", "rivers-2"),
    ]
    assert all(load(place) for place, _ in found)


def test_it_works_wherever_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is that of our folder, and no file of that folder is taken for a module."""
    (tmp_path / "json.py").write_text("raise SystemExit('not mine')")
    path = partial(tmp_path / "x.yaml")
    monkeypatch.chdir(tmp_path)
    assert asyncio.run(turn_in_aside(path.relative_to(tmp_path)))[0].name == "x.yaml"
    monkeypatch.chdir("/")
    assert asyncio.run(turn_in_aside(path)) == (tmp_path / "x.yaml", "rivers-2")


def test_what_goes_wrong_there_is_told_here(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match=r"^/.*/x\.yaml\.partial: nothing had arrived$"):
        asyncio.run(turn_in_aside(partial(tmp_path / "x.yaml", [])))


def test_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = partial(tmp_path / "x.yaml")
    with monkeypatch.context() as patch:
        patch.setattr(aside.sys, "executable", str(tmp_path / "none"))
        with pytest.raises(UpstreamError, match="can't be turned in: No such file or directory"):
            asyncio.run(turn_in_aside(path))
    assert asyncio.run(turn_in_aside(path))[1] == "rivers"


PROGRAM = """
import asyncio, os, sys
from pathlib import Path
from mocksse.record import aside
asyncio.run(aside.turn_in_aside(Path(sys.argv[1] if len(sys.argv) > 1 else "x.yaml.partial")))
print(aside._clerk._process.pid)
{end}
"""


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_us(end: str, tmp_path: Path) -> None:
    partial(tmp_path / "x.yaml")
    program = PROGRAM.replace("{end}", f"sys.stdout.flush()\n{end}")
    with started(cwd=tmp_path, program=program) as process:
        code, out, err = ended(process)
    assert (code, err) == (-9 if end else 0, "")
    # Its stdout is our pipe's other end no more: `ended` saw the end of file, so nobody holds it open.
    assert load(tmp_path / "x.yaml")
    if not end:
        with pytest.raises(ProcessLookupError):
            os.kill(int(out), 0)
