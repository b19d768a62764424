"""Clients that know event streams but no API, and mocksse's own, which the others are held against."""

from __future__ import annotations

from mocksse.torture.clients.asking import ASKS, SSE
from mocksse.torture.clients.described import Can, Client, Speaks

_BASES = {"openai-chat": "/v1", "openai-responses": "/v1", SSE: "/stream"}
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
    return Speaks(api, api, (command,), "", _BASES.get(api, ""), can)


def _aiohttp(api: str) -> Speaks:
    lines = ("import aiohttp", f'url = "{{url}}{_PATHS[api]}"')
    asked = f'"POST", url, json={_BODIES[api]}' if api in _BODIES else '"GET", url'
    ask = f"async with aiohttp.request({asked}) as answer:\n    async for line in answer.content:\n        print(line)"
    return Speaks(api, "request", lines, ask, _BASES.get(api, ""), _READS)


CLIENTS = (
    Client("reference", "mocksse's own", "Python", "reference", ("mocksse",), tuple(map(_reference, ASKS))),
    Client("aiohttp", "aiohttp", "Python", "aiohttp_sse", ("aiohttp",), tuple(map(_aiohttp, _PATHS))),
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
            ),
        ),
    ),
)
