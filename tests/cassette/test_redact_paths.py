"""A user's JSONPaths: what they select in each document of a body goes."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.redact.paths import PathBlotter
from mocksse.errors import UsageError
from mocksse.providers import jsonpath


def blotted(path: str, body: bytes, content_type: str = "text/event-stream", size: int = 0) -> bytes:
    blotter = PathBlotter((path,), content_type)
    size = size or max(1, len(body))
    return b"".join([*(blotter.feed(body[at : at + size]) for at in range(0, len(body), size)), blotter.flush()])


DOC = '{"user": {"email": "me@é", "n": -12.5, "ok": true}, "list": [{"email": "a\\"b"}, 7, null]}'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.user.email", DOC.replace("me@é", "xxxxx")),
        ("$..email", DOC.replace("me@é", "xxxxx").replace('a\\"b', "xxxx")),
        ("$.list[1]", DOC.replace("7", "1")),
        ("$.user", DOC.replace("me@é", "xxxxx").replace("12.5", "11.1")),
        ("$.list[?@.email]", DOC.replace('a\\"b', "xxxx")),
        ("$.nothing", DOC),
        ("$.user.ok", DOC),
    ],
)
def test_what_is_selected_goes(path: str, expected: str) -> None:
    for around in ("data: {}\n\n", "{}\n", "\0\0{}\1\2", "event: x\r\ndata: {}\r\n\r\n"):
        for size in (0, 1, 7):
            body = around.replace("{}", DOC).encode()
            assert blotted(path, body, size=size) == around.replace("{}", expected).encode()
    assert blotted(path, DOC.encode(), "application/json; charset=utf-8", 3) == expected.encode()


def test_pretty_json_is_one_document() -> None:
    body = json.dumps({"a": {"b": "cde"}}, indent=1).encode()
    assert blotted("$.a.b", body, "application/json", 4) == body.replace(b"cde", b"xxx")
    assert blotted("$.a.b", body, "application/problem+json") == body.replace(b"cde", b"xxx")
    lines = b'{"a":{"b":"c"}}\n{"a":{"b":"d"}}\n'
    for kind in ("application/x-ndjson", "application/stream+json", "application/jsonl"):
        assert blotted("$.a.b", lines, kind) == b'{"a":{"b":"x"}}\n{"a":{"b":"x"}}\n'


@pytest.mark.parametrize(
    "body", [b"data: {broken\n", b"data: [DONE]\n", b"\xff{}\n", b'{"a":"\xff"}', b"[" * 100_000, b""]
)
def test_what_is_no_json_stays(body: bytes) -> None:
    assert blotted("$.b", body) == body


def test_a_document_that_is_too_long_is_let_go_and_told() -> None:
    body = b'{"a":"' + b"b" * 100 + b'"}\n{"a":"c"}\n'
    with patch.object(limits, "MAX_JSON_BYTES", 50):
        for size in (1, 30, 200):
            blotter = PathBlotter(("$.a",), "")
            pieces = [blotter.feed(body[at : at + size]) for at in range(0, len(body), size)]
            assert b"".join([*pieces, blotter.flush()]) == body.replace(b'"c"', b'"x"')
            assert blotter.unchecked
            assert blotter.held == 0


@pytest.mark.parametrize("path", ["$[", "$.a[?", "user..", ""])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="is no JSONPath") as refused:
        PathBlotter((path,))
    assert "\n" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abé"), inner),
    max_leaves=10,
)


@given(JSON, st.sampled_from(["$..a", "$.a", "$[0]", "$..*", "$.b[1]"]), st.integers(1, 8), st.booleans())
@settings(max_examples=200, deadline=None)
def test_law_nothing_selected_is_left(value: object, path: str, size: int, ascii_: bool) -> None:

    body = json.dumps(value, ensure_ascii=ascii_).encode()
    out = blotted(path, body)
    assert len(out) == len(body)
    assert blotted(path, body, size=size) == out
    assert blotted(path, out) == out
    if isinstance(value, dict | list):
        left = [item for item in jsonpath.select(path, json.loads(out)) if isinstance(item, str)]
        assert all(item.strip("x") == "" for item in left)
