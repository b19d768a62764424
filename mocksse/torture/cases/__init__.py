"""All cases, family by family: the hundred by their numbers, and behind them the quirks of real providers."""

from __future__ import annotations

from mocksse.torture.cases import framing, http, payload, quirks, reconnect, transport

CASES = (*transport.CASES, *framing.CASES, *payload.CASES, *http.CASES, *reconnect.CASES, *quirks.CASES)
FAMILIES = tuple(dict.fromkeys(case.family for case in CASES))
