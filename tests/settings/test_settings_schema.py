"""The schema of settings files takes what loads, and not what does not."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from mocksse.cassette.compose import compose
from mocksse.settings.schema import settings_schema

VALIDATOR = jsonschema.Draft202012Validator(settings_schema())
PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(settings_schema())


def test_the_example_of_the_page_is_valid() -> None:
    text = PAGE.partition("```yaml\n")[2].partition("```")[0]
    assert list(VALIDATOR.iter_errors(compose(text, "", plain=True))) == []


@pytest.mark.parametrize(
    "value",
    [
        {"prot": 1},
        {"port": 70000},
        {"record": "onec"},
        {"sessions": {"@b": {}}},
        {"sessions": {"a": {"port": 1}}},
        {"match": {"strict": "yes"}},
        [],
    ],
)
def test_what_does_not_load_is_not(value: object) -> None:
    assert list(VALIDATOR.iter_errors(value))
