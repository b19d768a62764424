"""`mocksse schema`: the schema on stdout, ready to be put beside cassettes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mocksse.cassette.schema import schema
from mocksse.cli import run
from mocksse.torture.document import schema as torture_schema

if TYPE_CHECKING:
    import pytest


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == schema()
    assert out.endswith("}\n")


def test_of_torture(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--torture"]) == 0
    assert json.loads(capsys.readouterr().out) == torture_schema()
    assert run(["schema", "--torture", "--settings"]) == 2
    assert "one at a time" in capsys.readouterr().err


def test_it_takes_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "x"]) == 2
    assert capsys.readouterr().err.startswith("mocksse: Got unexpected extra argument (x)")
