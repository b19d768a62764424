"""The list of words is whole: each has a place in a document, a value, and names that nothing else has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mocksse.settings.document import FileSessionDoc, MatchDoc, RedactDoc, SettingsDoc
from mocksse.settings.model import WIDE, Settings
from mocksse.settings.resolve import flag_said, settings_of
from mocksse.settings.shown import DEFAULT, holdings, spelt
from mocksse.settings.words import BY_NAME, GROUPS, WORDS, Word

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
ROWS = {
    row[0]: row
    for row in re.findall(r"^\| `([\w.]+)`[^|]*\| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    if row[0] != "word"
}
OF_A_SESSION = {"cassettes", "pacing", "faults", "seed", "match", "routes", "upstream", "record"}


def test_a_document_has_these_words_and_no_others() -> None:
    outer = {word.name.partition(".")[0] for word in WORDS}
    assert outer | {"sessions", "seed"} == set(SettingsDoc.__struct_fields__)
    for name, doc in (("match", MatchDoc), ("redact", RedactDoc)):
        inner = {word.name.partition(".")[2] for word in WORDS if word.name.startswith(f"{name}.")}
        assert inner == set(doc.__struct_fields__)
    assert set(FileSessionDoc.__struct_fields__) == OF_A_SESSION
    assert {word.name for word in WORDS if "." not in word.name} - OF_A_SESSION == set(WIDE)
    assert set(WIDE) < {field.name for field in fields(Settings)}


def test_no_two_have_the_same_name() -> None:
    for names in (
        [word.flag for word in WORDS if word.flag],
        [word.short for word in WORDS if word.short],
        [word.variable for word in WORDS if word.variable],
        [word.key for word in WORDS],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_each_is_on_the_page_with_its_names_and_its_default(word: Word) -> None:
    _, option, variable, default = ROWS[word.name]
    assert re.sub(r" [\[/].*", "", option.strip("`")) == (word.flag or ("PATHS" if word.name == "cassettes" else "-"))
    assert variable.strip("`") == (word.variable or "-")
    held = {name: spelt(value) for name, value, _ in holdings(settings_of({}, {}, Path("/nonexistent")))}
    wanted = "false" if word.name == "match.strict" else held[word.name]
    assert default.strip("`") == wanted or (wanted == "-" and re.match("none|as recorded", default))


def test_the_page_has_no_word_that_is_none() -> None:
    assert set(ROWS) - {"sessions"} == set(BY_NAME)
    known = {word.variable for word in WORDS} | {"MOCKSSE_CONFIG", "MOCKSSE_URL"}
    assert set(re.findall(r"MOCKSSE_[A-Z_]+\w", PAGE)) <= known


def test_words_of_flags_have_a_group_and_a_line() -> None:
    for word in WORDS:
        assert bool(word.flag) == (word.group in GROUPS) == bool(word.help)


def test_a_switch_is_named_as_it_was_typed() -> None:
    assert flag_said("control", False) == "--no-control"
    assert flag_said("control", True) == "--control"
    assert flag_said("watch", False) == "--no-watch"
    assert flag_said("cassettes", ("a",)) == "PATHS"
    assert flag_said("pacing.max_gap", "5") == "--max-gap"


def test_what_is_shown_has_every_word_once_and_no_secret(tmp_path: Path) -> None:
    flags = {"token": "SECRET", "faults": ("redirect to=https://u:SECRET@h/",)}
    held = list(holdings(settings_of(flags, {}, tmp_path)))
    assert [word for word, _, _ in held] == [word.name for word in WORDS if word.name != "match.strict"]
    shown = {word: spelt(value) for word, value, origin in held if origin != DEFAULT}
    assert shown["token"] == "(set)"
    assert "SECRET" not in f"{held}"
    assert set(shown) == set(flags)
