"""What is valid in a cassette and still deserves a look: the faults that a recording was meant to be free of.

Pure. Each rule has a name, by which it can be switched off, and says one thing for each interaction: where it is met
first, and how often. A recording that broke off is what it is: that it lacks its end is said, and no fault of it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from mocksse.cassette.units import api_of, units
from mocksse.cassette.verify import Finding
from mocksse.figures import bytes_text, us_text
from mocksse.providers import registry
from mocksse.providers.defined import defines, type_of
from mocksse.providers.fragment import is_large
from mocksse.providers.terminator import terminator_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.model import Cassette, Interaction
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame

RULES = {
    "large-fragment": "more than 1 KB of text in one event",
    "no-terminator": "a whole answer without the event that ends it",
    "unfinished": "an event that the body's end cuts off",
    "broken-json": "a payload that is no JSON where the API has JSON",
    "long-gap": "a silence longer than --longest-gap",
    "unknown-event": "an event that the API does not define",
    "secret": "a credential, or what identifies an account",
}
"""Each rule and what it looks for; `secret` is `scrub`'s."""
_DIALECTS = "a dialect may have none: --off no-terminator"


@dataclass(slots=True)
class _Met:
    """A rule's findings in one interaction: the first, and how many."""

    piece: int
    message: str
    hint: str
    count: int = 1


@dataclass(slots=True)
class _Sheet:
    """What the rules have found in one interaction so far."""

    starts: Sequence[int]
    """Where each piece of the body begins."""
    met: dict[str, _Met] = field(default_factory=dict)

    def note(self, rule: str, offset: int, message: str, hint: str) -> None:
        self.at_piece(rule, max(bisect_right(self.starts, offset) - 1, 0), message, hint)

    def at_piece(self, rule: str, piece: int, message: str, hint: str) -> None:
        if rule in self.met:
            self.met[rule].count += 1
        else:
            self.met[rule] = _Met(piece, message, hint)


def lint(cassette: Cassette, longest_gap_us: int) -> Iterator[Finding]:
    """The findings of all rules but `secret`, interaction by interaction."""
    for index, interaction in enumerate(cassette):
        for rule, met in _lint_interaction(interaction, longest_gap_us).items():
            more = f" (and {met.count - 1} more)" if met.count > 1 else ""
            at = ("stream", met.piece) if interaction.response.pieces else ("stream",)
            yield Finding(index, at, f"{met.message}{more}", met.hint, rule)


def broke_off(interaction: Interaction) -> str:
    """How a recording ended that is not whole, which is no fault of it; else an empty string."""
    how = interaction.response.end.how
    return "" if how == "complete" else f"{interaction.name} ended {how} after {us_text(interaction.response.end_us)}"


def _lint_interaction(interaction: Interaction, longest_gap_us: int) -> dict[str, _Met]:
    response = interaction.response
    sheet = _Sheet(list(accumulate((len(piece.data) for piece in response.pieces), initial=0))[:-1])
    gaps = [*(piece.after_us for piece in response.pieces), response.end.after_us]
    for piece, gap_us in enumerate(gaps):
        if gap_us > longest_gap_us:
            message = f"a silence of {us_text(gap_us)}"
            sheet.at_piece("long-gap", min(piece, max(len(response.pieces) - 1, 0)), message, "pacing: {max_gap: MS}")
    if response.status < 400:
        _lint_stream(interaction, sheet)
    return sheet.met


def _lint_stream(interaction: Interaction, sheet: _Sheet) -> None:
    api = api_of(interaction)
    frames = units(interaction.response)
    whole = interaction.response.end.how == "complete"
    done = failed = False
    for frame in frames:
        if frame.kind == "pending" and whole:
            size = bytes_text(frame.end - frame.start)
            sheet.note("unfinished", frame.start, f"{size} of an event that never ends", "an empty line ends an event")
        if frame.kind != "event":
            continue
        done = done or registry.is_done(api, frame)
        if registry.is_broken(api, frame):
            sheet.note("broken-json", frame.start, "a payload that is no JSON", "clients may raise, or skip it")
        if api is not None:
            failed = _lint_event(api, frame, sheet) or failed
    terminator = terminator_of(api, frames)
    # Without a single event it is no stream, but an answer at once.
    if terminator and whole and not done and not failed and any(frame.kind == "event" for frame in frames):
        message = f"no terminator: a stream of this API ends with {terminator}"
        hint = _DIALECTS if terminator.endswith("[DONE]") else "end: {how: cut}, if it was"
        sheet.note("no-terminator", frames[-1].start, message, hint)


def _lint_event(api: Api, frame: Frame, sheet: _Sheet) -> bool:
    """Note what is odd in an event; whether it is an error."""
    fragments = registry.fragments_of(api, frame)
    for fragment in fragments:
        if is_large(fragment):
            message = f"a fragment of {bytes_text(len(fragment.text.encode('utf-8', 'replace')))}"
            sheet.note("large-fragment", frame.start, message, "collected on its way? a model streams a few bytes each")
            break
    if not fragments and not defines(api, frame):
        what = f"no event of {api.title}: {type_of(frame) or 'without a type'}"
        sheet.note("unknown-event", frame.start, what, "clients may raise, or skip it")
    return any(fragment.kind == "error" for fragment in fragments)
