"""From what happened to a verdict. Pure: a play, what its client said, what the server saw.

Two sides are looked at. What reached the caller is what the client says on its line; without one nothing is known of
it, and nothing passes. What the server saw is always known: how many requests came, when, and with which headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.figures import plural, seconds_text
from mocksse.torture.outcome import Tells, Want, differs, shown
from mocksse.torture.seen import Complaint, complaints, waits_of
from mocksse.torture.verdict import WRONG, Status, Verdict, Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.server.verdict import Finding
    from mocksse.torture.case import Expect, Play
    from mocksse.torture.exchange import Exchange
    from mocksse.torture.told import Ran, Told

_BRIEF = 2_000
"""Characters of an error's message that are still no page."""
_WORST = tuple(WRONG)
_NO_SUCCESS = "ended as a success, where only an error is right"


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be said. `wrong` empty: nothing against the client; `untold`: nothing can be said for it either."""

    wrong: Wrong
    why: str
    untold: bool = False


def judge(
    play: Play,
    want: Want,
    tells: Tells,
    ran: Ran,
    exchanges: Sequence[Exchange],
    findings: Sequence[Finding] = (),
    *,
    strict: bool = False,
) -> Verdict:
    """The verdict. `want`: the answer that is right; `tells`: what of an answer this client tells at all."""
    expect = play.expect
    seen = complaints(play, exchanges, findings)
    found = _of_result(play, want, tells, ran, exchanges)
    status, wrong, why = _decide(play, found, seen, ran, strict)
    got = _got(ran, want, tells, exchanges)
    return Verdict(play, status, why, wrong, _expected(expect, want, tells), got, ran.seconds, tuple(exchanges))


def _decide(play: Play, found: _Found, seen: Sequence[Complaint], ran: Ran, strict: bool) -> tuple[Status, Wrong, str]:
    decided = play.level != "POLICY"
    against: list[tuple[Wrong, str]] = [(found.wrong, found.why)] if found.wrong else []
    against += [(one.wrong, one.why) for one in seen]
    if not against:
        if found.untold:
            return "NOT JUDGED", "", found.why
        return ("PASS" if decided or play.expect.outcomes else "INFO"), "", found.why
    against.sort(key=lambda one: _WORST.index(one[0]))
    wrong, why = against[0][0], "; ".join(said for _, said in against)
    if not decided and not strict:
        return "NON-STRICT", wrong, why
    return ("TIMEOUT" if ran.how == "timeout" and wrong == "hang" else "FAIL"), wrong, why


def _of_result(play: Play, want: Want, tells: Tells, ran: Ran, exchanges: Sequence[Exchange]) -> _Found:
    """What is to be said of what reached the caller."""
    expect = play.expect
    if not exchanges:
        return _Found("", "it never asked", untold=True)
    if expect.seen_only or (ran.how == "silent" and expect.kind == "RETRY"):
        return _Found("", "as far as the server can see")
    match ran.how:
        case "timeout":
            return _Found("hang", f"no end within {seconds_text(ran.seconds)}")
        case "crashed":
            return _Found("crash", f"crashed: {ran.detail}")
        case "garbage":
            return _Found("crash", f"its line is no result: {ran.detail}")
        case "flooded":
            return _Found("crash", f"ended, for it said more than a line can be: {ran.detail}")
    if ran.told is None:
        detail = f": {ran.detail}" if ran.detail else ""
        return _Found("", f"it does not say what reached its caller{detail}", untold=True)
    if ran.told.outcome == "error":
        return _of_error(expect, ran.told, exchanges)
    return _of_answer(play, want, tells, ran.told, exchanges)


def _of_error(expect: Expect, told: Told, exchanges: Sequence[Exchange]) -> _Found:
    said = said_of(told)
    if expect.says and expect.says not in told.error_message:
        return _Found("unclear", f"the error does not say what the provider did ({expect.says!r}): {said}")
    if expect.brief and (len(told.error_message) > _BRIEF or "<html" in told.error_message.lower()):
        return _Found("unclear", f"the error has the whole page in it: {plural(len(told.error_message), 'character')}")
    if "error" in expect.outcomes or not expect.outcomes:
        once = expect.kind == "RETRY" and len(exchanges) == 1 and "same" in expect.outcomes
        return _Found("", f"{said}{', without trying again' if once else ''}")
    if expect.coding and expect.coding not in exchanges[0].header("accept-encoding").lower():
        return _Found("", f"{said}: it had not asked for {expect.coding}")
    return _Found("loud", f"an error where the answer was whole: {said}")


def _of_answer(play: Play, want: Want, tells: Tells, told: Told, exchanges: Sequence[Exchange]) -> _Found:
    expect = play.expect
    difference = differs(play.api, want, tells, told, exchanges)
    if difference is None:
        if "error" in expect.outcomes and "same" not in expect.outcomes:
            return _Found("silent", _NO_SUCCESS)
        return _Found("", "it does not say what reached its caller", untold=True)
    if difference:
        if expect.outcomes or play.level != "POLICY":
            return _Found("silent", f"a success with another answer: {difference}")
        return _Found("", f"ok, with another answer: {difference}")
    if "same" in expect.outcomes or not expect.outcomes:
        return _Found("", "the same answer")
    return _Found("silent", _NO_SUCCESS)


def said_of(told: Told) -> str:
    """Its error, on one line."""
    message = " ".join(told.error_message.split())
    return f"{told.error_type or 'error'}: {message[:120]}" if message else told.error_type or "an error"


def _expected(expect: Expect, want: Want, tells: Tells) -> str:
    parts = []
    if "same" in expect.outcomes:
        parts.append(f"the whole answer ({shown(want, None, tells)})")
    if "error" in expect.outcomes:
        parts.append("an error")
    said = " or ".join(parts) or "nobody has decided"
    if expect.kind in {"FAIL", "SAME"}:
        return said
    requests = (
        f"{expect.least} to {expect.most} requests" if expect.most > expect.least else plural(expect.least, "request")
    )
    apart = f", {seconds_text(expect.apart_s)} apart or more" if expect.apart_s else ""
    paced = ", waits that grow" if expect.grows else ", not all at once" if expect.unhurried else ""
    return f"{requests}{apart}{paced}; {said}"


def _got(ran: Ran, want: Want, tells: Tells, exchanges: Sequence[Exchange]) -> str:
    parts: list[str] = []
    told = ran.told
    if told is None:
        words = {"timeout": "no end", "crashed": "a crash", "garbage": "no result", "flooded": "no end of words"}
        parts.append(words.get(ran.how, "no line"))
        parts += [ran.detail] if ran.detail else []
    elif told.outcome == "error":
        parts.append(said_of(told))
    else:
        parts.append("ok")
    if told is not None:
        parts.append(shown(Want.of(told), want, tells))
    waits = waits_of(exchanges)
    apart = f", {', '.join(seconds_text(max(wait, 0)) for wait in waits[:5])} apart" if waits else ""
    parts.append(f"{plural(len(exchanges), 'request')}{apart}")
    return "; ".join(filter(None, parts))
