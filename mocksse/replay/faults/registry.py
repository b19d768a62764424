"""All faults by name, in the order in which docs/faults.md has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.faults import freshness, reconnect
from mocksse.replay.faults.framing import blocks, cutting, fields, keepalives, line_ends, sizes, stray_lines
from mocksse.replay.faults.http import content, page, redirect, status
from mocksse.replay.faults.payload import damage, drift, error, finish, protocol, sequence, tool_fragments, tools
from mocksse.replay.faults.transport import afterwards, compression, ending, heartbeat, message, timing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mocksse.replay.faults.fault import Fault

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for family in (
        ending,
        message,
        afterwards,
        timing,
        heartbeat,
        compression,
        cutting,
        line_ends,
        fields,
        stray_lines,
        keepalives,
        blocks,
        sizes,
        sequence,
        finish,
        damage,
        error,
        drift,
        tools,
        tool_fragments,
        protocol,
        status,
        redirect,
        page,
        content,
        freshness,
        reconnect,
    )
    for fault in family.FAULTS
}
