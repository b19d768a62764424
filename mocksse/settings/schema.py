"""The JSON Schema of settings files, made of the very types that read them."""

from __future__ import annotations

from typing import Any

import msgspec

from mocksse.cassette.schema import DIALECT
from mocksse.settings.document import SettingsDoc
from mocksse.settings.model import SESSION_NAME


def settings_schema() -> dict[str, Any]:
    """The schema, draft 2020-12. What the types don't say of a session's name is added."""
    made = msgspec.json.schema(SettingsDoc)
    sessions: dict[str, Any] = made["$defs"]["SettingsDoc"]["properties"]["sessions"]
    for choice in sessions["anyOf"]:
        if choice.get("type") == "object":
            choice["propertyNames"] = {"pattern": f"^{SESSION_NAME.pattern}$"}
    return {"$schema": DIALECT, "title": "mocksse settings", **made}
