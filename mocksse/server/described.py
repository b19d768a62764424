"""A journal's records as JSON, for whoever asks: redacted as a recording is, and no record is changed by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mocksse.cassette.asked import stored_request
from mocksse.cassette.entries import spell_verbatim
from mocksse.cassette.match import parse_json
from mocksse.cassette.redact import credentials
from mocksse.figures import utc_text
from mocksse.server.access import brief

if TYPE_CHECKING:
    from mocksse.cassette.model import Request
    from mocksse.server.journal import Record


def described(record: Record, *, writes: bool = True) -> dict[str, Any]:
    """All there is of a request; times in milliseconds since it was there. `writes`: each write of the answer, too."""
    value: dict[str, Any] = {
        "number": record.number,
        "session": record.session,
        "at": utc_text(record.at),
        "connection": record.connection,
        **_asked(record),
        "kind": record.kind,
        "status": record.status,
        "interaction": record.interaction or None,
        "play": record.play,
        "plan": record.plan or None,
        "note": record.note,
        "faults": list(record.faults),
        "notes": list(record.notes),
        "nearest": [near.told for near in record.nearest],
        "recorded": record.recorded or None,
        "done": record.done,
        "broken_off": record.broken_off or None,
        "bytes": record.written,
        "seconds": round(record.seconds, 6),
        "sent": record.sent,
        "planned": len(record.sizes),
        "end": {"at_ms": record.end_us / 1000, "how": record.finish},
    }
    if writes:
        value["writes"] = [_write(record, i) for i in range(len(record.sizes))]
    return value


def differences(record: Record) -> tuple[str, ...]:
    """How the nearest recording differs from a request that none answers, a line each, for people."""
    if not record.nearest:
        return ()
    secrets = credentials(record.target, record.fields, record.body, record.redaction)
    lines = (str(item).encode("utf-8", "surrogateescape") for item in record.nearest[0].differs)
    return tuple(brief(secrets.blot(line).decode("utf-8", "replace")) for line in lines)


def stored(record: Record) -> Request:
    """The request as a recording would keep it, without its credentials."""
    headers, rules = record.fields, record.redaction
    secrets = credentials(record.target, headers, record.body, rules)
    return stored_request(record.method, record.target, headers, record.body or None, secrets, rules)


def _asked(record: Record) -> dict[str, Any]:
    request = stored(record)
    value: dict[str, Any] = {
        "method": request.method,
        "path": request.path,
        "headers": [list(pair) for pair in request.headers],
        "body_bytes": record.body_bytes,
    }
    if request.body is not None:
        parsed = parse_json(request.body)
        value["body"] = {"json": parsed} if parsed is not None and _is_finite(parsed) else spell_verbatim(request.body)
    return value


def _is_finite(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _write(record: Record, index: int) -> dict[str, Any]:
    """One write: when it was due, null for what nobody planned, and when it was made, null where it was not."""
    at_ms = record.planned_us[index] / 1000
    if record.kind == "relayed":
        return {"bytes": record.sizes[index], "planned_ms": None, "written_ms": at_ms}
    late = record.late_us[index] / 1000 if index < record.sent and index < len(record.late_us) else None
    written = None if late is None else round(at_ms + late, 3)
    return {"bytes": record.sizes[index], "planned_ms": at_ms, "written_ms": written}
