"""Cut answers that a client took for whole: told by its own next request, where the cut answer is an answer.

Text that was cut stands there as the assistant's turn and the conversation goes on behind it; or a tool was run whose
arguments were cut, and here is its result. To continue a cut answer is right: a prefill, or a message that says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.cassette.match import Message, messages_of
from mocksse.figures import plural
from mocksse.providers.lenient import compact, decode
from mocksse.server.verdict.asks import JUDGED, as_recorded
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
_OTHERS = re.compile(rb"assistant|model|tool|function|_output")
"""Every request has one of them in which somebody else than the user speaks."""
_TAIL = 20
"""Characters of a cut answer that a message may quote, to go on from there."""


def judge(records: Sequence[Record], answers: Answers) -> Iterator[Finding]:
    """All of a session, in its order: a conversation goes on with another body, and so in another lane."""
    talks = {record.number: talk for record in records if record.kind in JUDGED and (talk := _talk(record))}
    if not talks:
        return
    for record in records:
        later = [(number, talk) for number, talk in talks.items() if number > record.number]
        cut = _cut(record, answers) if later else None
        if cut is None:
            continue
        before = talks.get(record.number, _NO_TALK)
        for number, talk in later:
            if message := _taken(*cut, before, talk):
                yield found("truncated-stream-accepted", (record.number, number), message)
                break


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation, and what is looked for in it: the assistant's texts without white space, the calls answered."""

    messages: tuple[Message, ...] = ()
    said: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()


_NO_TALK = _Talk()


def _talk(record: Record) -> _Talk | None:
    """None where nobody but the user has spoken, or the body is not kept as a whole."""
    if record.body_bytes != len(record.body) or not _OTHERS.search(record.body):
        return None
    messages = messages_of(decode(record.body))
    said = frozenset(_bare(message.text) for message in messages if message.role == "assistant")
    results = frozenset(call for message in messages for call in message.results)
    return _Talk(messages, said, results) if said or results else None


def _cut(record: Record, answers: Answers) -> tuple[Turn, Turn] | None:
    """What was said of an answer, and what would have been, where that is not all. A client that left knows that."""
    if record.kind != "played" or not 200 <= record.status < 300 or record.broken_off or not record.done:
        return None
    if as_recorded(record):
        return None
    whole = answers.whole(record)
    sent = answers.sent(record) if whole is not None and (record.broken or _is_over(whole)) else None
    if sent is None or whole is None or sent.turn.done or (sent.turn.first.finish and not whole.done):
        return None
    return sent.turn, whole


def _is_over(turn: Turn) -> bool:
    """Whether it says of itself that it is all."""
    return turn.done or bool(turn.first.finish)


def _taken(sent: Turn, whole: Turn, before: _Talk, later: _Talk) -> str:
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


def _ran(choice: Choice, later: _Talk) -> str:
    """The name of a tool that was run with what there was of its arguments. Without any it may be one that has none."""
    for call in choice.tool_calls:
        if call.id not in later.results or not call.arguments or decode(call.arguments) is not None:
            continue
        for message in later.messages:
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


def _went_on(choice: Choice, before: _Talk, later: _Talk) -> bool:
    """Whether the cut text is the assistant's turn, and what comes behind it takes it for one."""
    said = ({_bare(choice.text), _bare(choice.reasoning + choice.text)} & later.said) - before.said
    for index, message in enumerate(later.messages if said else ()):
        if message.role != "assistant" or _bare(message.text) not in said:
            continue
        behind = [after for after in later.messages[index + 1 :] if after.role == "user"]
        tail = choice.text.strip()[-_TAIL:]
        return bool(behind) and not any(_SAYS_SO.search(after.text) or tail in after.text for after in behind)
    return False


def _bare(text: str) -> str:
    """Without white space: blocks are joined in more ways than one."""
    return "".join(text.split())
