"""YAML to values: JSON's typing, text as it is written, and every refusal with its line."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
import yaml
from cassette_strategies import AWKWARD, numbers_and_text
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette import compose as module
from mocksse.cassette.compose import compose, line_at
from mocksse.cassette.emit import emit
from mocksse.errors import CassetteError


def refusal(text: str) -> str:
    with pytest.raises(CassetteError) as caught:
        compose(text, "f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.50", 1.5),
        ("1.5e3", 1500.0),
        ("1.5E-3", 0.0015),
        ("-0.0", -0.0),
        ("9" * 4000, int("9" * 4000)),
        # Text, whatever YAML 1.1 says:
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        (".5", ".5"),
        ("1.", "1."),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        ("-.inf", "-.inf"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("=", "="),
        # Quotes make text of anything.
        ("'1'", "1"),
        ('"null"', "null"),
        ("|-\n  12", "12"),
        (">-\n  true", "true"),
    ],
)
def test_scalars_mean_what_they_mean_in_json(text: str, value: Any) -> None:
    found = compose(f"a: {text}\n", "f")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Hello", "Hello"),
        ("", ""),
        ("~", "~"),
        ("null", "null"),
        ("12", "12"),
        ("1.0e999", "1.0e999"),
        ("[DONE]", "[DONE]"),
        ('{"a": 1}', '{"a": 1}'),
        ('{"a":1,"b":[{}, "x"]}', '{"a":1,"b":[{}, "x"]}'),
        ('{"a": 1.0e999, "b": 1, "b": 2}', '{"a": 1.0e999, "b": 1, "b": 2}'),
        ("{{name}}", "{{name}}"),
        ("[DONE]   # the end", "[DONE]"),
        ("[a,\n      b]", "[a,\n      b]"),
        ('["\u00e9\U0001f600", x]', '["\u00e9\U0001f600", x]'),
        ("'[DONE]'", "[DONE]"),
        ('"a\\nb"', "a\nb"),
        ("|\n          a\n           b\n", "a\n b\n"),
        ("a\n          b", "a b"),
    ],
)
def test_what_stands_in_an_entry_is_text_as_it_is_written(text: str, data: str) -> None:
    for key in ("data", "line", "text", "comment", "event", "id"):
        assert compose(f"stream:\n  - {key}: {text}\n", "f") == {"stream": [{key: data}]}
    assert compose(f"stream:\n  - events:\n    - data: {text}\n", "f") == {"stream": [{"events": [{"data": data}]}]}


def test_elsewhere_these_keys_are_like_any_other() -> None:
    assert compose("json: {stream: [{data: 1, text: [a]}]}", "f") == {"json": {"stream": [{"data": 1, "text": ["a"]}]}}
    assert compose("data: [1]", "f") == {"data": [1]}
    assert compose("stream: [{retry: 1, after_ms: 2.5, more: true}]", "f") == {
        "stream": [{"retry": 1, "after_ms": 2.5, "more": True}]
    }


def test_a_head_is_text() -> None:
    assert compose("headers: {retry-after: 3, x: no, y: }", "f") == {
        "headers": {"retry-after": "3", "x": "no", "y": ""}
    }
    assert compose("trailers: [[a, 1], [b, {base64: 12}]]", "f") == {"trailers": [["a", "1"], ["b", {"base64": "12"}]]}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "%YAML 1.1\n---\n"])
def test_no_document_is_null(text: str) -> None:
    assert compose(text, "f") is None


QUOTE_IT = "(write the text itself, in quotes if it begins with one of & * ! %)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: &x 2\n", f"f:2: anchors are not allowed {QUOTE_IT}"),
        ("a: &x [1]\n", f"f:1: anchors are not allowed {QUOTE_IT}"),
        ("&x a: 1\n", f"f:1: anchors are not allowed {QUOTE_IT}"),
        ("a: 1\n\nb: *x\n", f"f:3: aliases are not allowed {QUOTE_IT}"),
        ("*x : 1\n", f"f:1: aliases are not allowed {QUOTE_IT}"),
        ("a: !!python/object/apply:os.system ['id']\n", f"f:1: tags are not allowed {QUOTE_IT}"),
        ("a: !!str 1\n", f"f:1: tags are not allowed {QUOTE_IT}"),
        ("a: ! 1\n", f"f:1: tags are not allowed {QUOTE_IT}"),
        ("!x a: 1\n", f"f:1: tags are not allowed {QUOTE_IT}"),
        ("stream:\n- data: [a, !x b]\n", f"f:2: tags are not allowed {QUOTE_IT}"),
        ("stream:\n- data: {a: &x b}\n", f"f:2: anchors are not allowed {QUOTE_IT}"),
        ("a:\n  <<: {b: 1}\n", "f:2: merge keys are not allowed (write the values out)"),
        ("a: 1\nb: 2\na: 3\n", "f:3: the key 'a' stands here twice (keep one of them)"),
        ("a: 1\n'a': 3\n", "f:2: the key 'a' stands here twice (keep one of them)"),
        (f"{'k' * 90}: 1\n{'k' * 90}: 1\n", f"f:2: the key '{'k' * 59}…' stands here twice (keep one of them)"),
        ("a: 1\n---\nb: 1\n", "f:2: a second document (keep one to a file)"),
        ("[a]: 1\n", "f:1: a key must be text (quote it)"),
        ("a: {{b: 1}: 2}\n", "f:1: a key must be text (quote it)"),
        ("? {b: 1}\n: 2\n", "f:1: a key must be text (quote it)"),
        ("a: 1.0e999\n", "f:1: '1.0e999' is too large a number (put it in quotes if it is text)"),
        (f"a:\n  - {'9' * 4001}\n", f"f:2: '{'9' * 59}…' is too large a number (put it in quotes if it is text)"),
        (
            "stream:\n  - data:\n      a: 1\n",
            "f:3: data is text, but a block of YAML stands here (write it on one line, or as a block of text: data: |)",
        ),
        (
            "stream:\n  - text:\n    - a\n",
            "f:3: text is text, but a block of YAML stands here (write it on one line, or as a block of text: text: |)",
        ),
        ("a: 'x\n", "f:2: not YAML: found unexpected end of stream (quote the text, or check the indentation)"),
        ("a:\n\t- b\n", "f:2: not YAML: found character that cannot start any token "
         "(indent with spaces; quote text that begins with a special sign)"),
        ("a: b: c\n", "f:1: not YAML: mapping values are not allowed in this context "
         "(quote text that has a colon in it)"),
        ('a: "\\ud800"\n', "f:1: not YAML: found invalid Unicode character escape code "
         "(in single quotes a backslash is itself)"),
        ("a: b\x07\n", "f:1: not YAML: the character U+0007 (write it as an escape in double quotes, or as base64)"),
        ("a: \ufffe\n", "f:1: not YAML: the character U+FFFE (write it as an escape in double quotes, or as base64)"),
    ],
)  # fmt: skip
def test_refusals_say_the_line_and_what_to_do(text: str, message: str) -> None:
    assert refusal(text) == message


def test_lines_are_counted_as_editors_do() -> None:
    before = "- '\u2028 \u2029 \x85 \U0001f600\U0001f600\U0001f600'\n" * 3
    for fault in ("- \0\n\n\n\n", "- &x 1\n\n\n", "- b: c: d\n\n\n", "- {a: 1, a: 2}\n\n"):
        assert refusal(before + fault).startswith("f:4: ")
    assert refusal("a: 1\r\nb: &x\r\n").startswith("f:2: ")


@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize(
    ("begin", "end"), [("[", "]"), ("{a: ", "}"), ("- ", ""), ("stream: [{data: [", "]}]")], ids=["[", "{", "-", "data"]
)
def test_depth(begin: str, end: str, fits: bool) -> None:
    if begin.startswith("stream"):
        inside = limits.MAX_YAML_DEPTH - 4 + (not fits)
        text = begin + "[" * inside + "]" * inside + end
    else:
        levels = limits.MAX_YAML_DEPTH + (not fits)
        text = begin * levels + end * levels
    if fits:
        assert compose(text, "f")
    else:
        assert refusal(text) == f"f:1: nested deeper than {limits.MAX_YAML_DEPTH} levels (flatten it)"


def test_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_YAML_NODES", 10)
    assert compose("- 1\n" * 9, "f") == [1] * 9
    assert refusal("- 1\n" * 10).startswith("f:11: more than 10 values (split the file)")
    assert refusal("stream: [{data: [1,2,3,4,5,6,7,8,9,10,11]}]").startswith("f:1: more than 10 values")


def test_places() -> None:
    text = "a: 1\nb:\n  - c: x\n    d: [y, z]\nstream:\n- data: {p: q}\n"
    places: dict[tuple[str | int, ...], int] = {}
    compose(text, "f", places=places)
    assert {path: line_at(text, index) for path, index in places.items() if path[:1] != ("stream",)} == {
        (): 1,
        ("a",): 1,
        ("b",): 3,
        ("b", 0): 3,
        ("b", 0, "c"): 3,
        ("b", 0, "d"): 4,
        ("b", 0, "d", 0): 4,
        ("b", 0, "d", 1): 4,
    }
    assert line_at(text, places[("stream", 0, "data")]) == 6


@settings(max_examples=300, deadline=None)
@given(AWKWARD | st.text(alphabet="ab:-[]{},&*!|>'\"%@` \n#?1.<~", max_size=40))
def test_anything_is_a_value_or_one_refusal(text: str) -> None:
    with suppress(CassetteError):
        compose(text, "f")
        return
    assert re.fullmatch(r"f:[0-9]+: [^\n]+", refusal(text))


@settings(max_examples=50, deadline=None)
@given(numbers_and_text())
def test_without_libyaml_what_was_dumped_is_the_same(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_Loader", yaml.SafeLoader)
        assert compose(emit({"json": value}), "f") == {"json": value}


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 50_000, "a: &x 1", "a: {<<: 1}", "a: 1\na: 2", "a: \0", "\t- a"])
def test_without_libyaml_the_guard_stands(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_Loader", yaml.SafeLoader)
    assert refusal(text).startswith("f:")
