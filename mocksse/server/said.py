"""What a request's own headers ask of us: `x-mocksse-fault`, `x-mocksse-pacing`, and Last-Event-ID.

Both of ours take the words that files and options take. They are for whoever runs the server: from other machines they
are refused unless that was allowed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.pacing import FromCassette, Pacing, parse_word
from mocksse.errors import UsageError
from mocksse.replay.faults.grammar import parse
from mocksse.server.asked import Asked
from mocksse.server.comeback import last_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mocksse.replay.draft import Context
    from mocksse.replay.faults.grammar import Spec

FAULT = "x-mocksse-fault"
PACING = "x-mocksse-pacing"


class ForbiddenError(Exception):
    """Whoever asked may not."""


def asked(
    method: str,
    target: str,
    body: bytes,
    context: Context,
    header: Callable[[str], Sequence[str]],
    *,
    control: bool,
    chosen: Sequence[str] = (),
) -> Asked:
    """The request as a session takes it. UsageError for words that are none, ForbiddenError where not allowed.

    `header` gives all lines of that name. `control`: whether it may say what it is to be answered with. `chosen`: the
    headers that the session matches by.
    """
    fault, pacing = _joined(header(FAULT)), _joined(header(PACING))
    if (fault or pacing) and not control:
        raise ForbiddenError(f"{FAULT} and {PACING} are not taken from other machines: serve --allow-header-control")
    return Asked(
        method,
        target,
        body,
        context,
        _faults(fault) if fault else (),
        _pacing(pacing) if pacing else None,
        last_of(method, target, next(iter(header("Last-Event-ID")), "")),
        tuple((name, value) for name in chosen for value in header(name)),
    )


def _joined(lines: Sequence[str]) -> str:
    """As one line; those without a word say nothing."""
    return "; ".join(filter(str.strip, lines))


@lru_cache(256)
def _faults(text: str) -> tuple[Spec, ...]:
    try:
        specs = parse(text)
    except UsageError as error:
        raise UsageError(f"{FAULT}: {error.message}", error.hint) from None
    if len(specs) > limits.MAX_FAULTS:
        raise UsageError(f"{FAULT}: {len(specs)} faults; {limits.MAX_FAULTS} is the most")
    return specs


@lru_cache(256)
def _pacing(text: str) -> Pacing:
    pacing = Pacing()
    for word in text.replace(";", " ").split():
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{PACING}: {word!r} is no word=value", "such as speed=instant, or ttft=350 gap=20")
        try:
            said = parse_word(name, value)
        except UsageError as error:
            raise UsageError(f"{PACING}: {error.message}", error.hint) from None
        if isinstance(said.gap, FromCassette) or isinstance(said.ttft, FromCassette):
            raise UsageError(f"{PACING}: {word}: a header reads no files", "use serve's own option for that")
        if (said.gap is not None and pacing.tps is not None) or (said.tps is not None and pacing.gap is not None):
            raise UsageError(f"{PACING}: gap and tps both say how long chunks wait", "keep one of them")
        pacing = said.over(pacing)
    return pacing
