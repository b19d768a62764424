"""Where blocks begin and end, for APIs that say an answer block by block: Anthropic, Cohere, Responses.

Text, reasoning and a refusal are in one block until something else comes. A tool call is one block from its first piece
to its last: calls whose pieces come in turns are open at the same time, as these APIs number what they send.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mocksse.providers.encode.speech import last_of_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.providers.encode.speech import Speech
    from mocksse.providers.fragment import Kind


@dataclass(frozen=True, slots=True)
class Block:
    """`index` counts all blocks of the answer, `call` is the place of a tool's call."""

    kind: Kind
    index: int
    call: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A block begins (`open`), goes on (`piece`), or ends (`close`). `at`: its moment, as Event has it.

    `text`: of a piece that piece, of a close the whole block.
    """

    what: Literal["open", "piece", "close"]
    block: Block
    at: int
    text: str = ""


def steps(speech: Speech) -> Iterator[Step]:
    """All steps of the first choice, in their order. What an answer that broke off left open is not closed."""
    last = last_of_calls(speech)
    current: Block | None = None
    calls: dict[int, Block] = {}
    said: dict[int, list[str]] = {}
    count = 0

    def close(block: Block, at: int) -> Step:
        return Step("close", block, at, "".join(said.pop(block.index)))

    for at, fragment in enumerate(speech.fragments, 1):
        block = calls.get(fragment.index) if fragment.kind == "tool" else current
        if block is None or block.kind != fragment.kind:
            if current is not None:
                yield close(current, at)
            block = Block(fragment.kind, count, fragment.index)
            count += 1
            said[block.index] = []
            if fragment.kind == "tool":
                calls[fragment.index], current = block, None
            else:
                current = block
            yield Step("open", block, at)
        said[block.index].append(fragment.text)
        if fragment.text:
            yield Step("piece", block, at, fragment.text)
        if fragment.kind == "tool" and last[fragment.choice, fragment.index] == at - 1 and _is_over(speech, at):
            yield close(block, at)
    if current is not None and speech.whole:
        yield close(current, len(speech.fragments) + 1)


def _is_over(speech: Speech, at: int) -> bool:
    """Whether a call is over with its last piece, which is number `at`: not where the answer broke off just there."""
    return speech.whole or at < len(speech.fragments)
