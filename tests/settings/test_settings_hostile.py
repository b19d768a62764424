"""Whatever stands in a file or a variable: settings, or one line that names the place."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.errors import MocksseError
from mocksse.settings.resolve import settings_of
from mocksse.settings.shown import holdings, spelt
from mocksse.settings.words import WORDS

VARIABLES = [word.variable for word in WORDS if word.variable]
OUTER = [word.name.partition(".")[0] for word in WORDS]
NAMES = st.sampled_from([*OUTER, "sessions", "a", "speed", "body", "gap", "x"])
SCALARS = st.sampled_from(
    [
        "1",
        "0",
        "-1",
        "1.5",
        "true",
        "null",
        "text",
        "''",
        "[a, 1]",
        "/a",
        "https://h",
        "https://[",
        "exact",
        "once",
        "crlf",
        "instant",
        "'from:x'",
        "99999999999.5",
        "[[]]",
        "{}",
        "normal:1,2",
        "{a: {}}",
        '"\\0"',
        "000",
        "~",
        "- a",
    ]
)
LINES = st.lists(st.tuples(st.integers(0, 2), NAMES, SCALARS | st.just("")), max_size=6)


def outcome(environ: dict[str, str], folder: Path) -> str:
    """Empty for settings that hold and can be shown, else the complaint."""
    try:
        held = list(holdings(settings_of({}, environ, folder)))
    except MocksseError as error:
        return str(error)
    assert all(word and spelt(value) and origin for word, value, origin in held)
    return ""


@given(LINES)
def test_any_file(lines: list[tuple[int, str, str]]) -> None:
    with TemporaryDirectory() as name:
        file = Path(name) / "mocksse.yaml"
        file.write_text("".join(f"{'  ' * depth}{key}: {value}\n" for depth, key, value in lines))
        said = outcome({}, Path(name))
        assert not said or said.startswith(f"{file}:")
        assert "\n" not in said


@given(st.binary(max_size=40))
def test_any_bytes(raw: bytes) -> None:
    with TemporaryDirectory() as name:
        for file, text in (("mocksse.yaml", raw), ("pyproject.toml", b"[tool.mocksse]\n" + raw)):
            path = Path(name) / file
            path.write_bytes(text)
            said = outcome({}, Path(name))
            assert not said or said.startswith(f"{path}:")
            path.unlink()


@given(st.sampled_from(VARIABLES), SCALARS | st.text(st.characters(exclude_characters="\0"), max_size=12))
def test_any_variable(variable: str, text: str) -> None:
    said = outcome({variable: text}, Path("/nonexistent"))
    assert not said or said.startswith(f"{variable}: ")


@pytest.mark.parametrize("variable", VARIABLES)
def test_no_variable_is_too_long(variable: str) -> None:
    said = outcome({variable: "9" * 5000}, Path("/nonexistent"))
    assert not said or said.startswith(f"{variable}: ")
    assert len(said) < 5300
