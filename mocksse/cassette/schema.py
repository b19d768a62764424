"""The JSON Schema of cassette files, made of the very types that read them."""

from __future__ import annotations

from typing import Any

import msgspec

from mocksse.cassette.document import CassetteDoc

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_AS_WRITTEN = ("data", "line", "text", "comment", "event", "id")


def schema() -> dict[str, Any]:
    """Draft 2020-12. What stands in `data:` is text as it is written, so an editor may not object to its type."""
    made = msgspec.json.schema(CassetteDoc)
    definitions = made["$defs"]
    for name in ("Entry", "SseFields"):
        for key in _AS_WRITTEN:
            if key in (found := definitions[name]["properties"]):
                kept = {k: v for k, v in found[key].items() if k in {"description", "default"}}
                found[key] = {**kept, "type": ["string", "number", "boolean", "array", "object", "null"]}
    return {"$schema": _DIALECT, "title": "mocksse cassette", **made}
