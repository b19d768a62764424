"""A cassette onto the disk: appended without touching what people wrote, and never half of it, whatever fails."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cassette_strategies import cassettes
from handwritten import RIGHT
from hypothesis import HealthCheck, given, settings

from mocksse import limits
from mocksse.cassette import save
from mocksse.cassette.dump import SCHEMA_NAME, dump_interaction, dumps
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Piece, Request, Response
from mocksse.errors import CassetteError, MocksseError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RESPONSE = Response(
    200,
    ((b"Content-Type", b"text/event-stream"),),
    "chunked",
    (Piece(800, b"data: a\n\n"), Piece(20, b"<b>\n c\n</b>\n"), Piece(0, b"\xff")),
)
NEW = Interaction("rivers", Request("/v1/chat/completions", "POST", body=b'{"a":1}'), RESPONSE)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "a.yaml"
    assert save.append(path, NEW) == NEW
    assert path.read_text() == dumps(Cassette((NEW,)))
    assert load(path) == Cassette((NEW,))
    assert names(path.parent) == ["a.yaml"]


def test_what_a_killed_writer_left_goes(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    kept = [f".a.yaml.{os.getppid()}.tmp", f".b.yaml.{ended.pid}.tmp", ".a.yaml.0.tmp", ".a.yaml.x.tmp"]
    for name in (f".a.yaml.{ended.pid}.tmp", *kept):
        (tmp_path / name).touch()
    save.append(tmp_path / "a.yaml", NEW)
    assert names(tmp_path) == sorted(["a.yaml", *kept])


def test_the_schema_beside_it_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / SCHEMA_NAME).write_text("{}")
    save.write(tmp_path / "a.yaml", Cassette((NEW,)))
    assert (tmp_path / "a.yaml").read_text().startswith(f"# yaml-language-server: $schema={SCHEMA_NAME}\nmocksse: 1\n")


def test_names_do_not_collide(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    assert [save.append(path, NEW).name for _ in range(3)] == ["rivers", "rivers-2", "rivers-3"]
    assert [i.name for i in load(path)] == ["rivers", "rivers-2", "rivers-3"]
    assert [replace(i, name="rivers") for i in load(path)] == [NEW] * 3


BY_HAND = """\
# My cassette
interactions:
    # the first
  - path: /x     # any method
    stream:
      - {data:   "a"}

  - {path: /y, name: second}   # flow
"""


@pytest.mark.parametrize(
    ("before", "indent"),
    [
        (BY_HAND, 2),
        (BY_HAND.removesuffix("\n"), 2),
        (BY_HAND + "# the end", 2),
        ("\ufeff" + BY_HAND, 2),
        ("interactions:\n- path: /x\n  stream:\n  - data: a\n", 0),
        ("interactions:\n      - path: /x\n", 6),
        ("mocksse: 1\npacing: {speed: 2}\ninteractions:\n  - path: /x\n    stream:\n      - text: |\n          a\n", 2),
        (dumps(Cassette((NEW,))), 2),
    ],
)
def test_what_people_wrote_stays(before: str, indent: int, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(before, encoding="utf-8")
    old = load(path)
    added = save.append(path, NEW)
    assert load(path).interactions == (*old.interactions, added)
    line_end = "" if before.endswith("\n") else "\n"
    assert path.read_text("utf-8") == before + line_end + dump_interaction(added, indent)


def test_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    before = BY_HAND.replace("\n", "\r\n").encode()
    path.write_bytes(before)
    save.append(path, NEW)
    assert path.read_bytes() == before + dump_interaction(NEW).replace("\n", "\r\n").encode()
    assert load(path).interactions[2] == NEW


@pytest.mark.parametrize(
    "before",
    [
        "path: /x\nstream:\n  - data: a\n",
        "interactions: [{path: /x}]\n",
        "{interactions: [{path: /x}]}",
        "interactions:\n  - path: /x\npacing: {speed: 2}\n",
        "interactions:\n  - path: /x\n...\n",
        "interactions:\n  - path: /x\n    stream:\n      [{data: a}]\npacing:\n  speed: 2\n",
    ],
)
def test_what_cannot_grow_is_written_anew(before: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(before)
    old = load(path)
    save.append(path, NEW)
    both = replace(old, interactions=(*old.interactions, NEW))
    assert load(path) == both
    assert path.read_text() == dumps(both)


@pytest.mark.parametrize("name", RIGHT)
def test_anything_handwritten_can_be_added_to(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(RIGHT[name][0], encoding="utf-8", newline="")
    save.append(path, NEW)
    assert load(path).interactions == (*RIGHT[name][1].interactions, NEW)
    assert load(path).pacing == RIGHT[name][1].pacing


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cassettes())
def test_any_interaction_can_be_added(tmp_path: Path, cassette: Cassette) -> None:
    path = tmp_path / "a.yaml"
    path.unlink(missing_ok=True)
    for interaction in cassette:
        save.append(path, interaction)
    assert load(path).interactions == cassette.interactions
    assert path.read_text("utf-8") == dumps(replace(cassette, pacing=None))


def test_a_file_that_does_not_load_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("path: /x\nsteam: 1\n")
    with pytest.raises(CassetteError, match=r"a\.yaml:2: a cassette has no 'steam'"):
        save.append(path, NEW)
    assert path.read_text() == "path: /x\nsteam: 1\n"


def test_what_does_not_read_back_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(BY_HAND)
    monkeypatch.setattr(save, "dump_interaction", lambda *_: "  - path: /other\n")
    monkeypatch.setattr(save, "dumps", lambda *_, **__: "path: /other\n")
    for change in (lambda: save.append(path, NEW), lambda: save.write(path, Cassette((NEW,)))):
        with pytest.raises(MocksseError) as caught:
            change()
        assert str(caught.value) == (f"{path}: what was written does not read back the same (this is a bug of mocksse)")
        assert path.read_text() == BY_HAND
        assert names(tmp_path) == ["a.yaml"]


def test_what_could_not_be_loaded_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(BY_HAND)
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", len(BY_HAND) + 10)
    for change in (lambda: save.append(path, NEW), lambda: save.write(path, Cassette((NEW,)))):
        with pytest.raises(MocksseError) as caught:
            change()
        assert str(caught.value) == f"{path}: would be larger than 0 MiB (use another file)"
        assert path.read_text() == BY_HAND


def test_mode_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text(BY_HAND)
    real.chmod(0o600)
    link = tmp_path / "link" / "a.yaml"
    link.parent.mkdir()
    link.symlink_to(real)
    save.append(link, NEW)
    assert link.is_symlink()
    assert load(real).interactions[2] == NEW
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert names(link.parent) == ["a.yaml"]


def test_a_link_to_nowhere_gets_its_file(tmp_path: Path) -> None:
    link = tmp_path / "a.yaml"
    link.symlink_to(tmp_path / "b.yaml")
    save.append(link, NEW)
    assert link.is_symlink()
    assert load(tmp_path / "b.yaml") == Cassette((NEW,))


def test_what_a_dead_process_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".a.yaml.{os.getpid()}.tmp").write_text("half of it")
    save.append(tmp_path / "a.yaml", NEW)
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("name", ["file/a.yaml", "loop.yaml/a.yaml", f"{'x' * 250}.yaml"])
def test_a_place_that_cannot_be(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(UpstreamError) as caught:
        save.write(tmp_path / name, Cassette((NEW,)))
    assert caught.value.exit_code == 3
    assert caught.value.message.startswith(f"{tmp_path / name}: can't write: ")
    assert names(tmp_path) == ["file", "loop.yaml"]


# --- The disk fails at the n-th operation, for every n until nothing fails any longer


class Disk:
    """Counts what changes the disk; the call of number `fails` raises instead, a write after half of its bytes."""

    def __init__(self, fails: int, code: int, patch: pytest.MonkeyPatch) -> None:
        self.fails, self.code, self.calls = fails, code, 0
        for name in ("replace", "fsync", "mkdir"):
            patch.setattr(os, name, self._counted(getattr(os, name)))
        patch.setattr(io, "open", self._opening(io.open))

    def count(self) -> None:
        self.calls += 1
        if self.calls == self.fails:
            raise OSError(self.code, os.strerror(self.code))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.count()
            return call(*args, **kwargs)

        return counted

    def _opening(self, call: Callable[..., Any]) -> Callable[..., Any]:
        disk = self

        class Writing(io.BufferedWriter):
            def write(self, data: Any) -> int:
                half = super().write(data[: len(data) // 2])
                disk.count()
                return half + super().write(data[len(data) // 2 :])

            def flush(self) -> None:
                disk.count()
                super().flush()

        def opening(path: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if "w" not in mode:
                return call(path, mode, *args, **kwargs)
            self.count()
            return Writing(call(path, mode, *args, **kwargs).detach())

        return opening


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS], ids=errno.errorcode.get)
@pytest.mark.parametrize("change", ["begin", "append", "write"])
def test_whatever_fails_the_old_file_is_there_or_the_new_one(change: str, code: int, tmp_path: Path) -> None:
    folder = tmp_path / "cassettes"
    path = folder / "a.yaml"
    failures = 0
    for fails in range(1, 30):
        shutil.rmtree(folder, ignore_errors=True)
        if change != "begin":
            folder.mkdir()
            path.write_text(BY_HAND)
        error: UpstreamError | None = None
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(fails, code, patch)
            try:
                if change == "write":
                    save.write(path, Cassette((NEW,)))
                else:
                    save.append(path, NEW)
            except UpstreamError as raised:
                error = raised
        left = names(folder)
        if error is None:
            assert load(path).interactions[-1] == NEW
            assert left == ["a.yaml"]
        else:
            failures += 1
            assert str(error) == f"{path}: can't write: {os.strerror(code)} (choose another place)"
            assert error.exit_code == 3
            assert left == ([] if change == "begin" else ["a.yaml"])
            assert change == "begin" or path.read_text() == BY_HAND
        if disk.calls < fails:
            break
    else:
        pytest.fail("it never succeeds")
    assert failures >= 5


LIMITED = """
import resource, signal, sys
from pathlib import Path
from mocksse.cassette import save
from mocksse.cassette.load import load
from mocksse.errors import UpstreamError

path, other = Path(sys.argv[1]), Path(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, resource.RLIM_INFINITY))
try:
    save.append(path, load(other).interactions[0])
except UpstreamError as error:
    sys.exit(f"{error.exit_code} {error}")
"""


def test_a_full_disk(tmp_path: Path) -> None:
    path, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    path.write_text(BY_HAND)
    other.write_text(dumps(Cassette((NEW,))))
    done = subprocess.run([sys.executable, "-c", LIMITED, path, other], capture_output=True, text=True, check=False)
    assert done.stderr == f"3 {path}: can't write: {os.strerror(errno.EFBIG)} (choose another place)\n"
    assert path.read_text() == BY_HAND
    assert names(tmp_path) == ["a.yaml", "b.yaml"]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.yaml"
    path.write_text(BY_HAND)
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save.append(path, NEW)
    assert path.read_text() == BY_HAND
    assert names(tmp_path) == ["a.yaml"]
