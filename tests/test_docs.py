"""What the documents promise is run: their cassettes load, their commands exist, their options are there."""

import re
from pathlib import Path

import click
import pytest

from mocksse.cassette import document
from mocksse.cassette.load import loads
from mocksse.cli import COMMANDS, root

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FORMAT = (ROOT / "docs" / "cassette-format.md").read_text()


def examples() -> list[str]:
    return [block for text in (README, FORMAT) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("text", examples())
def test_every_cassette_in_the_documents_is_one(text: str) -> None:
    assert loads(text.encode()).interactions


def test_the_readme_lists_the_commands_as_they_are() -> None:
    listed = dict(re.findall(r"^\| `mocksse (\w+)` \| (.*) \|$", README, re.MULTILINE))
    assert listed == {name: text[0].lower() + text[1:].rstrip(".") for name, text in COMMANDS.items()}


def test_options_in_the_readme_exist() -> None:
    context = click.Context(root)
    known = {"--version", "--group", "--rm", "--trace", "--trace-time"}
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        known |= {opt for parameter in command.params for opt in parameter.opts}
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
