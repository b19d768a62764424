"""Reports as one page: cases by clients, and behind each cell what was sent, what should have come out, and what did.

One file, nothing from elsewhere. Its Content-Security-Policy allows its own script and style alone, by their hashes.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def page(document: Mapping[str, Any]) -> str:
    """The page of what `document` gives."""
    style, script = _read("report.css"), _read("report.js")
    hashes = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (style, script))
    policy = "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'"
    # In a script `</script` and `<!--` can't be; half a surrogate pair stays an escape.
    data = json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"policy": policy.format(*hashes), "style": style, "data": data, "script": script}
    text = _read("report.html")
    found = []
    for name, value in parts.items():
        # In this order: what is put in is not looked at again.
        before, text = text.split(f"<!--{name}-->", 1)
        found += [before, value]
    return "".join((*found, text))


def _read(name: str) -> str:
    return (files("mocksse.torture") / "ui" / name).read_text(encoding="utf-8")
