"""Clients that know event streams but no API, and mocksse's own, which the others are held against."""

from __future__ import annotations

from mocksse.torture.clients.asking import ASKS, SSE
from mocksse.torture.clients.described import Can, Client, Speaks

_BASES = {"openai-chat": "/v1", "openai-responses": "/v1", SSE: "/stream"}
_SSE_PATHS = {SSE: "/stream"}
_PATHS = {"openai-chat": "/chat/completions", "openai-responses": "/responses", "anthropic": "/v1/messages", SSE: ""}
_BODIES = {
    "openai-chat": '{"model": "any", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}',
    "openai-responses": '{"model": "any", "stream": True, "input": "Hi"}',
    "anthropic": '{"model": "any", "stream": True, "max_tokens": 99, "messages": [{"role": "user", "content": "Hi"}]}',
}
_READS: frozenset[Can] = frozenset({"tools", "ids", "reasoning", "counters", "raw"})


def _reference(api: str) -> Speaks:
    command = f"python -m mocksse.torture.clients.reference {{url}} --api {api}"
    can: frozenset[Can] = _READS | {"retry"}
    if api == SSE:
        can |= {"reconnect"}
    if api == "ollama":
        can |= {"ndjson"}
    return Speaks(api, api, (command,), "", _BASES.get(api, ""), can, _SSE_PATHS.get(api, ""))


def _aiohttp(api: str) -> Speaks:
    lines = ("import aiohttp", f'url = "{{url}}{_PATHS[api]}"')
    ask = f"""{_asked(api)}
async with aiohttp.request({_sent(api)}) as answer:
    async for line in answer.content:
        print(line)"""
    return Speaks(api, "request", lines, ask.strip(), _BASES.get(api, ""), _READS, _SSE_PATHS.get(api, ""))


def _httpx_sse(api: str) -> Speaks:
    lines = ("import httpx", "from httpx_sse import connect_sse", f'url = "{{url}}{_PATHS[api]}"')
    ask = f"""{_asked(api)}
with httpx.Client() as client, connect_sse(client, {_sent(api)}) as source:
    for event in source.iter_sse():
        print(event.data)"""
    return Speaks(api, "connect_sse", lines, ask.strip(), _BASES.get(api, ""), _READS, _SSE_PATHS.get(api, ""))


def _asked(api: str) -> str:
    return f"asked = {_BODIES[api]}" if api in _BODIES else ""


def _sent(api: str) -> str:
    return '"POST", url, json=asked' if api in _BODIES else '"GET", url'


CLIENTS = (
    Client("reference", "mocksse's reference", "Python", "reference", ("mocksse",), tuple(map(_reference, ASKS))),
    Client("aiohttp", "aiohttp", "Python", "aiohttp_sse", ("aiohttp",), tuple(map(_aiohttp, _PATHS))),
    Client("httpx-sse", "httpx-sse", "Python", "httpx_sse", ("httpx-sse", "httpx"), tuple(map(_httpx_sse, _PATHS))),
    Client(
        "chromium-eventsource",
        "Chromium's EventSource",
        "browser",
        "chromium_eventsource",
        ("playwright",),
        (
            Speaks(
                SSE,
                "EventSource",
                ('const source = new EventSource("{url}");',),
                "source.onmessage = (event) => console.log(event.data);",
                _BASES[SSE],
                frozenset({*_READS, "reconnect", "retry"}),
                _BASES[SSE],
            ),
        ),
    ),
)
