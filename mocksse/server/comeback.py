"""Clients that come back for the rest of a stream: which recording it is the rest of.

A client repeats its request with Last-Event-ID, and the recording it saw last is the one. Two protocols ask for it by
another request: MCP by a GET to the path of the POST ("the client SHOULD issue an HTTP GET to the MCP endpoint, and
SHOULD include the Last-Event-ID header"), and OpenAI's Responses by GET /responses/{id}?starting_after=N.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mocksse.replay.resume import Last, knows, response_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.replay.faults.grammar import Spec
    from mocksse.server.tape import Tape


def last_of(method: str, target: str, header: str) -> Last | None:
    """What the client saw last: its Last-Event-ID header, or `starting_after`; None: it does not come back."""
    if header:
        return Last(header)
    path, _, query = target.partition("?")
    if method == "GET" and "starting_after=" in query and "/responses/" in path:
        return next((Last(number, is_number=True) for number in parse_qs(query).get("starting_after", ())), None)
    return None


def came_back(
    method: str, target: str, last: Last | None, tapes: Sequence[Tape], specs: Sequence[Spec]
) -> Iterator[int]:
    """The recordings that a GET of no recording of its own can mean. `specs`: faults, which can have given the ids."""
    if method != "GET":
        return
    path = target.partition("?")[0].rstrip("/")
    before, slash, response = path.rpartition("/")
    for index, tape in enumerate(tapes):
        recorded = tape.interaction.request.path.partition("?")[0].rstrip("/")
        if slash and recorded == before and before.endswith("/responses"):
            if response_id(tape.layout) == response:
                yield index
        elif last is not None and recorded == path and knows(tape.layout, last, (*tape.faults, *specs)):
            yield index


def resumed(tapes: Sequence[Tape], last: Last, played: int, specs: Sequence[Spec]) -> tuple[Tape, str]:
    """Of several recordings of one request the one whose stream has the id, else the one last played; and a note.

    Where several have it, the one last played goes first: who plays here is often one client, that comes back at once.
    The note tells any other.
    """
    seen = tapes[min(max(played, 0), len(tapes) - 1)]
    known = [tape for tape in tapes if knows(tape.layout, last, (*tape.faults, *specs))]
    if len(known) < 2:
        return (known or [seen])[0], ""
    tape = seen if seen in known else known[0]
    return tape, f"{len(known)} recordings have this id: this is the rest of {tape.key}"
