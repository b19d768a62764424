from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mocksse.cli.output import check_output
from mocksse.errors import EXIT_USAGE, MocksseError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["new.yaml", "new.yml", "folder/new.yaml", None])
def test_a_new_file_may_be_written(name: str | None, tmp_path: Path) -> None:
    check_output(None if name is None else tmp_path / name, append=False, force=False)


@pytest.mark.parametrize(
    ("name", "append", "force", "says"),
    [
        (None, True, False, "need -o FILE"),
        (None, False, True, "need -o FILE"),
        ("old.yaml", True, True, "which of them"),
        ("new.json", False, False, "ends in .yaml or .yml"),
        ("new", False, True, "ends in .yaml or .yml"),
        ("folder.yaml", False, True, "is a folder"),
        ("old.yaml", False, False, "old.yaml exists"),
        ("broken.yaml", True, False, "broken.yaml"),
    ],
)
def test_what_may_not(name: str | None, append: bool, force: bool, says: str, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "old.yaml").write_text("path: /x\nstream: [{data: a}]\n")
    (tmp_path / "broken.yaml").write_text("no: [cassette")
    with pytest.raises(MocksseError, match=says) as caught:
        check_output(None if name is None else tmp_path / name, append=append, force=force)
    assert caught.value.exit_code == EXIT_USAGE


def test_an_existing_cassette_may_grow_or_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("path: /x\nstream: [{data: a}]\n")
    check_output(tmp_path / "old.yaml", append=True, force=False)
    check_output(tmp_path / "old.yaml", append=False, force=True)
