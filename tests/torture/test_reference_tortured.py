"""Who the cases are held against: mocksse's own client passes what is decided, Chromium what the standard decides."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mocksse.torture.case import APIS, EVENTS
from mocksse.torture.cases import CASES
from mocksse.torture.clients.chromium_eventsource import executable
from mocksse.torture.plays import chosen
from mocksse.torture.subject import of_box
from mocksse.torture.suite import Options, Suite

if TYPE_CHECKING:
    from mocksse.torture.suite import Report

pytestmark = pytest.mark.long

CUTS = 3
WAITING = ("transport", "http", "reconnection")
"""Families in which clients wait: once over an API of each kind is enough."""


def report(name: str, api: str, *run: str, skip: tuple[str, ...] = (), cuts: int = CUTS) -> Report:
    (subject,) = of_box(name, [api])
    cases = [case for case in chosen(CASES, run, skip) if case.ways_for(api)]
    return Suite(subject, cases, Options(run=run, most=cuts, timeout_s=30)).play()


def blamed(found: Report) -> list[tuple[str, str, str]]:
    return [(one.play.id, one.status, one.why) for one in found.verdicts if one.status not in {"PASS", "INFO"}]


@pytest.mark.parametrize("api", APIS)
def test_the_reference_passes(api: str) -> None:
    skip = () if api in ("anthropic", EVENTS) else WAITING
    found = [one for one in blamed(report("reference", api, skip=skip)) if one[1] not in {"NON-STRICT", "SKIP"}]
    assert found == []


@pytest.mark.skipif(
    executable() is None and not os.environ.get("MOCKSSE_REQUIRE_CHROMIUM"), reason="no Chromium on the PATH"
)
@pytest.mark.parametrize("family", ["framing", "reconnection"])
def test_chromium_passes_what_the_standard_decides(family: str) -> None:
    assert blamed(report("chromium-eventsource", EVENTS, family)) == []
