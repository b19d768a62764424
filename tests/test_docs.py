"""What the documents promise is run: their cassettes load, their commands exist, their options are there."""

import re
import shlex
from pathlib import Path
from textwrap import dedent

import click
import pytest
from served import session_of

from mocksse.cassette import document
from mocksse.cassette.library import shelve
from mocksse.cassette.load import loads
from mocksse.cli import COMMANDS, root, run, terminal
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.written import faults_of
from mocksse.settings.resolve import settings_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
FORMAT = (ROOT / "docs" / "cassette-format.md").read_text()
SERVED = re.compile(r"^mocksse serve cassettes/ --fault '([^']+)'", re.MULTILINE)


def examples() -> list[str]:
    return [block for text in (README, FORMAT) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("text", examples())
def test_every_cassette_in_the_documents_is_one(text: str) -> None:
    assert loads(text.encode()).interactions


@pytest.mark.parametrize("text", examples())
def test_the_faults_in_them_apply(text: str) -> None:
    for interaction in loads(text.encode()):
        assert len(faults_of(interaction, "")) == len(interaction.faults)


@pytest.mark.parametrize("spec", SERVED.findall(README))
def test_every_fault_in_the_readme_can_be_played_over_the_shipped_cassettes(spec: str) -> None:
    assert session_of(shelve([ROOT / "cassettes"]), faults=parse(spec)).tapes


@pytest.mark.parametrize("name", COMMANDS)
def test_every_fault_in_the_help_is_one(name: str) -> None:
    command = root.get_command(click.Context(root), name)
    assert command is not None
    for spec in re.findall(r"--fault '([^']+)'", command.epilog or ""):
        assert parse(spec)


def test_the_plan_in_the_readme_is_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, shown = re.findall(r"```\n\$ mocksse (plan [^\n]*)\n(.*?)```", README, re.DOTALL)[0]
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(terminal, "width", lambda: 112)
    assert run(shlex.split(words)) == 0
    assert capsys.readouterr().out.rstrip() == shown.rstrip()


def test_the_settings_of_the_documents_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    own = re.search(r"^    cassettes: .*\n(?:    .*\n)+", README, re.MULTILINE)
    assert own is not None
    for text in (*re.findall(r"```yaml\n(.*?)```", SETTINGS, re.DOTALL), dedent(own[0])):
        Path("mocksse.yaml").write_text(text)
        assert settings_of({}, {}).sessions
    Path("pyproject.toml").write_text(re.findall(r"```toml\n(.*?)```", SETTINGS, re.DOTALL)[0])
    assert settings_of({}, {}, config=Path("pyproject.toml")).sessions


def test_the_settings_on_their_page_are_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port, words, shown = re.findall(r"```\n\$ MOCKSSE_PORT=(\d+) mocksse ([^\n]*)\n(.*?)```", SETTINGS, re.DOTALL)[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOCKSSE_PORT", port)
    Path("mocksse.yaml").write_text("cassettes: cassettes/\nsessions:\n  cut: {faults: reset at=event:5}\n")
    assert run(shlex.split(words)) == 0
    assert capsys.readouterr().out == shown


def test_the_readme_lists_the_commands_as_they_are() -> None:
    listed = dict(re.findall(r"^\| `mocksse (\w+)` \| (.*) \|$", README, re.MULTILINE))
    assert listed == {name: text[0].lower() + text[1:].rstrip(".") for name, text in COMMANDS.items()}


def test_options_in_the_readme_exist() -> None:
    context = click.Context(root)
    known = {"--version", "--group", "--rm", "--trace", "--trace-time", "--mocksse-record"}
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        known |= {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


@pytest.mark.parametrize(
    "kind",
    [
        document.CassetteDoc,
        document.InteractionDoc,
        document.RequestDoc,
        document.ResponseDoc,
        document.Entry,
        document.EndDoc,
        document.PacingDoc,
        document.SseStyle,
        document.RecordedDoc,
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_field_of_the_format_is_described(kind: type) -> None:
    for field in kind.__struct_fields__:  # type: ignore[attr-defined]
        assert re.search(rf"`{field}[`:]", FORMAT), field


def test_the_table_of_layers_is_the_one_that_is_tested() -> None:
    from test_layers import EVERYWHERE, MAY_IMPORT

    architecture = (ROOT / "docs" / "architecture.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)/` \| .* \| (.*) \|$", architecture, re.MULTILINE))
    above: set[str] = set()
    for place, text in rows.items():
        if text == "standard library":
            allowed: set[str] = set()
        elif text in {"all", "all above"}:
            allowed = (set(rows) - {place}) if text == "all" else set(above)
        else:
            allowed = set(text.split(", "))
        assert MAY_IMPORT[place] - EVERYWHERE == allowed
        above.add(place)
