"""A request body as a cassette writes it: JSON where that gives back the very bytes, else text, else base64.

Also the one thing that is not kept whole: a large base64 image in a prompt becomes its sha256, which matching
understands by doing the same to what it is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from mocksse import limits
from mocksse.cassette.compose import compose
from mocksse.cassette.emit import emit
from mocksse.cassette.entries import decode_base64, spell_verbatim
from mocksse.errors import CassetteError

if TYPE_CHECKING:
    from mocksse.cassette.document import RequestDoc

_STYLES: dict[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "spaced": {"ensure_ascii": False},
    "compact-ascii": {"separators": (",", ":")},
    "spaced-ascii": {},
}
_IMAGE = re.compile(rb'"(data:[\w.+/-]{1,100};base64,)?([A-Za-z0-9+/_-]{4096,}={0,2})"')


def spell_body(body: bytes | None) -> dict[str, Any]:
    """The keys of a RequestDoc that stand for a body: json (and json_style), text, base64, or none."""
    if body is None:
        return {}
    if body.startswith((b"{", b"[")) and len(body) <= limits.MAX_JSON_BYTES and (found := _as_json(body)):
        return found
    return spell_verbatim(body)


def _as_json(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
        style = next((style for style in _STYLES if encode_json(value, style) == body), None)
        if style is None or _depth(value) > limits.MAX_JSON_DEPTH:
            return None
        # Infinity, NaN, a lone surrogate, a number of 4,000 digits and a key of 2,000 characters get as far as this.
        kept = compose(emit({"json": value}), "")["json"]
        if encode_json(kept, style) != body:
            return None
    except (ValueError, RecursionError, CassetteError):
        return None
    return {"json": value} if style == "compact" else {"json": value, "json_style": style}


def encode_json(value: Any, style: str) -> bytes:
    """The value in one of the spellings of `json_style`."""
    return json.dumps(value, **_STYLES[style]).encode("utf-8", "surrogatepass")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= limits.MAX_JSON_DEPTH:
        depth += 1
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return depth


def body_bytes(request: RequestDoc) -> bytes | None:
    """The bytes of a RequestDoc's body. Raises ValueError for one that says it in two ways, or not validly."""
    given = (request.json is not UNSET) + (request.text is not None) + (request.base64 is not None)
    if given > 1:
        raise ValueError("a body is json, or text, or base64")
    if request.json is not UNSET:
        return encode_json(request.json, request.json_style)
    if request.text is not None:
        return request.text.encode()
    return None if request.base64 is None else decode_base64(request.base64)


def abridge(body: bytes) -> bytes:
    """The body with every base64 text of 4 KiB or more in it replaced by `sha256:` and its digest."""
    return _IMAGE.sub(_digest, body) if len(body) > 4096 else body


def _digest(found: re.Match[bytes]) -> bytes:
    return b'"%bsha256:%b"' % (found[1] or b"", hashlib.sha256(found[2]).hexdigest().encode())
