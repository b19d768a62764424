"""Plays, requests and answers by hand, for tests of the judgement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mocksse.providers.turn import ToolCall
from mocksse.torture.case import SAME, Case, Expect, Level, Play
from mocksse.torture.exchange import Exchange
from mocksse.torture.outcome import Want
from mocksse.torture.told import Ran, Told

WANT = Want("Grüße aus Oslo", "Hm.", (("weather", '{"city":"Oslo"}'),))
CALL = ToolCall("id", "weather", '{"city": "Oslo"}')
WHOLE = Told("ok", WANT.text, WANT.reasoning, (CALL,))
ERROR = Told("error", "Grüße", error_type="sdk.Error", error_message="it broke")


def play(expect: Expect = SAME, level: Level = "MUST", api: str = "openai-chat") -> Play:
    case = Case("framing/some", 27, "read it", level, "C", "a sentence", ())
    return Play(case, api, "", "split", expect, "text", level)


def told(result: Told) -> Ran:
    return Ran("told", result, "", 0.1)


def asked(at_s: float = 0.0, seconds: float = 0.1, **more: Any) -> Exchange:
    values: dict[str, Any] = {"number": 1, "connection": 1, "method": "POST", "target": "/v1/chat/completions"}
    values |= {"headers": (), "body": b"", "status": 200, "kind": "played", "faults": (), "notes": ()}
    values |= {"finish": "complete", "broken_off": "", "written": 9}
    return Exchange(at_s=at_s, seconds=seconds, **{**values, **more})


def tries(*waits: float) -> tuple[Exchange, ...]:
    """Requests of a tenth of a second, these seconds apart."""
    found = [asked()]
    for wait in waits:
        found.append(replace(asked(), at_s=found[-1].at_s + 0.1 + wait))
    return tuple(found)
