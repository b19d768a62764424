"""Whose error a fault plays, where `shape=` does not say it: that of whoever served the stream, as far as it shows.

What tells providers apart is in `providers.errors.registry`; here it is asked of a layout, and of the shapes that one
provider has for several kinds of bodies the one that fits this body is taken. What nothing tells is not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse.providers.errors.registry import SHAPES, shape_of
from mocksse.replay.faults.fault import Refused

if TYPE_CHECKING:
    from mocksse.providers.errors.shape import Shape
    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.fault import Args


def shape_for(layout: Layout, args: Args) -> Shape | None:
    """The one asked for, else that of the stream's API; of Gemini's the one that fits this body. None: nobody knows."""
    name = args.text("shape") or "auto"
    if name != "auto":
        return SHAPES[name]
    found: Shape | None = layout.once("error shape", lambda: _shape_of(layout))
    return found


def _shape_of(layout: Layout) -> Shape | None:
    server = layout.head.header("server")
    shape = shape_of(layout.api, layout.path, layout.host, server=server, frames=layout.frames)
    if layout.unit == "array":
        return SHAPES["gemini-array"] if layout.api is None or layout.api.name == "gemini" else shape
    if layout.unit == "sse" and shape in (SHAPES["gemini-array"], SHAPES["gemini-json"]):
        return SHAPES["gemini"]
    # An exception frame is AWS's own, whatever the service.
    return SHAPES["bedrock"] if shape is None and layout.unit == "eventstream" else shape


def known_shape(layout: Layout, args: Args) -> Shape:
    """The same; Refused where nobody knows."""
    shape = shape_for(layout, args)
    if shape is None:
        raise Refused("the errors of this stream's API are not known", "shape= says whose error to send: shape=openai")
    return shape
