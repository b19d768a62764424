"""Reconnection: who comes back, with which id, when, on how many connections; and who must not."""

from __future__ import annotations

from dataclasses import replace

from mocksse.torture.case import COME_BACK, EVENTS, FAIL, MODELS, POLICY, RETRY, numbered, way

_RAW = (EVENTS,)
_NEEDS = ("reconnect",)
_ID = "WHATWG HTML 9.2.3: \"If the EventSource object's last event ID string is not the empty string, then: Set "
_ID += "(`Last-Event-ID`, lastEventIDValue) in request's header list\""
_BACK = replace(
    COME_BACK, checks=frozenset({"last-event-id-missing", "last-event-id-stale", "parallel-sockets"}), least=2
)
_ANONYMOUS = replace(COME_BACK, least=2, checks=frozenset({"parallel-sockets"}))
_STOPS = replace(RETRY, least=2, most=2)
_PACED = replace(COME_BACK, least=4, apart_s=0.15, checks=frozenset({"parallel-sockets", "reconnect-storm"}))
_ONCE = replace(FAIL, kind="RETRY", seen_only=True, checks=frozenset({"post-replayed"}))

CASES = (
    numbered(
        96,
        "MUST",
        "C",
        f"{_ID}; EventSource/eventsource#291; modelcontextprotocol/typescript-sdk#2809",
        way("ids; retry 50ms; reset at=event:5 on=first", _BACK, name="reset"),
        way("ids; retry 50ms; truncate at=event:5 on=first", _BACK, name="clean end"),
        way("ids every=3; retry 50ms; reset at=event:5 on=first", _BACK, name="an id holds until the next"),
        way('ids format=""; retry 50ms; reset at=event:5 times=1', _ANONYMOUS, name="an empty id clears"),
        way("ids; nul-in-id; retry 50ms; reset at=event:5 on=first", _BACK, name="an id with NUL does not count"),
        way("ids; retry 50ms; reset at=byte:2000 on=first", _BACK, name="cut inside an event"),
        way(
            "ids; retry 50ms; reset at=event:5 on=first; reset at=event:0 on=resume times=1",
            _BACK,
            name="broken again before a new id",
        ),
        apis=_RAW,
        needs=_NEEDS,
    ),
    numbered(
        97,
        "POLICY",
        "C",
        "athrvk/vayu#21; r3labs/sse#61",
        *(
            way(f"ids; retry 50ms; reset at=event:5 on=first; resume mode={mode}", replace(POLICY, least=2), name=mode)
            for mode in ("replay", "skip", "ignore")
        ),
        apis=_RAW,
        needs=_NEEDS,
    ),
    numbered(
        98,
        "MUST",
        "M",
        'WHATWG HTML 9.2: "a client can be told to stop reconnecting using the HTTP 204 No Content response code"; '
        "EventSource/eventsource#14",
        way("ids; retry 50ms; truncate at=event:4 on=first; status 204 on=resume", _STOPS, name="204"),
        way("ids; retry 50ms; truncate at=event:4 on=first; status 404 on=resume", _STOPS, name="404"),
        way("ids; retry 50ms; truncate at=event:4 on=first; status 503 on=resume", _STOPS, name="503", level="POLICY"),
        apis=_RAW,
        needs=_NEEDS,
    ),
    numbered(
        99,
        "MUST",
        "H",
        'WHATWG HTML 9.2.3: "Wait a delay equal to the reconnection time of the event source"; '
        "Azure/fetch-event-source#57; EventSource/eventsource#122",
        way("ids; retry 200ms; truncate at=event:2 times=4", _PACED, name="retry: is honoured"),
        way(
            "ids; retry 200ms; reset at=event:3 on=first; empty-reply on=resume times=2",
            replace(_PACED, least=2),
            name="no reply",
            level="SHOULD",
        ),
        way(
            "ids; retry 50ms; stall at=event:4 for=1s; truncate at=event:5 on=first times=1",
            replace(_PACED, least=2, apart_s=0.0),
            name="slow streams",
        ),
        apis=_RAW,
        needs=_NEEDS,
    ),
    numbered(
        100,
        "MUST",
        "C",
        'RFC 9110 9.2.2: "A client SHOULD NOT automatically retry a request with a non-idempotent method unless it has '
        'some means to know that the request semantics are actually idempotent"; '
        "Azure/fetch-event-source#54; HKUDS/nanobot#4038",
        way("reset at=percent:50", _ONCE, name="reset"),
        way("truncate at=percent:50", _ONCE, name="clean end"),
        way("fin-mid-chunk at=tool-args", _ONCE, name="in tool arguments", tape="call", apis=MODELS[:3]),
        apis=MODELS,
    ),
)
