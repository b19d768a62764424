"""The JSON Schema: itself valid, at peace with every cassette that loads, and not with those that do not.

A document is validated as two kinds of editor see it: with JSON's typing, and with YAML 1.1's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from cassette_strategies import cassettes
from handwritten import RIGHT, WRONG
from hypothesis import given, settings

from mocksse.cassette.compose import compose
from mocksse.cassette.dump import SCHEMA_NAME, dumps
from mocksse.cassette.schema import schema
from mocksse.errors import CassetteError

if TYPE_CHECKING:
    from mocksse.cassette.model import Cassette

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = sorted((Path(__file__).parents[2] / "cassettes").glob("*.yaml"))
# What a schema can't say: how long a decimal is, what is unique, what base64 is, how many bytes a text has.
NOT_SAID = (
    "decimals", "is taken", "not base64", "less than the", "line feed", "line break", "never end", "is no duration",
    "is not a number of 0", "no header name", "too large", "percent", "gap and tps", "found 200.0",
)  # fmt: skip


def objections(text: str) -> list[str]:
    """What a validator has against the text, with JSON's typing and with YAML's."""
    values: list[Any] = [compose(text, ""), yaml.safe_load(text.removeprefix("\ufeff"))]
    return [error.message for value in values for error in VALIDATOR.iter_errors(value)]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_it_lies_beside_the_shipped_cassettes() -> None:
    assert json.loads((SHIPPED[0].parent / SCHEMA_NAME).read_text()) == SCHEMA


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_cassettes_are_valid(path: Path) -> None:
    assert objections(path.read_text()) == []


@settings(max_examples=30, deadline=None)
@given(cassettes())
def test_what_is_dumped_is_valid(cassette: Cassette) -> None:
    assert objections(dumps(cassette, schema=True)) == []


@pytest.mark.parametrize("text", [text for text, _ in RIGHT.values()], ids=RIGHT)
def test_what_people_may_write_is_valid(text: str) -> None:
    assert objections(text) == []


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_people_may_not_write_is_not_valid(text: str, message: str) -> None:
    try:
        value = compose(text, "")
    except CassetteError:
        return  # not even YAML
    if not any(words in message for words in NOT_SAID):
        assert not VALIDATOR.is_valid(value)


def test_every_key_has_a_description_where_it_needs_one() -> None:
    entry = SCHEMA["$defs"]["Entry"]["properties"]
    assert entry["data"]["description"] == "Several lines become several data: lines."
    assert entry["line"]["description"] == "One NDJSON line, without its line feed."
