"""Recordings for the views: a body given by what came when."""

from mocksse.cassette.model import End, Ending, Interaction, Piece, Recorded, Request, Response

CHAT = "/v1/chat/completions"
SSE = ((b"Content-Type", b"text/event-stream"),)
DONE = b"data: [DONE]\n\n"


def delta(**said: object) -> bytes:
    import json

    value = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": said}]}
    return b"data: " + json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n\n"


def finish(reason: str = "stop", **more: object) -> bytes:
    import json

    value = {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **more}
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def recording(
    *pieces: tuple[int, bytes],
    path: str = CHAT,
    end: Ending = "complete",
    after_ms: int = 0,
    name: str = "a",
    status: int = 200,
    headers: tuple[tuple[bytes, bytes], ...] = SSE,
    at: str = "",
    body: bytes | None = None,
    rest: tuple[bytes, ...] = (),
) -> Interaction:
    """`pieces`: milliseconds since the piece before, and the bytes. The head takes 10 ms."""
    response = Response(
        status,
        headers,
        "chunked",
        tuple(Piece(ms * 1000, data) for ms, data in pieces),
        End(after_ms * 1000, end, tuple(Piece(0, data) for data in rest)),
        10_000,
    )
    return Interaction(name, Request(path, "POST", body=body), response, Recorded(at=at) if at else None)
