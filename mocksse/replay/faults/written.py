"""The `faults:` of an interaction, read and tried before anything is served: what can't be played is said at load.

An entry is one spec, or several separated by `;`. A fault that could not apply to its interaction in any play is an
error with file:line, as a misspelt one is. Pure, but that an error looks up its line in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.load import whereabouts
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of, text_counts
from mocksse.errors import CassetteError, UsageError
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import When, parse
from mocksse.replay.layout import lay_out
from mocksse.replay.pacing import is_drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.grammar import Spec


def faults_of(interaction: Interaction, source: str, pacing: Pacing | None = None) -> tuple[Spec, ...]:
    """The interaction's own faults, in order. `source` is the cassette's. Raises CassetteError with file:line.

    `pacing`: the one it will be played at. Where it is left out or drawn, nothing is held against `at=ms:N`, which is
    a matter of that pacing.
    """
    specs: list[Spec] = []
    entries: list[int] = []
    for index, entry in enumerate(interaction.faults):
        try:
            found = parse(entry)
        except UsageError as error:
            raise _wrong(interaction, source, index, error.message, error.hint) from None
        specs += found
        entries += [index] * len(found)
    if len(specs) > limits.MAX_FAULTS:
        message = f"more than {limits.MAX_FAULTS} faults"
        raise _wrong(interaction, source, entries[limits.MAX_FAULTS], message, "leave some out")
    refused = first_refused(interaction, specs, pacing)
    if refused is not None:
        at, why = refused
        raise _wrong(interaction, source, entries[at], why.reason, why.hint)
    return tuple(specs)


def first_refused(
    interaction: Interaction, specs: Sequence[Spec], pacing: Pacing | None = None
) -> tuple[int, Refused] | None:
    """The first fault that can't apply in any play, by its index, and why; None where all can.

    Which faults play together is a matter of their counts: behind a `status 429 times=1` a stream goes on in the next
    play. So a fault is tried with all that stand before it, and with those alone that are in every play.
    """
    timeless = pacing is None or is_drawn(pacing)
    layout = lay_out(interaction, Context())
    text = text_counts(api_of(interaction), interaction.response) if pacing and pacing.tps is not None else ()

    def refusal(faults: Sequence[Spec]) -> Refused | None:
        try:
            compile_plan(interaction, pacing or Pacing(), text=text, faults=faults, layout=layout, strict=True)
        except Refused as refused:
            return refused
        return None

    before: list[Spec] = []
    for index, spec in enumerate(specs):
        if timeless and spec.args.at is not None and spec.args.at.kind == "ms":
            continue
        always = [other for other in before if other.when == When()]
        why = refusal([*always, spec])
        if why is not None and (len(always) == len(before) or refusal([*before, spec]) is not None):
            return index, why
        before.append(spec)
    return None


def _wrong(interaction: Interaction, source: str, index: int, message: str, hint: str) -> CassetteError:
    where, path = whereabouts(source, interaction.name, "faults", index)
    return CassetteError(where, f"{path}: {message}", hint)
