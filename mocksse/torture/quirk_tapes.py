"""Answers as providers really send them, by hand: what is odd in each is on no tape that is generated.

All are in one of the APIs' formats, so that a client of that API has to read them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.cassette.model import Interaction, Piece, Request, Response
from mocksse.providers.encode.registry import ENCODERS
from mocksse.wire import sse

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class QuirkTape:
    """A tape of one API."""

    api: str
    interaction: Interaction


def _spelt(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _tape(name: str, api: str, blocks: Iterable[bytes], content_type: bytes = b"text/event-stream") -> QuirkTape:
    pieces = tuple(Piece(0, block) for block in blocks)
    response = Response(200, ((b"Content-Type", content_type),), "chunked", pieces)
    return QuirkTape(api, Interaction(name, Request(ENCODERS[api].path, "POST"), response))


def _data(*values: object) -> list[bytes]:
    return [sse.encode(data=_spelt(value)) for value in values]


def _named(*values: dict[str, Any], trailing: bytes = b"") -> list[bytes]:
    return [sse.encode(event=value["type"].encode(), data=_spelt(value) + trailing) for value in values]


def _chunk(delta: dict[str, Any] | None, finish: str | None = None, choice: int = 0, **more: Any) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": choice, "delta": delta, "finish_reason": finish}]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": "m",
        "choices": choices,
        **more,
    }


_ROLE = {"role": "assistant", "content": ""}
_STOP = _chunk({}, "stop")
_USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
DONE = b"[DONE]"


def _perplexity() -> list[bytes]:
    """Each chunk has the whole message so far beside the delta; no [DONE]."""
    found, said = [], ""
    for piece in ("Grüße", " aus", " Oslo"):
        said += piece
        chunk = _chunk({"role": "assistant", "content": piece})
        chunk["choices"][0]["message"] = {"role": "assistant", "content": said}
        found.append(chunk)
    last = _chunk({"role": "assistant", "content": ""}, "stop", usage=_USAGE)
    last["choices"][0]["message"] = {"role": "assistant", "content": said}
    return _data(*found, last)


def _anthropic(*inside: dict[str, Any], stop: str = "end_turn", trailing: bytes = b"") -> list[bytes]:
    message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    message |= {"content": [], "stop_reason": None}
    return _named(
        {"type": "message_start", "message": {**message, "usage": {"input_tokens": 9, "output_tokens": 1}}},
        *inside,
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
        trailing=trailing,
    )


def _text_block(index: int, *pieces: str) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": index},
    ]


_REDACTED = [
    {"type": "content_block_start", "index": 0, "content_block": {"type": "redacted_thinking", "data": "RW1wdHk="}},
    {"type": "content_block_stop", "index": 0},
]
_PING = {"type": "ping"}
_OPENROUTER_WAIT = [b": OPENROUTER PROCESSING\n\n"] * 5
_LONG = 4_800
"""Events of a long reasoning stream, as they were met."""

QUIRKS: dict[str, QuirkTape] = {
    name: _tape(name, api, blocks)
    for name, api, blocks in (
        ("perplexity-message", "openai-chat", _perplexity()),
        (
            "openrouter-processing",
            "openai-chat",
            [*_OPENROUTER_WAIT, *_data(_chunk(_ROLE), _chunk({"content": "Grüße 🌍"}), _STOP, DONE)],
        ),
        (
            "openrouter-reasoning-twice",
            "openai-chat",
            _data(
                _chunk(
                    {**_ROLE, "reasoning": "Hm, ", "reasoning_details": [{"type": "reasoning.text", "text": "Hm, "}]}
                ),
                _chunk({"reasoning": "so.", "reasoning_details": [{"type": "reasoning.text", "text": "so."}]}),
                _chunk({"content": "Ja."}),
                _chunk({"content": ""}, "stop"),
                _chunk({"content": ""}, "stop", usage=_USAGE),
                DONE,
            ),
        ),
        (
            "deepseek-null-content",
            "openai-chat",
            _data(
                _chunk({"role": "assistant", "content": None, "reasoning_content": "Denk "}),
                _chunk({"content": None, "reasoning_content": "nach."}),
                _chunk({"content": "Fünf.", "reasoning_content": None}),
                _STOP,
                DONE,
            ),
        ),
        (
            "azure-content-filter",
            "openai-chat",
            _data(
                {**_chunk(None), "id": "", "object": "", "model": "", "prompt_filter_results": [{"prompt_index": 0}]},
                _chunk(_ROLE),
                _chunk({"content": "Grüße"}),
                _STOP,
                _chunk(None, usage=_USAGE),
                DONE,
            ),
        ),
        (
            "groq-usage-aside",
            "openai-chat",
            _data(
                _chunk(_ROLE), _chunk({"content": "Grüße"}), {**_STOP, "x_groq": {"id": "req_1", "usage": _USAGE}}, DONE
            ),
        ),
        (
            "empty-answer",
            "openai-chat",
            _data(_chunk(_ROLE), _chunk({}, "stop"), DONE),
        ),
        (
            "long-reasoning",
            "openai-chat",
            _data(
                *(_chunk({"reasoning_content": f" {n}"}) for n in range(_LONG)), _chunk({"content": "42"}), _STOP, DONE
            ),
        ),
        (
            "anthropic-pings",
            "anthropic",
            _anthropic(_PING, *_text_block(0, "Grüße"), _PING, *_text_block(1, " 🌍"), _PING),
        ),
        ("anthropic-trailing-spaces", "anthropic", _anthropic(*_text_block(0, "Grüße"), trailing=b"      ")),
        ("anthropic-redacted-thinking", "anthropic", _anthropic(*_REDACTED, *_text_block(1, "Gut."))),
        ("anthropic-pause-turn", "anthropic", _anthropic(*_text_block(0, "Moment."), stop="pause_turn")),
        ("anthropic-empty", "anthropic", _anthropic()),
    )
}
"""By name."""
