"""The hundred numbered cases: how streams of language models failed in the wild, and what a client should make of each.

The numbers are stable: faults name them, documents and reports may too. What a client should do is one of four:

SAME    the result is that of the whole stream: the fault is legal, or only skin deep
FAIL    an error is reported, never a success; text that came before it is known to be partial
RETRY   the request is made again, as often and as late as is right; judged by what the server sees
POLICY  standard and practice, or two practices, disagree: what the client does is told, not judged
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Expect = Literal["SAME", "FAIL", "RETRY", "POLICY"]
Group = Literal["transport", "framing", "payload", "http", "reconnection"]


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `should`: what a client does about it that is right, in one line."""

    number: int
    name: str
    group: Group
    expect: Expect
    should: str
    left_out: str = ""
    """Why no fault plays it."""


def _group(group: Group, first: int, *rows: tuple[str, Expect, str]) -> list[Case]:
    return [Case(number, name, group, expect, should) for number, (name, expect, should) in enumerate(rows, first)]


_TRANSPORT = [
    *_group(
        "transport",
        1,
        ("reset-before-response", "RETRY", "try again a few times, each later than the one before"),
        ("empty-reply", "RETRY", "try again a few times: nothing was answered yet"),
        ("header-timeout", "FAIL", "give up within a timeout of its own"),
        ("first-token-stall", "FAIL", "give up when no first byte comes, whatever the head promised"),
        ("slow-first-token", "SAME", "wait: thinking takes its time"),
        ("reset-mid-stream", "FAIL", "report the broken stream and not ask again: output was delivered"),
        ("fin-mid-chunk", "FAIL", "notice that the chunk has fewer bytes than its size says"),
        ("missing-final-chunk", "FAIL", "notice that the last chunk never came"),
        ("clean-eof-truncation", "FAIL", "notice the missing terminal event; for HTTP all is well"),
        ("cut-after-terminal", "SAME", "take the answer: its terminal event has come"),
        ("content-length-mismatch", "FAIL", "hold the body against the length it was announced with"),
        ("close-delimited", "SAME", "take the end of the connection for the end of the body"),
        ("close-delimited-truncated", "FAIL", "notice the missing terminal event; nothing else tells"),
        ("bad-chunk-size", "FAIL", "report a chunk size that is no number"),
        ("idle-stall", "FAIL", "give up when no byte has come for some time"),
        ("heartbeat-only-stall", "POLICY", "give up in the end, though comments keep coming"),
        ("inter-token-gap", "SAME", "wait through a pause that healthy models make"),
        ("slow-drip", "SAME", "reset its idle timer with every byte"),
        ("buffered-burst", "SAME", "read an answer that comes all at once, or in blocks"),
        ("gzip-flushed", "SAME", "inflate each event when it comes"),
        ("gzip-unflushed", "SAME", "inflate what comes late and in large blocks"),
        ("gzip-broken", "FAIL", "report a body that does not decode, by what it is"),
        ("stale-keepalive", "RETRY", "try once more on a fresh connection"),
        ("open-after-done", "SAME", "finish at the terminal event, not when the connection is closed"),
        ("bytes-after-done", "SAME", "ignore what comes behind the terminal event"),
    ),
    Case(
        26,
        "h2-stream-reset",
        "transport",
        "FAIL",
        "report a stream of HTTP/2 that is reset",
        "it needs HTTP/2, and this server speaks HTTP/1.1",
    ),
]
_FRAMING = _group(
    "framing",
    27,
    ("split-utf8", "SAME", "decode the bytes of all reads as one text"),
    ("byte-at-a-time", "SAME", "read an answer whose every chunk is one byte"),
    ("event-split", "SAME", "go on where the read before stopped, wherever that was"),
    ("coalesced-events", "SAME", "deliver all events of one read, in order"),
    ("crlf", "SAME", "end lines at CRLF too"),
    ("cr-and-mixed", "SAME", "end lines at CR, LF and CRLF alike"),
    ("split-crlf", "SAME", "count CR and LF in two reads as one line end"),
    ("leading-bom", "SAME", "strip one byte order mark at the start, and only there"),
    ("unterminated-final-event", "POLICY", "drop an event without its blank line, as the standard says"),
    ("comment-keepalive", "SAME", "ignore comments, long ones and those inside an event"),
    ("ping-after-id", "SAME", "dispatch nothing for a block that is a comment, whatever the last id was"),
    ("data-wrapped-comment", "POLICY", "take it for data that is no JSON"),
    ("control-only-block", "SAME", "keep id and retry, dispatch nothing"),
    ("empty-event", "SAME", "live with an event whose data is empty"),
    ("no-space-after-colon", "SAME", "read fields without the space, which is optional"),
    ("extra-space", "SAME", "strip one space behind the colon and keep the rest"),
    ("colonless-field", "SAME", "read a line without a colon as a field without a value"),
    ("multiline-data", "SAME", "join data lines with line feeds"),
    ("missing-separator", "POLICY", "report two JSON texts in one event, never drop one in silence"),
    ("error-spliced-mid-event", "FAIL", "see the error that was put into an unfinished event"),
    ("unknown-field", "SAME", "ignore fields it does not know"),
    ("error-as-field", "FAIL", "see the error that has a field of its own, or at least the missing answer"),
    ("unframed-json-error", "FAIL", "see the error that stands there without any framing"),
    ("nul-bytes", "SAME", "ignore an id with NUL in it, and keep NUL in data"),
    ("bogus-retry", "RETRY", "wait as before: such a retry field is none"),
    ("unicode-line-separator", "SAME", "end lines nowhere but at CR and LF"),
    ("large-event", "SAME", "have no limit on a line, or one far beyond these"),
    ("large-event-tiny-chunks", "SAME", "take time in proportion to the bytes"),
    ("endless-line", "FAIL", "stop before memory does"),
    ("extra-blank-lines", "SAME", "dispatch nothing for a blank line with nothing before it"),
    ("double-data-prefix", "FAIL", "report data that is no JSON"),
    ("field-order", "SAME", "take fields in any order"),
)
_PAYLOAD = _group(
    "payload",
    59,
    ("truncated-json", "FAIL", "report JSON that breaks off"),
    ("garbage-json", "FAIL", "report data that is no JSON, and not skip it"),
    ("missing-done", "POLICY", "take the answer, as a reason to finish has come"),
    ("done-without-finish", "POLICY", "tell that no reason to finish has come"),
    ("done-variants", "SAME", "finish once, at the first [DONE]"),
    ("error-object-midstream", "FAIL", "raise the error with its message"),
    ("flat-error-event", "FAIL", "raise the error, whose fields lie at the top of the event"),
    ("overloaded-error-event", "FAIL", "raise it as an overload, and not ask again by itself"),
    ("error-first-event", "RETRY", "ask again, if it likes: nothing was delivered"),
    ("finish-reason-error", "FAIL", "see that the reason to finish is an error"),
    ("zero-events", "FAIL", "report an answer without any event"),
    ("null-choices", "SAME", "live with choices that are null or missing"),
    ("empty-choices", "SAME", "live with an empty list of choices, first or last"),
    ("null-delta", "SAME", "live with a delta, role or content that is null or missing"),
    ("odd-finish-reason", "SAME", "not finish at a reason that is empty or the word None"),
    ("early-or-duplicate-finish", "SAME", "keep the text that comes with, and behind, a reason to finish"),
    ("tool-index-missing", "SAME", "put calls together without their index"),
    ("tool-id-missing", "POLICY", "make up an id or report the call, one of the two"),
    ("tool-index-collision", "SAME", "keep two calls apart that say the same index"),
    ("tool-args-fragmented", "SAME", "join arguments that come a character at a time"),
    ("truncated-tool-args", "FAIL", "never run a call whose arguments break off"),
    ("unknown-event-type", "SAME", "ignore events of types it does not know"),
    ("missing-message-stop", "FAIL", "notice that the message never stopped"),
    ("orphan-events", "FAIL", "report a delta of a block that never began"),
    ("incomplete-terminal", "FAIL", "tell that the answer is incomplete"),
    ("invalid-utf8", "POLICY", "put in U+FFFD or report it; not die of it"),
    ("lone-surrogate", "SAME", "live with half a pair, and join pairs split over two deltas"),
    ("concatenated-json", "FAIL", "report data that is more than one JSON text"),
)
_HTTP = _group(
    "http",
    87,
    ("rate-limit-retry-after", "RETRY", "not ask again before the time it was told"),
    ("retry-after-malformed", "RETRY", "fall back to its own waits"),
    ("overloaded-5xx", "RETRY", "try again a few times, with chance in its waits"),
    ("client-error", "FAIL", "report it and not ask again"),
    ("html-error-page", "FAIL", "say the status in a line, and not the page"),
    ("wrong-content-type", "POLICY", "fail, as the standard says, or read it as what it is"),
    ("content-type-params", "SAME", "accept parameters, and read UTF-8 whatever they say"),
    ("json-instead-of-sse", "POLICY", "read it or report it; an empty success is wrong"),
    ("redirect", "SAME", "follow it, and give up in a loop"),
)
_RECONNECTION = _group(
    "reconnection",
    96,
    ("last-event-id", "RETRY", "come back with the id it saw last, as the standard keeps it"),
    ("resume-replay", "POLICY", "not deliver twice what it has, nor hide that something is missing"),
    ("stop-reconnect", "RETRY", "not come back after 204"),
    ("reconnect-storm", "RETRY", "come back with growing waits, on one connection"),
    ("post-replay", "RETRY", "not send a POST again by itself once output was delivered"),
)

CASES: Mapping[int, Case] = {case.number: case for case in (*_TRANSPORT, *_FRAMING, *_PAYLOAD, *_HTTP, *_RECONNECTION)}
"""By number, 1 to 100."""


def by_name(name: str) -> Case | None:
    """The case of a name, or of a number."""
    if name.isascii() and name.isdecimal() and len(name) < 4:
        return CASES.get(int(name))
    return next((case for case in CASES.values() if case.name == name), None)
