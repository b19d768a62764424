"""The cassette file's types, version 1: what `load` decodes into, `dump` writes from, and `mocksse schema` prints.

One set of types for all three, so that they can't disagree. Everything a person might leave out has a default.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mocksse import limits
from mocksse.providers.extract import Lane

Milliseconds = Annotated[
    float,
    Meta(ge=0, le=limits.MAX_WAIT_MS, description="Milliseconds, at most three decimals.", examples=[0.8, 12, 29.125]),
]
PacingNumber = Annotated[float, Meta(ge=0)]
DurationWord = Annotated[
    float | str,
    Meta(
        description="Milliseconds, normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE.",
        examples=[350, "normal:350,50", "lognormal:p50=350,p95=1200"],
    ),
]


class Base64(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a head that is not UTF-8."""

    base64: str


HeaderPair = tuple[str | Base64, str | Base64]
HeaderList = Annotated[
    list[HeaderPair] | dict[str, str],
    Meta(description="Pairs in the order received, or a mapping where order and duplicates do not matter."),
]


class SseStyle(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How this stream spells the events that are written as fields."""

    eol: Literal["lf", "crlf", "cr"] = "lf"
    space: Annotated[bool, Meta(description="One space behind the colon.")] = True


class SseFields(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One SSE event by its fields, or a comment. They go out in this order: comment, event, id, retry, data."""

    comment: str | None = None
    event: str | None = None
    id: str | None = None
    retry: Annotated[int, Meta(ge=0, le=10**limits.MAX_RETRY_DIGITS - 1)] | None = None
    data: Annotated[str, Meta(description="Several lines become several data: lines.")] | None = None


class Entry(SseFields, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One read's share of one HTTP chunk: the fields of one event, or events, line, text or base64."""

    after_ms: Annotated[Milliseconds, Meta(description="Since the entry before; the first: since the head.")] = 0
    more: Annotated[bool, Meta(description="The same HTTP chunk goes on in the next entry.")] = False
    of: (
        Annotated[int, Meta(ge=0, le=limits.MAX_ANNOUNCED_BYTES, description="Announced size of a chunk that was cut.")]
        | None
    ) = None
    events: list[SseFields] | None = None
    line: Annotated[str, Meta(description="One NDJSON line, without its line feed.")] | None = None
    text: Annotated[str, Meta(description="Bytes that are UTF-8.")] | None = None
    base64: Annotated[str, Meta(description="Any bytes.")] | None = None


class EndDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How the exchange ended."""

    after_ms: Milliseconds = 0
    how: Literal["complete", "cut", "reset", "idle", "malformed", "stopped"] = "complete"
    rest: Annotated[list[Entry], Meta(description="Bytes outside the HTTP framing.")] = []


class ResponseDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The answer. Without headers it is an event stream (NDJSON, if it is made of lines)."""

    status: Annotated[int, Meta(ge=200, le=999)] = 200
    reason: str | Base64 | None = None
    http: Literal["1.0", "1.1"] = "1.1"
    headers: HeaderList | UnsetType = UNSET
    head_after_ms: Annotated[Milliseconds, Meta(description="Request sent to head received.")] = 0
    framing: Literal["chunked", "length", "close"] | UnsetType = UNSET
    sse: SseStyle = SseStyle()
    stream: list[Entry] = []
    trailers: HeaderList | UnsetType = UNSET
    end: EndDoc = EndDoc()


class RequestDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The request, redacted. Only the path is needed; what is left out matches anything."""

    method: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_-]*$")] | None = None
    path: Annotated[str, Meta(pattern="^/", description="With its query.")]
    headers: HeaderList | UnsetType = UNSET
    json: Any = UNSET
    json_style: Annotated[
        Literal["compact", "spaced", "compact-ascii", "spaced-ascii"],
        Meta(description="How the JSON was spelt: white space behind , and :, and whether non-ASCII was escaped."),
    ] = "compact"
    text: str | None = None
    base64: str | None = None


class RecordedDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where a recording came from."""

    at: str = ""
    upstream: str = ""
    by: str = ""


class PacingDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The pacing words of serve, as defaults."""

    speed: PacingNumber | Literal["instant"] | None = None
    gap: DurationWord | None = None
    ttft: DurationWord | None = None
    tps: PacingNumber | None = None
    jitter: PacingNumber | None = None
    max_gap: PacingNumber | None = None
    seed: int | None = None


Paths = list[str] | str


class ExtractDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What the events of no known API mean: JSONPaths of each lane. Without any, their data is text."""

    text: Annotated[Paths, Meta(description="JSONPaths.", examples=["$.result.text"])] | None = None
    reasoning: Paths | None = None
    tool: Paths | None = None
    usage: Paths | None = None
    error: Paths | None = None
    finish: Paths | None = None
    events: Annotated[dict[str, Lane], Meta(description="What an event's data is, by its name.")] | None = None
    join: Annotated[str, Meta(description="Between two pieces of text.")] = ""


class InteractionDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One request and its answer; `path`, `method` and `stream` may stand here directly when written by hand."""

    name: str | None = None
    recorded: RecordedDoc | None = None
    request: RequestDoc | None = None
    response: ResponseDoc | None = None
    method: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_-]*$")] | None = None
    path: Annotated[str, Meta(pattern="^/")] | None = None
    stream: list[Entry] | None = None
    pacing: PacingDoc | None = None
    extract: ExtractDoc | None = None
    faults: Annotated[
        list[str],
        Meta(description="What this recording is broken with, in this order.", examples=[["reset at=event:5 times=1"]]),
    ] = []


class CassetteDoc(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A cassette file; `path`, `method` and `stream` at the top are one interaction written by hand."""

    mocksse: Annotated[Literal[1], Meta(description="Version of the format.")] = 1
    pacing: PacingDoc | None = None
    extract: Annotated[ExtractDoc, Meta(description="For every interaction that has none of its own.")] | None = None
    interactions: list[InteractionDoc] = []
    method: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_-]*$")] | None = None
    path: Annotated[str, Meta(pattern="^/")] | None = None
    stream: list[Entry] | None = None
