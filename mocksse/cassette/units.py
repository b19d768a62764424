"""The units of a recorded body, for all who look at what it says: events, lines, elements, frames. All derived."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.errors import LimitError
from mocksse.providers import extract, registry
from mocksse.providers.framing import frames

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction, Response
    from mocksse.providers.api import Api
    from mocksse.providers.extract import Extract
    from mocksse.providers.framing import Frame

_START = 64 * 1024
"""Bytes of a body in which its API shows."""


def units(response: Response, size: int | None = None) -> list[Frame]:
    """The units in the body, or in its first `size` bytes; none where it is compressed, or has one too large."""
    if response.is_coded:
        return []
    try:
        return frames(response.content_type, response.body if size is None else _start(response, size))
    except LimitError:
        return []


def _start(response: Response, size: int) -> bytes:
    start = bytearray()
    for piece in response.pieces:
        if len(start) >= size:
            break
        start += piece.data
    return bytes(start[:size])


def api_of(interaction: Interaction) -> Api | None:
    """The API that this is an answer of: its own rules, or as far as the path and the first units tell."""
    if interaction.extract is not None:
        return extract.api_of(interaction.extract)
    return registry.detect(interaction.request.path, units(interaction.response, _START))


def with_rules(interaction: Interaction, rules: Extract | None) -> Interaction:
    """The interaction, by these rules where it has none of its own and nothing is known of its API."""
    if rules is None or interaction.extract is not None or api_of(interaction) is not None:
        return interaction
    return replace(interaction, extract=rules)


def text_counts(api: Api | None, response: Response) -> tuple[int, ...]:
    """How many units with text end in each piece of the body."""
    counts = [0] * len(response.pieces)
    if api is None:
        return tuple(counts)
    index, end = 0, len(response.pieces[0].data) if response.pieces else 0
    for unit in units(response):
        while end < unit.end and index + 1 < len(response.pieces):
            index += 1
            end += len(response.pieces[index].data)
        if registry.carries_text(api, unit):
            counts[index] += 1
    return tuple(counts)
