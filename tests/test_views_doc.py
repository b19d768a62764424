"""docs/views.md: every command in it is run, and prints what stands below it; every rule of lint is explained."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mocksse.cassette.lint import RULES
from mocksse.cassette.load import loads
from mocksse.cli import run
from mocksse.view.stats import stats
from mocksse.view.timeline import rows, timeline_rows

PAGE = (Path(__file__).parent.parent / "docs" / "views.md").read_text()
CASSETTE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
SHOWN = re.findall(r"```\n\$ mocksse ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("words", "shown"), SHOWN, ids=[words for words, _ in SHOWN])
def test_what_is_printed(
    words: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("weather.yaml").write_text(CASSETTE)
    kept = [line for line in CASSETTE.splitlines() if "keep-alive" not in line]
    again = "\n".join(kept).replace("One moment", "A moment").replace("after_ms: 40", "after_ms: 30")
    Path("again.yaml").write_text(again)
    assert run(shlex.split(words)) == (1 if words.startswith("diff") else 0)
    printed = [line.rstrip() for line in capsys.readouterr().out.rstrip().splitlines()]
    assert printed == shown.rstrip().splitlines()


def test_the_page_shows_each_view() -> None:
    assert [words.split()[0] for words, _ in SHOWN] == ["show", "show", "show", "diff"]


def test_every_rule_of_lint_is_there() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) >= set(RULES)


def test_every_member_of_the_json_is_there() -> None:
    (interaction,) = loads(CASSETTE.encode())
    told = {*stats(interaction), *timeline_rows(rows(interaction))[0], *(stats(interaction)["event_gap_ms"] or ())}
    assert {member for member in told if f"`{member}`" not in PAGE} == set()
