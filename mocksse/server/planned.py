"""The very plan that a session would run for a recorded request, worked out without serving anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.replay.draft import Context
from mocksse.replay.resume import Last
from mocksse.server.asked import Asked
from mocksse.view.plan_view import Planned

if TYPE_CHECKING:
    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.session import Session
    from mocksse.server.tape import Tape


def planned(session: Session, tape: Tape, number: int = 1, last: str = "", faults: tuple[Spec, ...] = ()) -> Planned:
    """The plan of that play of the tape. `last`: the Last-Event-ID that the client comes back with; `faults`: those of
    its own headers. It is counted: the session is to be one that nobody else uses."""
    request = tape.interaction.request
    context = Context("HEAD" if request.method == "HEAD" else "GET")
    came_back = Last(last) if last else None
    asked = Asked(request.method or "GET", request.path, context=context, faults=faults, last=came_back)
    for _ in range(number):
        kind = session.kind(tape, asked)
    plan, _ = tape.plan(kind, number, request.path)
    idle = [*tape.faults, *session.faults, *faults]
    for spec in kind.faults:
        idle.remove(spec)
    said = tuple(spec.text for spec in idle)
    return Planned(tape.key, tape.interaction.name, request.label, plan, tape.api, number, said)
