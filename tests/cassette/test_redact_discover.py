"""Keys behind any spelling of them."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from mocksse.cassette.redact import discover

KEY = "sk-Zq8w_Rt5yU1iOp3aSd/fGh4jK6lQ+zXc7vBn9mWe2"
RAW = KEY.encode()


@pytest.mark.parametrize(
    "text",
    [
        b"a " + RAW + b".",
        quote(KEY, safe="").encode(),
        quote(quote(KEY, safe=""), safe="").encode(),
        "".join(f"%{byte:02X}" for byte in RAW).encode(),
        json.dumps(KEY).replace("/", "\\/").encode(),
        "".join(f"\\u{byte:04x}" for byte in RAW).encode(),
        json.dumps(json.dumps({"k": KEY})).encode(),
        *(b64encode(b" " * shift + b'"' + RAW + b'"') for shift in range(3)),
        urlsafe_b64encode(b'{"k":"' + RAW + b'"}'),
        b"abc" + b64encode(b'"' + RAW + b'"'),
        quote(b64encode(b'"' + RAW + b'"'), safe="").encode(),
    ],
)
def test_a_key_in_any_spelling(text: bytes) -> None:
    assert RAW in discover(b'{"x":"' + text + b'"}')


def test_nothing_where_there_is_none() -> None:
    opaque = b64encode(bytes(range(256)) * 20)
    assert discover(opaque + b" sk-learn %73k-learn \\u0073k sk-test-0123456789abcdef") == set()
