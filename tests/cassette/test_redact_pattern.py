"""How one secret can be spelt."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from secret_spellings import FIXED, base64_texts, json_inside

from mocksse.cassette.redact.pattern import Pattern, readings

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = "sk-Abc/123_xyZ+90"
AWKWARD = 'pä"s\\s/w😀rd\\\\%41"é'


def walks(secret: str, data: bytes, start: int = 0) -> set[tuple[int, int]]:
    return {pattern.walk(data, start) for pattern in readings(secret.encode())}


@pytest.mark.parametrize("secret", [PLAIN, AWKWARD, "two words here"])
@pytest.mark.parametrize("spelling", FIXED)
def test_a_spelling_is_read_to_its_end(secret: str, spelling: str) -> None:
    data = FIXED[spelling](secret).encode()
    assert (len(data), -1) in walks(secret, data + b"\n")
    assert (2 + len(data), -1) in walks(secret, b"a=" + data + b"&b", 2)


@pytest.mark.parametrize("secret", [PLAIN, AWKWARD])
@pytest.mark.parametrize("spelling", FIXED)
def test_every_start_of_a_spelling_may_become_one(secret: str, spelling: str) -> None:
    data = FIXED[spelling](secret).encode()
    for cut in range(1, len(data)):
        assert max(depth for _, depth in walks(secret, data[:cut])) >= 0, data[:cut]
        assert max(depth for _, depth in walks(secret, data[:cut] + b"\0")) < 0, data[:cut]


@pytest.mark.parametrize(
    "data",
    [
        b"sk-Abc/123_xyZ+9",
        b"sk-Abc/123_xyZ+91",
        b"SK-ABC/123_XYZ+90",
        b"sk-Abc%123_xyZ+90",
        b"sk-Abc%2g123_xyZ+90",
        b"%25252573k-Abc/123_xyZ+90",
        b"sk-Abc\\u2f123_xyZ+90",
        b"sk-Abc\\u012f123_xyZ+90",
        b"sk-Abc\\" + b"\\" * 16 + b"/123_xyZ+90",
        b"sk-Abc \\/123_xyZ+90",
    ],
)
def test_anything_else_is_not(data: bytes) -> None:
    assert max(end for end, _ in walks(PLAIN, data + b"\n")) == -1


def test_how_far_an_unfinished_spelling_went() -> None:
    (pattern, *_) = readings(PLAIN.encode())
    assert pattern.walk(b"..sk-A", 2) == (-1, 4)
    assert pattern.walk(b"sk-Ab%", 0) == (-1, 5)
    assert pattern.walk(b"sk-Ab\\u00", 0) == (-1, 5)
    assert pattern.walk(PLAIN.encode(), 0) == (len(PLAIN), -1)


def test_a_whole_spelling_that_may_become_longer() -> None:
    (pattern, *_) = readings(b"ends with \\")
    assert pattern.walk(b"ends with \\", 0) == (11, 10)
    assert pattern.walk(b"ends with \\\\", 0) == (12, 10)
    assert pattern.walk(b"ends with \\\\ ", 0) == (12, -1)


def test_many_ways_to_read_stay_cheap() -> None:
    (pattern, *_) = readings(b"\\" * 40 + b"%25" * 40 + b"!")
    assert pattern.walk(b"\\" * 300 + b"%25" * 300, 0)[0] == -1


@pytest.mark.parametrize("secret", [PLAIN, AWKWARD, "12345678", "~~~~~~~~", "???>>>???>>>"])
def test_base64_at_every_alignment_decodes_to_marks(secret: str) -> None:
    for name, text, plain in base64_texts(secret.encode()):
        end, start, pattern = found(secret, text)
        blotted = text[:start] + pattern.blot(text[start:end], b"x") + text[end:]
        decoded = b64decode(blotted.translate(bytes.maketrans(b"-_", b"+/")) + b"==")
        at = plain.index(secret.encode())
        middle = slice(at + 1, at + len(secret.encode()) - 1)
        assert len(blotted) == len(text), name
        assert decoded[middle] == b"x" * (len(secret.encode()) - 2), name
        # Half a byte at each end belongs to a character that the neighbour shares.
        assert decoded[:at] == plain[:at], name
        assert decoded[at + len(secret.encode()) :] == plain[at + len(secret.encode()) :], name


def found(secret: str, data: bytes) -> tuple[int, int, Pattern]:
    """End, start and pattern of the first spelling in the data."""
    for start in range(len(data)):
        for pattern in readings(secret.encode()):
            end, _ = pattern.walk(data, start)
            if end >= 0:
                return end, start, pattern
    raise AssertionError(data)


@pytest.mark.parametrize(
    "escape",
    [
        lambda text: text.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"),
        lambda text: re.sub("[+/=]", lambda c: f"%25{ord(c[0]):02X}", text),
        lambda text: text.replace("/", "\\/"),
        lambda text: json_inside(text.replace("/", "\\/")),
        lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
        lambda text: json_inside("".join(f"\\u{ord(c):04x}" for c in text)),
    ],
)
def test_base64_in_escapes_keeps_its_escapes(escape: Callable[[str], str]) -> None:
    secret = "a?>~b?o>c?~?d>>>"
    text = escape(b64encode(b"<<" + secret.encode() + b">>").decode()).encode()
    end, start, pattern = found(secret, text)
    blotted = text[:start] + pattern.blot(text[start:end], b"x") + text[end:]
    assert len(blotted) == len(text)
    plain = unquote(unquote(blotted.decode()))
    for _ in range(2):
        plain = json.loads(f'"{plain}"') if "\\" in plain else plain
    decoded = b64decode(plain)
    assert decoded.startswith(b"<<")
    assert decoded.endswith(b">>")
    assert secret.encode()[1:4] not in decoded
    # `\/` has no other character of its length; all else becomes x.
    assert decoded.count(b"x") >= (8 if b"/" in text else 14)
