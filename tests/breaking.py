"""Support for tests of faults: a recording in a line, faults onto it, and what a client would get of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocksse.cassette.model import End, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import Pacing
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import PLAIN
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS
from mocksse.wire import http1, sse

if TYPE_CHECKING:
    from mocksse.cassette.model import Framing
    from mocksse.replay.draft import Context
    from mocksse.replay.faults.grammar import Spec
    from mocksse.replay.plan import Plan

CHAT = (
    b'data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
    b'data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Gr\xc3\xbc\xc3\x9fe"}}]}\n\n',
    b'data: {"id":"c1","choices":[{"index":0,"delta":{"content":", \xf0\x9f\x8c\x8d!"}}]}\n\n',
    b'data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    b"data: [DONE]\n\n",
)
"""An OpenAI Chat answer, one event a chunk, with two and four byte characters in it."""

SHORT = {"for": "30ms", "gap": "1ms"}
"""So that a test waits for nothing long; what the parameters do is asserted elsewhere."""
LARGE = 100_000


def recording(
    *chunks: bytes,
    path: str = "/v1/chat/completions",
    content_type: str = "text/event-stream",
    framing: Framing = "chunked",
    end: End | None = None,
    status: int = 200,
) -> Interaction:
    """Chunks 10 ms apart behind a head after 100 ms, and an end after 5; without chunks: CHAT."""
    pieces = tuple(Piece(10_000, chunk) for chunk in chunks or CHAT)
    response = Response(
        status,
        ((b"Content-Type", content_type.encode()),),
        framing,
        pieces,
        end or End(5000),
        100_000,
    )
    return Interaction("a", Request(path, "POST"), response)


def broken(
    faults: str,
    tape: Interaction | None = None,
    *,
    context: Context | None = None,
    pacing: Pacing | None = None,
    strict: bool = True,
    play: Play | None = None,
) -> Plan:
    """The plan of a recording with these faults; Refused where one cannot apply."""
    return compile_plan(
        tape or recording(),
        pacing or Pacing(),
        play or Play(now=lambda: 1_800_000_000.0, target="/v1/chat/completions"),
        context=context or PLAIN,
        faults=parse(faults),
        strict=strict,
    )


def quick(name: str) -> str:
    """The fault's example, with its waits cut short and for every play."""
    return "; ".join(map(shortened, parse(FAULTS[name].example)))


def shortened(spec: Spec) -> str:
    kept = [w for w in spec.text.split(" ") if w.partition("=")[0] not in {"times", "after", "p", "on", *SHORT}]
    for param in spec.fault.params:
        value = spec.args[param.name]
        if param.unit == "duration" and param.name in SHORT:
            kept.append(f"{param.name}={SHORT[param.name]}")
        elif param.unit == "size" and isinstance(value, int) and value > LARGE:
            kept = [w for w in kept if not w.startswith(f"{param.name}=")] + [f"{param.name}={LARGE}"]
    return " ".join(kept)


@dataclass(frozen=True, slots=True)
class Got:
    """What came out of a plan's bytes: a client's view. `whole`: the message had its proper end."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    chunks: tuple[bytes, ...]
    whole: bool
    parts: tuple[http1.Part, ...]

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        wanted = name.lower().encode()
        return next((v.decode("latin-1") for n, v in self.headers if n.lower() == wanted), None)


def got(plan: Plan) -> Got:
    """The plan's bytes, read as HTTP by our own parser, which is lenient and says what is wrong."""
    parser = http1.ResponseParser()
    parts = tuple(parser.feed(plan.wire) + parser.close())
    head = next((part for part in parts if isinstance(part, http1.Head)), None)
    chunks: list[bytes] = []
    for part in parts:
        match part:
            case http1.Chunk():
                chunks.append(b"")
            case http1.Data() if chunks:
                chunks[-1] += part.data
    body = b"".join(part.data for part in parts if isinstance(part, http1.Data))
    whole = any(isinstance(part, http1.End) for part in parts)
    if head is None:
        return Got(0, (), b"", (), whole, parts)
    return Got(head.status, head.headers, body, tuple(chunks), whole, parts)


def events(body: bytes) -> list[tuple[bytes, bytes]]:
    """(type, data) of every event that a client following the standard dispatches."""
    return [(item.type, item.data) for item in sse.parse(body) if isinstance(item, sse.Event)]
