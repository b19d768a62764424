"""Events gone, doubled, damaged, errors and other answers, over what providers really sent: a plan, or Refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from breaking import broken, got, recording

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.http import content, page, redirect, status
from mocksse.replay.faults.payload import damage, error, finish, sequence

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.fault import Fault

FAULTS = [
    fault for module in (sequence, finish, damage, error, status, page, content, redirect) for fault in module.FAULTS
]
ALWAYS = ("zero-events", "status", "html-error", "redirect", "content-type")
"""These can be played over any answer that has a body."""


@pytest.fixture(scope="module")
def tapes(streams: Path) -> dict[str, Interaction]:
    found: dict[str, Interaction] = {}
    for meta in sorted(streams.glob("*/*.meta.json")):
        name = meta.name.removesuffix(".meta.json")
        (body,) = (path for path in meta.parent.glob(f"{name}.*") if path != meta)
        told = json.loads(meta.read_text("utf-8"))
        headers = {key.lower(): value for key, value in told["response_headers"].items()}
        content_type = headers.get("content-type", "")
        found[name] = recording(body.read_bytes(), path=told["request_path"], content_type=content_type)
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_recorded_streams(fault: Fault, tapes: dict[str, Interaction]) -> None:
    taken = 0
    for name, tape in tapes.items():
        for faults in (fault.name, fault.example):
            try:
                plan = broken(faults, tape)
            except Refused:
                assert fault.name not in ALWAYS, name
                continue
            taken += 1
            there = got(plan)
            assert there.whole
            assert fault.law == "GATING" or there.body != tape.response.body
    assert taken > len(tapes) // 6
