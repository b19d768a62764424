"""`show --html FILE`: recordings as a page in one file, which needs no server and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mocksse.errors import UpstreamError
from mocksse.figures import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mocksse.cassette.model import Interaction
    from mocksse.providers.api import Api


def write_page(path: Path, recordings: Sequence[tuple[str, Interaction]], api: Api | None = None) -> None:
    """Write the page of these recordings, as (file, interaction), read as of that API. Raises UpstreamError."""
    from mocksse.view.page import of_recordings

    try:
        path.write_text(of_recordings(recordings, api), encoding="utf-8")
    except OSError as error:
        raise UpstreamError(f"{path}: {error.strerror}") from None
    click.echo(f"{path} · {plural(len(recordings), 'recording')}", err=True)
