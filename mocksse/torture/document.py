"""Reports as JSON: all that is known of a run, and the schema that holds it. Values in, values out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mocksse import __version__
from mocksse.torture.verdict import STATUSES, WRONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.torture.case import Case
    from mocksse.torture.exchange import Exchange
    from mocksse.torture.suite import Options, Report
    from mocksse.torture.verdict import Verdict

VERSION = 1


def document(
    reports: Sequence[Report], options: Options, troubles: Sequence[str] = (), *, brief: bool = False
) -> dict[str, Any]:
    """The whole run. `troubles`: what kept clients from being judged, a line each.

    `brief`: of a case only the answer that speaks for it, and what was written only where it failed.
    """
    return {
        "torture": VERSION,
        "by": f"mocksse {__version__}",
        "options": {
            "strict": options.strict,
            "timeout_s": options.timeout_s,
            "idle_s": options.idle_s,
            "cuts": options.most,
            "through": options.through or None,
        },
        "troubles": list(troubles),
        "reports": [_report(report, brief=brief) for report in reports],
    }


def listed(cases: Sequence[Case]) -> dict[str, Any]:
    """The cases alone, for `--list --json`."""
    return {
        "torture": VERSION,
        "cases": [
            {
                **_case(case),
                "needs": list(case.needs),
                "apis": list(case.apis),
                "left_out": case.left_out or None,
                "ways": [
                    {
                        "faults": way.faults,
                        "name": way.name or None,
                        "tape": way.tape,
                        "apis": list(way.apis or case.apis),
                        "level": way.level or case.level,
                        "expect": way.expect.kind,
                        "sweep": way.sweep or None,
                    }
                    for way in case.ways
                ],
            }
            for case in cases
        ],
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number or None,
        "title": case.title,
        "level": case.level,
        "severity": case.severity,
        "source": case.source,
    }


def _report(report: Report, *, brief: bool) -> dict[str, Any]:
    counts = Counter(verdict.status for verdict in report.cases)
    statuses = {verdict.play.case.id: verdict for verdict in report.cases}
    return {
        "client": report.client.name,
        "version": report.version or None,
        "api": report.api,
        "clean": report.clean,
        "seconds": round(report.seconds, 3),
        "scaled": list(report.scaled),
        "counts": {status: counts[status] for status in STATUSES},
        "cases": [
            {
                **_case(case),
                "status": statuses[case.id].status,
                "wrong": statuses[case.id].wrong or None,
                "answers": [
                    _answer(report, one, wire=one.failed or (one is statuses[case.id] and not brief))
                    for one in verdicts
                    if not brief or one is statuses[case.id]
                ],
            }
            for case, verdicts in report.by_case.items()
        ],
    }


def _answer(report: Report, verdict: Verdict, *, wire: bool) -> dict[str, Any]:
    """One answer. `wire`: with what was written; of a long sweep that went well one is enough."""
    play = verdict.play
    return {
        "name": play.name or None,
        "faults": play.faults,
        "tape": play.tape,
        "scaled": play.scaled or None,
        "level": play.level,
        "expect": play.expect.kind,
        "status": verdict.status,
        "wrong": verdict.wrong or None,
        "why": verdict.why,
        "expected": verdict.expected,
        "got": verdict.got,
        "seconds": round(verdict.seconds, 3),
        "again": report.again(play),
        "requests": [_request(exchange, wire=wire) for exchange in verdict.exchanges],
    }


def _request(exchange: Exchange, *, wire: bool) -> dict[str, Any]:
    """One request, without its headers and body: they may hold a key."""
    return {
        "at_s": round(exchange.at_s, 3),
        "seconds": round(exchange.seconds, 3),
        "method": exchange.method,
        "target": exchange.target,
        "last_event_id": exchange.header("last-event-id") or None,
        "connection": exchange.connection,
        "status": exchange.status,
        "bytes": exchange.written,
        "faults": list(exchange.faults),
        "finish": exchange.finish,
        "broken_off": exchange.broken_off or None,
        "left_out": exchange.left_out + (0 if wire else len(exchange.sent)),
        "sent": [
            {"at_ms": sent.at_ms, "bytes": sent.size, "text": sent.text, "fault": sent.fault or None}
            for sent in (exchange.sent if wire else ())
        ],
    }


# --- Its schema


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number"}
_STATUS = {"enum": list(STATUSES)}
_WRONG = {"enum": [*WRONG, None]}
_LEVEL = {"enum": ["MUST", "SHOULD", "POLICY"]}
_KIND = {"enum": ["SAME", "FAIL", "RETRY", "POLICY"]}
_CASE: dict[str, Any] = {
    "id": _TEXT,
    "number": {"type": ["integer", "null"], "minimum": 1, "maximum": 100},
    "title": _TEXT,
    "level": _LEVEL,
    "severity": {"enum": ["C", "H", "M", "L"]},
    "source": _TEXT,
}
_REQUEST = _object(
    at_s=_SECONDS,
    seconds=_SECONDS,
    method=_TEXT,
    target=_TEXT,
    last_event_id=_MAYBE,
    connection={"type": "integer"},
    status=_COUNT,
    bytes=_COUNT,
    faults=_list(_TEXT),
    finish=_TEXT,
    broken_off=_MAYBE,
    left_out=_COUNT,
    sent=_list(_object(at_ms=_SECONDS, bytes=_COUNT, text=_TEXT, fault=_MAYBE)),
)
_ANSWER = _object(
    name=_MAYBE,
    faults=_TEXT,
    tape=_TEXT,
    scaled=_MAYBE,
    level=_LEVEL,
    expect=_KIND,
    status=_STATUS,
    wrong=_WRONG,
    why=_TEXT,
    expected=_TEXT,
    got=_TEXT,
    seconds=_SECONDS,
    again=_TEXT,
    requests=_list(_REQUEST),
)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `document`."""
    case = _object(**_CASE, status=_STATUS, wrong=_WRONG, answers=_list(_ANSWER))
    report = _object(
        client=_TEXT,
        version=_MAYBE,
        api=_TEXT,
        clean=_TEXT,
        seconds=_SECONDS,
        scaled=_list(_TEXT),
        counts=_object(**dict.fromkeys(STATUSES, _COUNT)),
        cases=_list(case),
    )
    options = _object(strict={"type": "boolean"}, timeout_s=_SECONDS, idle_s=_SECONDS, cuts=_COUNT, through=_MAYBE)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What mocksse torture --json writes",
        **_object(
            torture={"const": VERSION},
            by=_TEXT,
            options=options,
            troubles=_list(_TEXT),
            reports=_list(report),
        ),
    }
