"""Clients of Node, run by the programs in `node/`. Their packages are the user's: `node/contract.mjs` finds them."""

from __future__ import annotations

from mocksse.torture.clients.asking import SSE
from mocksse.torture.clients.described import Can, Client, Speaks

_ALL: frozenset[Can] = frozenset({"tools", "ids", "reasoning", "counters"})
_RETRIES: frozenset[Can] = _ALL | {"retry"}
_READS: frozenset[Can] = _ALL | {"raw"}
_MESSAGES = 'messages: [{ role: "user", content: "Hi" }]'
_PATHS = {"openai-chat": "/chat/completions", "openai-responses": "/responses", "anthropic": "/v1/messages", SSE: ""}
_BASES = {"openai-chat": "/v1", "openai-responses": "/v1", SSE: "/stream"}
_BODIES = {
    "openai-chat": '{ model: "any", stream: true, messages: [{ role: "user", content: "Hi" }] }',
    "openai-responses": '{ model: "any", stream: true, input: "Hi" }',
    "anthropic": '{ model: "any", stream: true, max_tokens: 99, messages: [{ role: "user", content: "Hi" }] }',
}


def _printed(call: str, name: str = "event") -> str:
    return f"for await (const {name} of {call}) console.log({name});"


def _openai(api: str, call: str) -> Speaks:
    lines = ('import OpenAI from "openai";', 'const client = new OpenAI({ baseURL: "{url}", apiKey: "none" });')
    asked = _MESSAGES if api == "openai-chat" else 'input: "Hi"'
    ask = _printed(f'await client.{call}.create({{ model: "any", {asked}, stream: true }})')
    return Speaks(api, call, lines, ask, "/v1", _RETRIES)


def _ai(api: str, package: str, maker: str, model: str) -> Speaks:
    lines = (
        f'import {{ {maker} }} from "{package}";',
        f'const model = {maker}({{ baseURL: "{{url}}", apiKey: "none" }}){model};',
    )
    ask = 'import { streamText } from "ai";\n' + _printed('streamText({ model, prompt: "Hi" }).textStream', "text")
    # It has its own names for counters, and no word for the reasoning that dialects of Chat have.
    can = _RETRIES - {"counters"} - ({"reasoning"} if api == "openai-chat" else set())
    return Speaks(api, f"streamText, {package}", lines, ask, "/v1", can)


def _parser(api: str) -> Speaks:
    lines = (
        'import { EventSourceParserStream } from "eventsource-parser/stream";',
        f'const url = "{{url}}{_PATHS[api]}";',
    )
    ask = (
        f"const {{ body }} = await fetch({_asked(api)});\n"
        "const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());\n"
        + _printed("events")
    )
    return Speaks(api, "EventSourceParserStream", lines, ask, _BASES.get(api, ""), _READS, _where(api))


def _fetch(api: str) -> Speaks:
    lines = (
        'import { fetchEventSource } from "@microsoft/fetch-event-source";',
        f'const url = "{{url}}{_PATHS[api]}";',
    )
    more = f'method: "POST", body: JSON.stringify({_BODIES[api]}), ' if api in _BODIES else ""
    ask = f"await fetchEventSource(url, {{ {more}onmessage: (event) => console.log(event.data) }});"
    can: frozenset[Can] = _READS | {"retry", "reconnect"}
    return Speaks(api, "fetchEventSource", lines, ask, _BASES.get(api, ""), can, _where(api))


def _asked(api: str) -> str:
    return f'url, {{ method: "POST", body: JSON.stringify({_BODIES[api]}) }}' if api in _BODIES else "url"


def _where(api: str) -> str:
    return _BASES[SSE] if api == SSE else ""


CLIENTS = (
    Client(
        "node-openai",
        "openai-node",
        "Node",
        "openai.mjs",
        ("openai",),
        (_openai("openai-chat", "chat.completions"), _openai("openai-responses", "responses")),
    ),
    Client(
        "node-anthropic",
        "anthropic-sdk-typescript",
        "Node",
        "anthropic.mjs",
        ("@anthropic-ai/sdk",),
        (
            Speaks(
                "anthropic",
                "messages",
                (
                    'import Anthropic from "@anthropic-ai/sdk";',
                    'const client = new Anthropic({ baseURL: "{url}", apiKey: "none" });',
                ),
                _printed(
                    f'await client.messages.create({{ model: "any", max_tokens: 99, {_MESSAGES}, stream: true }})'
                ),
                can=_RETRIES,
            ),
        ),
    ),
    Client(
        "node-ai",
        "Vercel AI SDK",
        "Node",
        "ai.mjs",
        ("ai", "@ai-sdk/openai", "@ai-sdk/anthropic"),
        (
            _ai("openai-chat", "@ai-sdk/openai", "createOpenAI", '.chat("any")'),
            _ai("openai-responses", "@ai-sdk/openai", "createOpenAI", '.responses("any")'),
            _ai("anthropic", "@ai-sdk/anthropic", "createAnthropic", '("any")'),
        ),
    ),
    Client(
        "node-eventsource",
        "eventsource",
        "Node",
        "eventsource.mjs",
        ("eventsource",),
        (
            Speaks(
                SSE,
                "EventSource",
                ('import { EventSource } from "eventsource";', 'const source = new EventSource("{url}");'),
                "source.onmessage = (event) => console.log(event.data);",
                _BASES[SSE],
                _READS | {"retry", "reconnect"},
                _BASES[SSE],
            ),
        ),
    ),
    Client(
        "node-eventsource-parser",
        "eventsource-parser",
        "Node",
        "eventsource-parser.mjs",
        ("eventsource-parser",),
        tuple(map(_parser, _PATHS)),
    ),
    Client(
        "node-fetch-event-source",
        "fetch-event-source",
        "Node",
        "fetch-event-source.mjs",
        ("@microsoft/fetch-event-source",),
        tuple(map(_fetch, _PATHS)),
    ),
)
