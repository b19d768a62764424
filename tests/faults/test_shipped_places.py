"""Named places in the cassettes that ship: the event there has what it names, or the refusal says that none has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse.cassette.library import find
from mocksse.cassette.load import load
from mocksse.providers.registry import fragments_of, is_done
from mocksse.replay.draft import PLAIN, Draft
from mocksse.replay.faults import spot
from mocksse.replay.faults.fault import Place, Refused
from mocksse.replay.layout import lay_out

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction

CASSETTES = Path(__file__).parents[2] / "cassettes"
SHIPPED = {f"{name}#{i.name}": i for name, path in find([CASSETTES]) for i in load(path)}
KINDS = {"first-text": "text", "reasoning": "reasoning", "tool-args": "tool", "finish": "finish"}


@pytest.mark.parametrize("place", [*KINDS, "done"])
@pytest.mark.parametrize("interaction", SHIPPED.values(), ids=SHIPPED)
def test_a_place_in_a_shipped_cassette(interaction: Interaction, place: str) -> None:
    layout = lay_out(interaction, PLAIN)
    api = layout.api
    assert api is not None

    def has(index: int) -> bool:
        frame = layout.events[index]
        if place == "done":
            return is_done(api, frame)
        return any(f.kind == KINDS[place] and (f.text or place == "finish") for f in fragments_of(api, frame))

    first = next((index for index in range(len(layout.events)) if has(index)), None)
    if first is None:
        with pytest.raises(Refused, match=f"^{place}: (no .* in this stream|there is no body)"):
            spot.find(Draft(layout), Place(place))
        return
    found = spot.find(Draft(layout), Place(place))
    assert found.event == first
    assert layout.events[first].start <= found.offset < layout.events[first].end


def test_between_them_they_have_text_reasoning_finish_and_done() -> None:
    places = [set(lay_out(interaction, PLAIN).places) for interaction in SHIPPED.values()]
    assert {"first-text", "reasoning", "finish", "done"} <= set().union(*places)
