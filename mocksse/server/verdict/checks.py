"""The table of all checks: what each finds, how bad that is, and which sentence or report says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fail", "warn"]
"""fail: the client did wrong, or could not be answered. warn: it may have had a reason that can't be seen here."""


@dataclass(frozen=True, slots=True)
class Check:
    """`severity`: of what it finds, at worst. `source`: the sentence of a standard, or the reports of who met it."""

    severity: Severity
    text: str
    source: str


CHECKS = {
    "unmatched": Check("fail", "a request that no recording answers", "what was meant to be tested was not"),
    "retry-after-ignored": Check(
        "fail",
        "the client came back before Retry-After, or retry-after-ms, had passed",
        'RFC 9110, 10.2.3: "how long the user agent ought to wait before making a follow-up request"; '
        "Azure/azure-sdk-for-js#20817",
    ),
    "retried-for-good": Check(
        "fail",
        "an answer that says the request is wrong was asked for again",
        'RFC 9110, 15.5: "the client seems to have erred"; what did not change errs again',
    ),
    "retry-storm": Check(
        "fail",
        "one request was tried more than 10 times; or, as a warning, again and again without growing pauses",
        "byte5ai/omadia#122, jakartaee/rest#670, sudoprivacy/sudocode#576",
    ),
    "post-replayed": Check(
        "fail",
        "a POST was asked again by itself, though its stream had said something already",
        'RFC 9110, 9.2.2: "a client SHOULD NOT automatically retry a request with a non-idempotent method"; '
        "Azure/fetch-event-source#54, HKUDS/nanobot#4038",
    ),
    "truncated-stream-accepted": Check(
        "fail",
        "the conversation went on as if a cut answer, or a tool call with cut arguments, had been whole",
        "pydantic/pydantic-ai#6610, NVIDIA/TensorRT-LLM#18289, langchain-ai/langchainjs#11469",
    ),
    "no-idle-timeout": Check(
        "warn",
        "nothing came any more, and the client stayed",
        "anthropics/anthropic-sdk-typescript#867, deepseek-ai/DeepSeek-V3#1608",
    ),
    "last-event-id-missing": Check(
        "fail",
        "the client came back for a stream with ids, and did not say what it had seen",
        "WHATWG HTML, 9.2.4: \"reports an EventSource object's last event ID string to the server when the user agent "
        'is to reestablish the connection"; EventSource/eventsource#291, athrvk/vayu#21, '
        "modelcontextprotocol/typescript-sdk#2809",
    ),
    "last-event-id-stale": Check(
        "fail",
        "the client came back with an id that is not the last one it was sent",
        'WHATWG HTML, 9.2.6: "set the last event ID string of the event source to the value of the last event ID '
        'buffer"',
    ),
    "parallel-sockets": Check(
        "fail",
        "a client read one event stream over several connections at once: a second one beside its own reconnect, "
        "or, as a warning, several from the start",
        "EventSource/eventsource#57, EventSource/eventsource#89",
    ),
    "reconnect-storm": Check(
        "fail",
        "the client came back sooner than `retry` told, after a 204, or more than 10 times without a pause",
        'WHATWG HTML, 9.2.3: "wait a delay equal to the reconnection time of the event source"; 9.2.1: "a client can '
        'be told to stop reconnecting using the HTTP 204 No Content response code"; Azure/fetch-event-source#57',
    ),
    "server-late": Check(
        "warn",
        "the server itself ran late: the times that the client saw were not the tape's",
        "the server's own doing, and a reason to doubt what else depends on time",
    ),
}
"""All checks, by their names. Every one is always made."""
