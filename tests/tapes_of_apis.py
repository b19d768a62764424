"""A small answer of each API, by hand: text, reasoning, a tool call, a finish, a terminal event, where it has them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from breaking import CHAT, recording

from mocksse.wire import eventstream, sse

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _data(*values: Any, eol: bytes = b"\n", space: bool = True) -> tuple[bytes, ...]:
    return tuple(sse.encode(data=v if isinstance(v, bytes) else _json(v), eol=eol, space=space) for v in values)


def _named(*values: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(sse.encode(event=value["type"].encode(), data=_json(value)) for value in values)


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-Ab3", "object": "chat.completion.chunk", "created": 1_760_000_000, "choices": [choice]}


def _call(index: int, arguments: str, **more: str) -> dict[str, Any]:
    call: dict[str, Any] = {"index": index, "function": {"arguments": arguments}}
    if more:
        call |= {"id": more["id"], "type": "function", "function": {"name": more["name"], "arguments": arguments}}
    return {"tool_calls": [call]}


CHAT_TOOLS = _data(
    _chunk({"role": "assistant", "content": None}),
    _chunk({"reasoning_content": "Look it up — “now”."}),
    _chunk({"content": "One moment, 🌍"}),
    _chunk(_call(0, "", id="call_7f", name="weather")),
    _chunk(_call(0, '{"city": "Kö')),
    _chunk(_call(0, 'ln"}')),
    _chunk(_call(1, '{"zone": 1}', id="call_8a", name="time")),
    _chunk({}, "tool_calls"),
    {"id": "chatcmpl-Ab3", "object": "chat.completion.chunk", "created": 1_760_000_000, "choices": [], "usage": {}},
    b"[DONE]",
)

ANTHROPIC = _named(
    {"type": "message_start", "message": {"id": "msg_01", "type": "message", "role": "assistant", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hmm…"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Überall"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": " Flüsse."}},
    {"type": "content_block_stop", "index": 1},
    {
        "type": "content_block_start",
        "index": 2,
        "content_block": {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {}},
    },
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ""}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"city": "Kö'}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": 'ln"}'}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
)

_RESPONSE = {"id": "resp_01", "object": "response", "created_at": 1_760_000_000, "status": "in_progress", "output": []}
RESPONSES = _named(
    *(
        {**event, "sequence_number": number}
        for number, event in enumerate(
            (
                {"type": "response.created", "response": _RESPONSE},
                {
                    "type": "response.output_item.added",
                    "output_index": 0,
                    "item": {"id": "rs_1", "type": "reasoning", "summary": []},
                },
                {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 0, "delta": "Hm."},
                {
                    "type": "response.output_item.added",
                    "output_index": 1,
                    "item": {"id": "msg_1", "type": "message", "content": []},
                },
                {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 1, "delta": "Flüsse "},
                {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 1, "delta": "🌊 überall"},
                {
                    "type": "response.output_item.added",
                    "output_index": 2,
                    "item": {
                        "id": "fc_1",
                        "type": "function_call",
                        "call_id": "call_1",
                        "name": "weather",
                        "arguments": "",
                    },
                },
                {
                    "type": "response.function_call_arguments.delta",
                    "item_id": "fc_1",
                    "output_index": 2,
                    "delta": '{"city":"Köln"}',
                },
                {
                    "type": "response.function_call_arguments.done",
                    "item_id": "fc_1",
                    "output_index": 2,
                    "arguments": '{"city":"Köln"}',
                },
                {"type": "response.completed", "response": {**_RESPONSE, "status": "completed"}},
            )
        )
    )
)

GEMINI = _data(
    {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Denke…", "thought": True}]}}]},
    {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Überall Flüsse"}]}}]},
    {
        "candidates": [
            {
                "index": 0,
                "content": {"parts": [{"functionCall": {"name": "weather", "args": {"city": "Köln"}}}]},
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": {"totalTokenCount": 9},
        "responseId": "r1Ab",
    },
    eol=b"\r\n",
)

GEMINI_ARRAY = (
    b'[{"candidates":[{"index":0,"content":{"parts":[{"text":"\xc3\x9cberall"}]}}]}',
    b'\r\n,\r\n{"candidates":[{"index":0,"content":{"parts":[{"text":" Fl\xc3\xbcsse"}]},"finishReason":"STOP"}]}',
    b"]",
)

COHERE = (
    *_named(
        {"id": "g-1", "type": "message-start", "delta": {"message": {"role": "assistant"}}},
        {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Überall"}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": " Flüsse"}}}},
        {"type": "content-end", "index": 0},
        {
            "type": "tool-call-start",
            "index": 1,
            "delta": {
                "message": {"tool_calls": {"id": "w0", "type": "function", "function": {"name": "w", "arguments": ""}}}
            },
        },
        {
            "type": "tool-call-delta",
            "index": 1,
            "delta": {"message": {"tool_calls": {"function": {"arguments": '{"a": 1}'}}}},
        },
        {"type": "tool-call-end", "index": 1},
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": {}}},
    ),
    *_data(b"[DONE]"),
)

OLLAMA = tuple(
    _json(line) + b"\n"
    for line in (
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "Hm"}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": "Überall"}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": " Flüsse"}, "done": False},
        {
            "model": "m",
            "message": {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Köln"}}}],
            },
            "done": False,
        },
        {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"},
    )
)


def _frame(event: str, payload: Any) -> bytes:
    headers = ((":event-type", event), (":content-type", "application/json"), (":message-type", "event"))
    return eventstream.encode(headers, _json(payload))


CONVERSE = (
    _frame("messageStart", {"role": "assistant", "p": "abc"}),
    _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Überall"}, "p": "ab"}),
    _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " Flüsse"}, "p": "ab"}),
    _frame("contentBlockStop", {"contentBlockIndex": 0}),
    _frame("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t1", "name": "weather"}}}),
    _frame("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"city":"Köln"}'}}}),
    _frame("messageStop", {"stopReason": "tool_use"}),
    _frame("metadata", {"usage": {"totalTokens": 9}, "metrics": {"latencyMs": 5}}),
)
INVOKE = tuple(
    _frame("chunk", {"bytes": base64.b64encode(block.partition(b"data: ")[2].strip()).decode(), "p": "abcd"})
    for block in ANTHROPIC
)
TGI = _data(
    {"index": 1, "token": {"id": 1, "text": "Über", "special": False}, "generated_text": None, "details": None},
    {"index": 2, "token": {"id": 2, "text": "all", "special": False}, "generated_text": None, "details": None},
    {
        "index": 3,
        "token": {"id": 3, "text": "</s>", "special": True},
        "generated_text": "Überall",
        "details": {"finish_reason": "eos_token", "generated_tokens": 3},
    },
    space=False,
)
OPENROUTER = (b": OPENROUTER PROCESSING\n\n", b": OPENROUTER PROCESSING\n\n", *CHAT)

TAPES: dict[str, Interaction] = {
    "chat": recording(*CHAT),
    "chat-tools": recording(*CHAT_TOOLS),
    "openrouter": recording(*OPENROUTER, path="/api/v1/chat/completions"),
    "anthropic": recording(*ANTHROPIC, path="/v1/messages"),
    "responses": recording(*RESPONSES, path="/v1/responses"),
    "gemini": recording(*GEMINI, path="/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"),
    "gemini-array": recording(
        *GEMINI_ARRAY, path="/v1beta/models/gemini-2.5-flash:streamGenerateContent", content_type="application/json"
    ),
    "cohere": recording(*COHERE, path="/v2/chat"),
    "ollama": recording(*OLLAMA, path="/api/chat", content_type="application/x-ndjson"),
    "converse": recording(
        *CONVERSE, path="/model/m/converse-stream", content_type="application/vnd.amazon.eventstream"
    ),
    "invoke": recording(
        *INVOKE, path="/model/m/invoke-with-response-stream", content_type="application/vnd.amazon.eventstream"
    ),
    "tgi": recording(*TGI, path="/generate_stream"),
    "plain": recording(b"data: one\n\n", b"event: x\ndata: two\n\n", path="/events"),
    "ids": recording(*(b"id: %d\n" % n + event for n, event in enumerate(CHAT, 1)), path="/v1/chat/completions"),
    "length": recording(*CHAT, framing="length"),
    "close": recording(*CHAT, framing="close"),
}
"""An interaction for each API, and for each framing of HTTP."""
