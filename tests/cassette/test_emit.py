"""Values to YAML text and back: the same values of the same types, for any YAML reader; and how it looks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from cassette_strategies import AWKWARD, TEXT, numbers_and_text
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.compose import compose
from mocksse.cassette.emit import Flow, emit, flow


def composed(text: str) -> Any:
    """What the text means, read as a JSON body is: nothing in it is text as it is written."""
    return compose(text, "")["json"]


def flowing(value: Any) -> Any:
    """The value with all its mappings to be written on one line."""
    if isinstance(value, dict):
        return Flow((k, flowing(v)) for k, v in value.items())
    return [flowing(v) for v in value] if isinstance(value, list) else value


@settings(max_examples=150, deadline=None)
@given(numbers_and_text())
def test_any_value_comes_back(value: Any) -> None:
    for spelt in (value, flowing(value)):
        text = emit({"json": spelt})
        # The text of it too: 1, 1.0 and true are equal.
        assert repr(composed(text)) == repr(value)
        assert yaml.load(text, yaml.CSafeLoader) == {"json": value}


@settings(max_examples=60, deadline=None)
@given(numbers_and_text())
def test_the_pure_python_reader_agrees(value: Any) -> None:
    assert yaml.safe_load(emit({"json": value})) == {"json": value}


@settings(max_examples=200, deadline=None)
@given(AWKWARD | TEXT)
def test_any_text_comes_back_wherever_it_stands(text: str) -> None:
    for value in (text, [text], {text: text}, [{"k": text, "z": "\n1\n"}], [[text, [text]]], {"a": {"b": [[text]]}}):
        assert composed(emit({"json": value})) == value
        assert composed(emit({"json": flowing(value)})) == value


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("plain", "plain"),
        ("/v1/chat", "/v1/chat"),
        ("", "''"),
        ("two words", "'two words'"),
        ("it's", "'it''s'"),
        ("12", "'12'"),
        ("1e3", "'1e3'"),
        ("2026-11-22", "'2026-11-22'"),
        ("12:30", "'12:30'"),
        ("no", "'no'"),
        ("Yes", "'Yes'"),
        ("NULL", "'NULL'"),
        ("~", "'~'"),
        ("=", "'='"),
        ("<<", "'<<'"),
        ("null", "'null'"),
        ("[DONE]", "'[DONE]'"),
        ("\u4e2d\u6587 \U0001f600", "'\u4e2d\u6587 \U0001f600'"),
        ("tab\there", "'tab\there'"),
        ("two\nlines", '"two\\nlines"'),
        ("cr\r", '"cr\\r"'),
        ("nul\0", '"nul\\0"'),
        ("bell\x07", '"bell\\x07"'),
        ("del\x7f", '"del\\x7f"'),
        ("next line\x85", '"next line\\N"'),
        ("no break\xa0", "'no break\xa0'"),
        ("separators\u2028\u2029", '"separators\\u2028\\u2029"'),
        ("bom\ufeff", '"bom\\ufeff"'),
        ("none\ufffe\uffff", '"none\\ufffe\\uffff"'),
        ("last\U0010ffff", "'last\U0010ffff'"),
    ],
)
def test_how_text_is_spelt(text: str, spelt: str) -> None:
    assert flow(text) == spelt
    assert yaml.safe_load(spelt) == text


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-7, "-7"),
        (10**30, "1000000000000000000000000000000"),
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        (1e22, "1.0e+22"),
        (5e-324, "5.0e-324"),
        (1.5e300, "1.5e+300"),
        ([], "[]"),
        ({}, "{}"),
        (["a", 1, [None]], "[a, 1, [null]]"),
        ({"a": {"b c": True}}, "{a: {'b c': true}}"),
    ],
)
def test_how_values_are_spelt(value: Any, spelt: str) -> None:
    assert flow(value) == spelt


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ({"a": 1, "b": "x"}, "a: 1\nb: x\n"),
        ({"a": {"b": 1}}, "a: {b: 1}\n"),
        ({"a": {"b": "x" * 100, "c": "z"}}, f"a:\n  b: {'x' * 100}\n  c: z\n"),
        ({"a": [{"b": "x" * 100, "c": "z"}]}, f"a:\n  - b: {'x' * 100}\n    c: z\n"),
        ({"a": [[1, 2], [3]]}, "a:\n  - [1, 2]\n  - [3]\n"),
        ({"a": [Flow(b=1)]}, "a:\n  - {b: 1}\n"),
        ({"a": Flow(b="x" * 200)}, f"a: {{b: {'x' * 200}}}\n"),
        ({"a": "x\ny\n"}, "a: |\n  x\n  y\n"),
        ({"a": "x\n\n y"}, "a: |-\n  x\n\n   y\n"),
        ({"a": ["x\ny"]}, "a:\n  - |-\n    x\n    y\n"),
        ({"a": [{"b": [{"c": "x\ny"}]}]}, "a:\n  - b:\n      - c: |-\n          x\n          y\n"),
        ({"a": " x\ny"}, 'a: " x\\ny"\n'),
        ({"a": "x\n \ny"}, 'a: "x\\n \\ny"\n'),
        ({"a": "x\n\n"}, 'a: "x\\n\\n"\n'),
        ({"a": "x\r\ny"}, 'a: "x\\r\\ny"\n'),
    ],
)
def test_layout(value: Any, lines: str) -> None:
    assert emit(value) == lines
    assert yaml.safe_load(lines) == value


def test_an_indent_is_that_of_the_whole() -> None:
    assert emit([{"a": 1, "b": "x\ny"}], 4) == "    - a: 1\n      b: |-\n        x\n        y\n"


@pytest.mark.parametrize(
    "value", ["\ud800", {"\udfff": 1}, float("nan"), float("inf"), {"k" * 2000: 1}, {"\0" * 500: 1}]
)
def test_what_yaml_has_no_place_for_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError):
        emit({"json": value})


@settings(max_examples=50, deadline=None)
@given(st.sampled_from("k\0\u2028\U0001f600"), st.integers(90, 1100))
def test_a_key_is_written_as_long_as_it_can_be_read(char: str, length: int) -> None:
    try:
        text = emit({"json": {char * length: 1}})
    except ValueError:
        assert len(flow(char * length)) > 1000
    else:
        assert composed(text) == {char * length: 1} == yaml.safe_load(text)["json"]
