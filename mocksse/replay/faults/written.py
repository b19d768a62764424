"""The `faults:` of an interaction, read and tried before anything is served: what can't be played is said at load.

An entry is one spec, or several separated by `;`. A fault that could not apply to its interaction in any play is an
error with file:line, as a misspelt one is. Pure, except that an error looks up its line in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocksse import limits
from mocksse.cassette.load import whereabouts
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.units import api_of, text_counts
from mocksse.errors import CassetteError, UsageError
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.layout import lay_out
from mocksse.replay.pacing import is_drawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.cassette.model import Interaction
    from mocksse.replay.faults.grammar import Spec


def faults_of(interaction: Interaction, source: str, pacing: Pacing | None = None) -> tuple[Spec, ...]:
    """The interaction's own faults, in order. `source` is the cassette's. Raises CassetteError with file:line.

    `pacing`: the one it will be played at. Where it is left out or drawn, nothing is held against `at=ms:N`, which is
    a matter of that pacing.
    """
    specs, complaints = _read(interaction, source)
    for complaint in (*complaints, *_refused(interaction, source, specs, pacing)):
        raise complaint
    return tuple(spec for _, spec in specs)


def complaints_of(interaction: Interaction, source: str, pacing: Pacing | None = None) -> list[CassetteError]:
    """All that is wrong with the interaction's faults, where `faults_of` stops at the first."""
    specs, complaints = _read(interaction, source)
    return [*complaints, *_refused(interaction, source, specs, pacing)]


def _read(interaction: Interaction, source: str) -> tuple[list[tuple[int, Spec]], list[CassetteError]]:
    """Each spec with the index of its entry, and what could not be read."""
    specs: list[tuple[int, Spec]] = []
    complaints: list[CassetteError] = []
    for index, entry in enumerate(interaction.faults):
        try:
            specs += [(index, spec) for spec in parse(entry)]
        except UsageError as error:
            complaints.append(_wrong(interaction, source, index, error.message, error.hint))
    if len(specs) > limits.MAX_FAULTS:
        message = f"more than {limits.MAX_FAULTS} faults"
        complaints.append(_wrong(interaction, source, specs[limits.MAX_FAULTS][0], message, "leave some out"))
        del specs[limits.MAX_FAULTS :]
    return specs, complaints


def _refused(
    interaction: Interaction, source: str, specs: Sequence[tuple[int, Spec]], pacing: Pacing | None
) -> Iterator[CassetteError]:
    """The faults that can't apply in any play.

    Which faults play together is a matter of their counts: behind a `status 429 times=1` a stream goes on in the next
    play. So a fault is tried with all that stand before it, and with those alone that are in every play.
    """
    timeless = pacing is None or is_drawn(pacing)
    layout = lay_out(interaction, PLAIN)
    text = text_counts(api_of(interaction), interaction.response) if pacing and pacing.tps is not None else ()

    def refusal(faults: Sequence[Spec]) -> Refused | None:
        try:
            compile_plan(interaction, pacing or Pacing(), text=text, faults=faults, layout=layout, strict=True)
        except Refused as refused:
            return refused
        return None

    before: list[Spec] = []
    for index, spec in specs:
        if timeless and spec.args.at is not None and spec.args.at.kind == "ms":
            continue
        always = [other for other in before if other.when.is_always]
        why = refusal([*always, spec])
        if why is not None and (len(always) == len(before) or refusal([*before, spec]) is not None):
            yield _wrong(interaction, source, index, why.reason, why.hint)
        else:
            before.append(spec)


def _wrong(interaction: Interaction, source: str, index: int, message: str, hint: str) -> CassetteError:
    where, path = whereabouts(source, interaction.name, "faults", index)
    return CassetteError(where, f"{path}: {message}", hint)
