"""A speech as the response of a recording: an event a chunk, each at its moment."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mocksse.cassette.model import End, Piece, Response

if TYPE_CHECKING:
    from mocksse.providers.encode.registry import Encoder
    from mocksse.providers.encode.speech import Speech


def tape(encoder: Encoder, speech: Speech, head_us: int, end: End) -> Response:
    """The response. `end` counts from the last event. ValueError as the encoder has it."""
    events = encoder.encode(speech)
    times = [head_us, *(speech.at_us[event.at] for event in events)]
    pieces = tuple(
        Piece(max(0, at - before), event.data) for event, (before, at) in zip(events, pairwise(times), strict=True)
    )
    headers = ((b"Content-Type", encoder.content_type.encode()), (b"Cache-Control", b"no-cache"))
    return Response(200, headers, "chunked", pieces, end, head_us)
