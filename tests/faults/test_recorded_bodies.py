"""Events gone, doubled, damaged, errors and other answers, over what providers really sent: a plan, or Refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from breaking import broken, got

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.http import content, page, redirect, status
from mocksse.replay.faults.payload import damage, error, finish, sequence

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.fault import Fault

pytestmark = pytest.mark.long

FAULTS = [
    fault for module in (sequence, finish, damage, error, status, page, content, redirect) for fault in module.FAULTS
]
ALWAYS = ("zero-events", "status", "html-error", "redirect", "content-type")
"""These can be played over any answer that has a body."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_recorded_streams(fault: Fault, recorded: dict[str, Interaction]) -> None:
    taken = 0
    for name, tape in recorded.items():
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
    assert taken > len(recorded) // 6
