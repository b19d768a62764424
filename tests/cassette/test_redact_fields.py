"""Identifying fields of JSON bodies: blotted where providers have them, and nowhere else."""

from __future__ import annotations

import json
import time

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.redact.fields import FieldBlotter


def blotted(body: bytes, size: int = 0) -> bytes:
    blotter = FieldBlotter()
    size = size or max(1, len(body))
    return b"".join([*(blotter.feed(body[at : at + size]) for at in range(0, len(body), size)), blotter.flush()])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('data: {"user_id":"u_1"}\n\n', 'data: {"user_id":"xxx"}\n\n'),
        ('{"user": "a\\"b\\\\", "n": 1}', '{"user": "xxxxxx", "n": 1}'),
        ('{"user_id" :\n 120, "b": 2}', '{"user_id" :\n 111, "b": 2}'),
        ('{"user":null,"safety_identifier":"s","prompt_cache_key":""}', None),
        ('{"response":{"user":"u","prompt_cache_key":"k1"}}', '{"response":{"user":"x","prompt_cache_key":"xx"}}'),
        (
            '{"error":{"metadata":{"user_id":"u"}},"user_id":"v"}',
            '{"error":{"metadata":{"user_id":"x"}},"user_id":"x"}',
        ),
        ('{"metadata":{"user_id":"u","user":"me"}}', '{"metadata":{"user_id":"x","user":"me"}}'),
        ('[{"user":"a"}\r\n,\r\n{"user":"b"}]', '[{"user":"x"}\r\n,\r\n{"user":"x"}]'),
        (
            '{\r\n "error": {\r\n  "code": 1\r\n },\r\n "user_id": "u"\r\n}',
            '{\r\n "error": {\r\n  "code": 1\r\n },\r\n "user_id": "x"\r\n}',
        ),
        ('data: {\ndata: "user_id": "u",\ndata: "b": "c"}\n\n', 'data: {\ndata: "user_id": "x",\ndata: "b": "c"}\n\n'),
        ('{"broken": "\n{"user":"a"}\n', '{"broken": "\n{"user":"x"}\n'),
        ('data: a { b\n\ndata: {"user":"a"}\n\n', 'data: a { b\n\ndata: {"user":"x"}\n\n'),
        ('data: a { b\r\rdata: {"user":"a"}\r\r', 'data: a { b\r\rdata: {"user":"x"}\r\r'),
        ('\0{\x7f"\0\0\0{"user":"a"}\x01', '\0{\x7f"\0\0\0{"user":"x"}\x01'),
        ('{"user":"cut off', '{"user":"xxxxxxx'),
        # What was said stays.
        ('{"choices":[{"delta":{"content":"{\\"user\\":\\"me\\"}"}}]}', None),
        ('{"input":{"user":"me","user_id":7}}', None),
        ('{"messages":[{"role":"user","content":"user"}],"a":[{"user":"b"}]}', None),
        ('{"args":{"response":{"user":"me"}}}', None),
        ('{"username":"me","user":{"name":"me"},"end_user":"me","x":"user"}', None),
        ('data: "user": "me"\n\n', None),
        ('{"signature":"user","thoughtSignature":"abc","encrypted_content":"gAAA"}', None),
    ],
)
def test_values_at_their_places(body: str, expected: str | None) -> None:
    want = expected if expected is not None else body.replace('"safety_identifier":"s"', '"safety_identifier":"x"')
    for size in (0, 1, 2, 3, 11):
        assert blotted(body.encode(), size).decode() == want


def test_it_says_which_and_not_what() -> None:
    blotter = FieldBlotter()
    blotter.feed(b'{"user_id":"secret","user":"xx","prompt_cache_key":null}')
    assert blotter.what == "an identifying field: user_id"
    assert blotter.blotted


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=6) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["user", "user_id", "response", "error", "metadata", "a", 'q"\\']), inner)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=3), st.sampled_from(["\n", "\n\n", "\r\n\r\n"]), st.integers(1, 9), st.booleans())
@settings(max_examples=200, deadline=None)
def test_law_documents_keep_their_shape_in_any_cutting(values: list[object], end: str, size: int, ascii_: bool) -> None:
    body = "".join(f"{json.dumps(value, ensure_ascii=ascii_)}{end}" for value in values).encode()
    out = blotted(body)
    assert blotted(body, size) == out
    assert blotted(out) == out
    for line, value in zip(out.decode().split(end), values, strict=False):
        assert shape(json.loads(line)) == shape(value)
    assert '"user": "' not in json.dumps([v for v in map(json.loads, out.decode().split(end)[:-1]) if top_user(v)])


def top_user(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("user"), str) and value["user"].strip("x") != ""


def shape(value: object) -> object:
    """The value without what its strings and numbers say."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


@given(
    st.lists(
        st.sampled_from([b'"user"', b":", b'"', b"{", b"}", b"[", b"]", b",", b"\\", b"\n", b"\r", b"\0", b"1", b"a"])
    )
)
@settings(max_examples=300, deadline=None)
def test_law_nonsense_is_the_same_in_any_cutting(parts: list[bytes]) -> None:
    body = b"".join(parts)
    out = blotted(body)
    assert len(out) == len(body)
    assert blotted(body, 1) == out
    assert blotted(out) == out


@pytest.mark.parametrize("unit", [b"{", b'"', b'{"user":"', b"\n", b"[", b"\\"])
def test_linear(unit: bytes) -> None:
    def cpu_seconds(size: int) -> float:
        start = time.process_time()
        blotted(unit * size, 4096)
        return time.process_time() - start

    assert_linear(cpu_seconds, 20_000, 3.0)
