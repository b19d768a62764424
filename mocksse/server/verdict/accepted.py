"""Cut answers that a client took for whole: told by its own next request, where the cut answer is an answer.

Text that was cut stands there as the assistant's turn and the conversation goes on behind it; or a tool was run whose
arguments were cut, and here is its result. To continue a cut answer is right: a prefill, or a message that says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mocksse.cassette.match import Message, messages_of
from mocksse.figures import plural
from mocksse.providers.lenient import compact, decode
from mocksse.server.verdict.asks import JUDGED
from mocksse.server.verdict.finding import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mocksse.providers.turn import Choice, Turn
    from mocksse.server.journal import Record
    from mocksse.server.verdict.finding import Finding
    from mocksse.server.verdict.sent import Answers

_SAYS_SO = re.compile(
    r"\b(continu(e|ed|ing)|go on|went on|interrupted|cut (off|short)|left off|broke off|resume|truncated|incomplete|"
    r"unfinished|finish|rest of)\b",
    re.IGNORECASE,
)
"""A message that goes on from a cut answer, and knows that it was cut."""
_REFUSED = re.compile(
    r'"is_?error": ?true|\b(error|invalid|malformed|truncated|incomplete|cut off|not valid|parse|failed)\b',
    re.IGNORECASE,
)
"""A tool's result that says that it was not run."""
_TAIL = 20
"""Characters of a cut answer that a message may quote, to go on from there."""


def judge(records: Sequence[Record], answers: Answers) -> Iterator[Finding]:
    """All of a session, in its order: a conversation goes on with another body, and so in another lane."""
    bodies = _Bodies()
    for index, record in enumerate(records):
        cut = _cut(record, answers)
        if cut is None:
            continue
        sent, whole = cut
        for later in records[index + 1 :]:
            message = _taken(sent, whole, bodies.of(record), bodies.of(later)) if later.kind in JUDGED else ""
            if message:
                yield found("truncated-stream-accepted", (record.number, later.number), message)
                break


class _Bodies:
    """Conversations as they were read: each once."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[Message, ...]] = {}

    def of(self, record: Record) -> tuple[Message, ...]:
        """None of a body that is not kept as a whole."""
        if record.number not in self._read:
            value = decode(record.body) if record.body and record.body_bytes == len(record.body) else None
            self._read[record.number] = messages_of(value)
        return self._read[record.number]


def _cut(record: Record, answers: Answers) -> tuple[Turn, Turn] | None:
    """What was said of an answer, and what would have been, where that is not all. A client that left knows that."""
    if record.kind != "played" or not 200 <= record.status < 300 or record.broken_off or not record.done:
        return None
    whole = answers.whole(record)
    sent = answers.sent(record) if whole is not None and (record.broken or _is_over(whole)) else None
    if sent is None or whole is None or sent.turn.done or (sent.turn.first.finish and not whole.done):
        return None
    return sent.turn, whole


def _is_over(turn: Turn) -> bool:
    """Whether it says of itself that it is all."""
    return turn.done or bool(turn.first.finish)


def _taken(sent: Turn, whole: Turn, before: Sequence[Message], later: Sequence[Message]) -> str:
    """What shows that it was taken for whole, in words; empty where nothing does."""
    full = {choice.index: choice for choice in whole.choices}
    for choice in sent.choices:
        rest = full.get(choice.index)
        if rest is None:
            continue
        if name := _ran(choice, later):
            return f"the result of {name} is there, though its arguments were cut"
        # Of a recording that was cut itself nobody knows how it would have gone on.
        is_cut = _bare(choice.text) != _bare(rest.text) or not _is_over(whole)
        if choice.text and is_cut and _went_on(choice, before, later):
            of_all = f" of {len(rest.text):,}" if _is_over(whole) else ""
            return f"the first {plural(len(choice.text), 'character')}{of_all} are there as an answer"
    return ""


def _ran(choice: Choice, later: Sequence[Message]) -> str:
    """The name of a tool that was run with what there was of its arguments. Without any it may be one that has none."""
    for call in choice.tool_calls:
        if not call.id or not call.arguments or decode(call.arguments) is not None:
            continue
        for message in later:
            if call.id in message.results and not _REFUSED.search(compact(_result(message.raw, call.id))):
                return call.name or "a tool call"
    return ""


def _result(raw: dict[str, Any], call: str) -> Any:
    """The part of a message that answers that call, where it answers several."""
    for place in ("content", "parts"):
        blocks = raw.get(place)
        for block in blocks if isinstance(blocks, list) else ():
            if call in compact(block):
                return block
    return raw


def _went_on(choice: Choice, before: Sequence[Message], later: Sequence[Message]) -> bool:
    """Whether the cut text is the assistant's turn, and what comes behind it takes it for one."""
    said = {_bare(choice.text), _bare(choice.reasoning + choice.text)}
    known = {_bare(message.text) for message in before if message.role == "assistant"}
    for index, message in enumerate(later):
        if message.role != "assistant" or _bare(message.text) not in said - known:
            continue
        behind = [after for after in later[index + 1 :] if after.role == "user"]
        tail = choice.text.strip()[-_TAIL:]
        return bool(behind) and not any(_SAYS_SO.search(after.text) or tail in after.text for after in behind)
    return False


def _bare(text: str) -> str:
    """Without white space: blocks are joined in more ways than one."""
    return "".join(text.split())
