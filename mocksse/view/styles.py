"""How what a stream says looks in a terminal: one style for each lane, in every view the same.

Only colours that are legible on dark and on light ground; what matters is said in words too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLES: Mapping[str, Mapping[str, Any]] = {
    "reasoning": {"dim": True},
    "refusal": {"fg": "yellow"},
    "tool": {"fg": "magenta"},
    "usage": {"fg": "cyan"},
    "finish": {"fg": "green"},
    "done": {"fg": "green"},
    "error": {"fg": "red", "bold": True},
    "pending": {"fg": "red"},
    "comment": {"dim": True},
    "ping": {"dim": True},
    "retry": {"dim": True},
    "bytes": {"dim": True},
    "other": {"dim": True},
    "head": {"bold": True},
    "rest": {"fg": "red"},
}


def style_of(lane: str) -> Mapping[str, Any]:
    """The style of a lane; none for text, and for what is not known here."""
    return STYLES.get(lane, {})
