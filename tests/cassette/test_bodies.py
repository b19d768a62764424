"""Request bodies as a cassette writes them: JSON only where that gives back the very bytes."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from cassette_strategies import JSON_BODIES, ODD_BODIES, REQUEST_BODIES
from hypothesis import given, settings
from msgspec import UNSET

from mocksse.cassette.bodies import abridge, body_bytes, encode_json, spell_body
from mocksse.cassette.document import RequestDoc


def doc(keys: dict[str, Any]) -> RequestDoc:
    return RequestDoc(path="/", **keys)


@settings(max_examples=300, deadline=None)
@given(REQUEST_BODIES)
def test_any_body_comes_back(body: bytes | None) -> None:
    assert body_bytes(doc(spell_body(body))) == body


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: repr(body[:24]))
def test_these_come_back(body: bytes) -> None:
    assert body_bytes(doc(spell_body(body))) == body


@settings(max_examples=100, deadline=None)
@given(JSON_BODIES)
def test_json_is_kept_as_json_or_as_text(body: bytes) -> None:
    kept = spell_body(body)
    assert set(kept) in ({"json"}, {"json", "json_style"}, {"text"}, {"base64"})


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (None, {}),
        (b"", {"text": ""}),
        (b'{"a":1,"b":[true,null,1.5]}', {"json": {"a": 1, "b": [True, None, 1.5]}}),
        (b'{"a": 1, "b": 2}', {"json": {"a": 1, "b": 2}, "json_style": "spaced"}),
        ('{"a":"é"}'.encode(), {"json": {"a": "é"}}),
        (b'{"a":"\\u00e9"}', {"json": {"a": "é"}, "json_style": "compact-ascii"}),
        (b'{"a": "\\u00e9"}', {"json": {"a": "é"}, "json_style": "spaced-ascii"}),
        (b'{"a":"\\ud83d\\ude00"}', {"json": {"a": "😀"}, "json_style": "compact-ascii"}),
        (b"[]", {"json": []}),
        (b"[-0.0]", {"json": [-0.0]}),
        (b"[1e+22]", {"json": [1e22]}),
        (b'{"<<":1,"":2}', {"json": {"<<": 1, "": 2}}),
        # Not to be spelt by `json`, or not the same again out of YAML:
        (b'{"a":1.10}', {"text": '{"a":1.10}'}),
        (b'{"a":1e400}', {"text": '{"a":1e400}'}),
        (b"[1E5]", {"text": "[1E5]"}),
        (b"[-0]", {"text": "[-0]"}),
        (b"[NaN]", {"text": "[NaN]"}),
        (b"[Infinity]", {"text": "[Infinity]"}),
        (b'{"a":1,"a":2}', {"text": '{"a":1,"a":2}'}),
        (b'["\\ud83d"]', {"text": '["\\ud83d"]'}),
        (b'["\\/"]', {"text": '["\\/"]'}),
        (b"[1]\n", {"text": "[1]\n"}),
        (b'{"a":1, "b":2}', {"text": '{"a":1, "b":2}'}),
        (b"1", {"text": "1"}),
        (b'"a"', {"text": '"a"'}),
        (b"a=1&b=2", {"text": "a=1&b=2"}),
        (b"\xff", {"base64": "/w=="}),
        (b'["\xed\xa0\xbd"]', {"base64": "WyLtoL0iXQ=="}),
    ],
)
def test_forms(body: bytes | None, keys: dict[str, Any]) -> None:
    assert spell_body(body) == keys


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"[" * 16 + b"]" * 16, "json"),
        (b"[" * 17 + b"]" * 17, "text"),
        (b"[" * 100_000 + b"]" * 100_000, "text"),
        (b"[" + b"1" * 4000 + b"]", "json"),
        (b"[" + b"1" * 4001 + b"]", "text"),
        (b"[" + b"1" * 5000 + b"]", "text"),
        (b'{"' + b"k" * 900 + b'":1}', "json"),
        (b'{"' + b"k" * 1100 + b'":1}', "text"),
        (b'["' + b"x" * (1 << 20) + b'"]', "text"),
        (b"[" + b"1," * 100_000 + b"1]", "json"),
    ],
    ids=lambda value: value[:9].decode() if isinstance(value, bytes) else value,
)
def test_json_that_is_too_much_for_yaml_is_text(body: bytes, form: str) -> None:
    assert next(iter(spell_body(body))) == form


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"json": 1, "text": "a"}, "a body is json, or text, or base64"),
        ({"json": None, "base64": ""}, "a body is json, or text, or base64"),
        ({"text": "", "base64": ""}, "a body is json, or text, or base64"),
        ({"base64": "*"}, "not base64"),
    ],
)
def test_a_body_is_said_in_one_way(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        body_bytes(doc(keys))
    assert str(caught.value) == message


def test_json_null_is_a_body_and_nothing_is_none() -> None:
    assert doc({}).json is UNSET
    assert body_bytes(doc({})) is None
    assert body_bytes(doc({"json": None})) == b"null"
    assert body_bytes(doc({"text": ""})) == b""


@pytest.mark.parametrize(
    ("style", "spelt"),
    [
        ("compact", '{"a":["é",1]}'),
        ("spaced", '{"a": ["é", 1]}'),
        ("compact-ascii", '{"a":["\\u00e9",1]}'),
        ("spaced-ascii", '{"a": ["\\u00e9", 1]}'),
    ],
)
def test_json_styles(style: str, spelt: str) -> None:
    assert encode_json({"a": ["é", 1]}, style) == spelt.encode()


IMAGE = b64encode(bytes(range(256)) * 20)
DIGEST = sha256(IMAGE).hexdigest().encode()


@pytest.mark.parametrize(
    ("body", "abridged"),
    [
        (b'{"url":"data:image/png;base64,%b"}' % IMAGE, b'{"url":"data:image/png;base64,sha256:%b"}' % DIGEST),
        (b'{"data": "%b"}' % IMAGE, b'{"data": "sha256:%b"}' % DIGEST),
        (b'["%b","%b"]' % (IMAGE, IMAGE), b'["sha256:%b","sha256:%b"]' % (DIGEST, DIGEST)),
        (b'{"data":"%b"}' % IMAGE[:4000], b'{"data":"%b"}' % IMAGE[:4000]),
        (b'{"data":"%b !"}' % IMAGE, b'{"data":"%b !"}' % IMAGE),
        (b'{"data":"%b' % IMAGE, b'{"data":"%b' % IMAGE),
        (IMAGE, IMAGE),
        (b"", b""),
    ],
    ids=["data URL", "bare", "two", "short", "no base64", "not closed", "no JSON", "empty"],
)
def test_images_become_their_digest(body: bytes, abridged: bytes) -> None:
    assert abridge(body) == abridged
    assert abridge(abridged) == abridged


def test_other_images_have_another_digest() -> None:
    other = b64encode(bytes(range(255)) * 20)
    assert abridge(b'{"data":"%b"}' % IMAGE) != abridge(b'{"data":"%b"}' % other)
    assert json.loads(abridge(b'{"data":"%b"}' % other))["data"].startswith("sha256:")
