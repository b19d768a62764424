"""Clients of Python that know an API: the providers' SDKs, and frameworks on top of them."""

from __future__ import annotations

from mocksse.torture.clients.described import Can, Client, Speaks

_ALL: frozenset[Can] = frozenset({"tools", "ids", "reasoning", "counters"})
_RETRIES: frozenset[Can] = _ALL | {"retry"}
_MESSAGES = 'messages=[{"role": "user", "content": "Hi"}]'


def _printed(call: str, name: str = "event") -> str:
    return f"for {name} in {call}:\n    print({name})"


_OPENAI = ("from openai import OpenAI", 'client = OpenAI(base_url="{url}", api_key="none")')

CLIENTS = (
    Client(
        "openai",
        "openai-python",
        "Python",
        "openai_python",
        ("openai",),
        (
            Speaks(
                "openai-chat",
                "chat.completions",
                _OPENAI,
                _printed(f'client.chat.completions.create(model="any", {_MESSAGES}, stream=True)', "chunk"),
                "/v1",
                _RETRIES,
            ),
            Speaks(
                "openai-responses",
                "responses",
                _OPENAI,
                _printed('client.responses.create(model="any", input="Hi", stream=True)'),
                "/v1",
                _RETRIES,
            ),
        ),
    ),
    Client(
        "anthropic",
        "anthropic-sdk-python",
        "Python",
        "anthropic_python",
        ("anthropic",),
        (
            Speaks(
                "anthropic",
                "messages",
                ("from anthropic import Anthropic", 'client = Anthropic(base_url="{url}", api_key="none")'),
                _printed(f'client.messages.create(model="any", max_tokens=99, {_MESSAGES}, stream=True)'),
                can=_RETRIES,
            ),
        ),
    ),
    Client(
        "google-genai",
        "google-genai",
        "Python",
        "google_genai_python",
        ("google-genai",),
        (
            Speaks(
                "gemini",
                "models.generate_content_stream",
                (
                    "from google import genai",
                    'client = genai.Client(api_key="none", http_options={"base_url": "{url}"})',
                ),
                _printed('client.models.generate_content_stream(model="any", contents="Hi")', "chunk"),
                can=_RETRIES,
            ),
        ),
    ),
    Client(
        "mistralai",
        "mistralai",
        "Python",
        "mistralai_python",
        ("mistralai",),
        (
            Speaks(
                "openai-chat",
                "chat.stream",
                ("from mistralai.client import Mistral", 'client = Mistral(server_url="{url}", api_key="none")'),
                _printed(f'client.chat.stream(model="any", {_MESSAGES})'),
                can=frozenset({"counters", "ids"}),
            ),
        ),
    ),
    Client(
        "cohere",
        "cohere",
        "Python",
        "cohere_python",
        ("cohere",),
        (
            Speaks(
                "cohere",
                "chat_stream",
                ("import cohere", 'client = cohere.ClientV2(base_url="{url}", api_key="none")'),
                _printed(f'client.chat_stream(model="any", {_MESSAGES})'),
                can=_RETRIES,
            ),
        ),
    ),
    Client(
        "ollama",
        "ollama-python",
        "Python",
        "ollama_python",
        ("ollama",),
        (
            Speaks(
                "ollama",
                "chat",
                ("from ollama import Client", 'client = Client(host="{url}")'),
                _printed(f'client.chat(model="any", {_MESSAGES}, stream=True)', "line"),
                can=_ALL - {"ids"} | {"ndjson"},
            ),
        ),
    ),
)
