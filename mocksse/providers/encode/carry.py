"""A speech of one API in the words of another, and what is lost on the way.

Text, reasoning and tool calls go over wherever the other API has a place for them; nothing is put where it was not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mocksse.figures import plural
from mocksse.providers.encode import finish
from mocksse.providers.encode.arguments import as_object
from mocksse.providers.encode.counts import Counts, counts_of, usage_of
from mocksse.providers.turn import Choice, Turn

if TYPE_CHECKING:
    from mocksse.providers.encode.registry import Encoder
    from mocksse.providers.encode.speech import Speech
    from mocksse.providers.turn import ToolCall


def carry(speech: Speech, to: Encoder) -> tuple[Speech, tuple[str, ...]]:
    """What `to` can encode of the speech, and a line for each kind of thing that it can't, as people read it."""
    lost: list[str] = []
    kept: list[Choice] = []
    places: dict[tuple[int, int], int] = {}
    choices = speech.turn.choices
    if len(choices) > 1 and not to.choices:
        lost.append(f"choices: {to.api} has one, {plural(len(choices) - 1, 'other')} left out")
        choices = choices[:1]
    for choice in choices:
        calls = _calls(speech, choice, to, lost)
        places |= {(choice.index, old): new for new, old in enumerate(calls)}
        if choice.refusal and not to.refusals:
            lost.append(f"refusal: {to.api} has no place for its text")
        for name, found in (("citation", choice.citations), ("image", choice.images)):
            if found:
                lost.append(f"{name}s: {plural(len(found), name)} left out")
        refusal = choice.refusal if to.refusals else ""
        told, exact = finish.translate(choice.finish, to.api, called=bool(calls))
        if choice.finish and not exact:
            lost.append(f"finish: {to.api} has no word for {choice.finish}, {told} stands for it")
        kept.append(Choice(choice.index, choice.text, choice.reasoning, refusal, tuple(calls.values()), told))
    indices = {choice.index for choice in kept}
    said = [
        place
        for place, piece in enumerate(speech.fragments)
        if piece.choice in indices
        and (piece.kind != "refusal" or to.refusals)
        and (piece.kind != "tool" or (piece.choice, piece.index) in places)
    ]
    fragments = tuple(
        replace(piece, index=places[piece.choice, piece.index]) if piece.kind == "tool" else piece
        for piece in (speech.fragments[place] for place in said)
    )
    at_us = (speech.at_us[0], *(speech.at_us[place + 1] for place in said), speech.at_us[-1])
    usage = _usage(speech.turn, to, lost)
    if speech.turn.errors:
        lost.append(f"errors: {'; '.join(speech.turn.errors)}")
    if speech.turn.id:
        lost.append(f"ids: another is made up for {speech.turn.id}")
    carried = replace(speech, turn=Turn(tuple(kept), usage), fragments=fragments, at_us=at_us)
    return carried, tuple(dict.fromkeys(lost))


def _calls(speech: Speech, choice: Choice, to: Encoder, lost: list[str]) -> dict[int, ToolCall]:
    """The choice's calls as `to` can say them, by the place they had."""
    kept: dict[int, ToolCall] = {}
    made = 0
    for place, call in enumerate(choice.tool_calls):
        if to.objects:
            try:
                as_object(call)
            except ValueError as error:
                lost.append(f"tool call: {error}, and {to.api} has nothing else")
                continue
        elif not call.id:
            made += 1
            call = replace(call, id=f"call_{speech.token(f'call {choice.index} {place}', 24)}")
        kept[place] = call
    if made:
        lost.append(f"ids: the recording's {plural(made, 'tool call')} had none, made up for {to.api}")
    return kept


def _usage(turn: Turn, to: Encoder, lost: list[str]) -> dict[str, object]:
    counts = counts_of(turn.usage)
    if counts is None:
        if to.api != "anthropic":
            return {}
        lost.append("usage: the recording has none, and anthropic always has: zeros")
        counts = Counts()
    told = usage_of(to.api, counts)
    if counts.reasoning and counts_of(told) != counts:
        lost.append(f"usage: {to.api} does not count reasoning by itself")
    return told
