"""Where a session records: what the settings say, whatever a call of the control API makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mocksse.server.run import world_of
from mocksse.settings.resolve import settings_of
from mocksse.settings.session import session_settings_of

if TYPE_CHECKING:
    from mocksse.settings.spoken import Spoken

CASSETTES = Path(__file__).parents[2] / "cassettes"


@pytest.mark.parametrize("said", [{}, {"cassettes": ["long"]}, {"cassettes": ["openai-*", "cut"], "faults": "reset"}])
def test_a_session_of_the_control_api_records_where_the_default_one_does(
    tmp_path: Path, said: dict[str, object]
) -> None:
    flags: dict[str, Spoken] = {
        "cassettes": (str(tmp_path), str(CASSETTES)),
        "upstream": ("http://127.0.0.1:9",),
        "record": "new",
    }
    world = world_of(settings_of(flags, {}))
    made = session_settings_of(said, "body").over(world.sessions.default.made)
    session = world.sessions.create(replace(made, name="one"))
    through = world.throughs.of(session.settings)
    assert through is not None
    assert through.folder == tmp_path
