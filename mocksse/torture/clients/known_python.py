"""Clients of Python that know an API: the providers' SDKs, and frameworks on top of them."""

from __future__ import annotations

from mocksse.torture.clients.described import Can, Client, Speaks

_ALL: frozenset[Can] = frozenset({"tools", "ids", "reasoning", "counters"})
_RETRIES: frozenset[Can] = _ALL | {"retry"}
_MESSAGES = 'messages=[{"role": "user", "content": "Hi"}]'


_CLAUDE = f'model="any", max_tokens=99, {_MESSAGES}, stream=True'


def _printed(call: str, name: str = "event") -> str:
    return f"for {name} in {call}:\n    print({name})"


_OPENAI = ("from openai import OpenAI", 'client = OpenAI(base_url="{url}", api_key="none")')

_LANGCHAIN = _printed('model.stream("Hi")', "chunk")


def _langchain(more: str = "") -> tuple[str, str]:
    model = f'model = ChatOpenAI(model="any", base_url="{{url}}", api_key="none"{more})'
    return ("from langchain_openai import ChatOpenAI", model)


def _litellm(api: str, model: str, base: str) -> Speaks:
    lines = ("from litellm import completion", f'to = {{"model": "{model}", "api_base": "{{url}}", "api_key": "none"}}')
    ask = _printed(f"completion(**to, {_MESSAGES}, stream=True)", "chunk")
    # It puts all counters in OpenAI's words.
    can = _RETRIES if api == "openai-chat" else _RETRIES - {"counters"}
    return Speaks(api, "completion", lines, ask, base, can)


def _pydantic_ai(api: str, maker: str, model: str, base: str) -> Speaks:
    module = maker.lower()
    lines = (
        f"from pydantic_ai.models.{module} import {model}",
        f"from pydantic_ai.providers.{module} import {maker}Provider",
        f'model = {model}("any", provider={maker}Provider(base_url="{{url}}", api_key="none"))',
    )
    ask = (
        "from pydantic_ai import Agent\n"
        'with Agent(model).run_stream_sync("Hi") as answer:\n'
        "    for text in answer.stream_text():\n        print(text)"
    )
    return Speaks(api, model, lines, ask, base, _RETRIES - {"counters"})


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
                f"for event in client.messages.create(\n    {_CLAUDE}\n):\n    print(event)",
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
    Client(
        "groq",
        "groq-python",
        "Python",
        "groq_python",
        ("groq",),
        (
            Speaks(
                "openai-chat",
                "chat.completions",
                ("from groq import Groq", 'client = Groq(base_url="{url}", api_key="none")'),
                _printed(f'client.chat.completions.create(model="any", {_MESSAGES}, stream=True)', "chunk"),
                can=_RETRIES,
                path="/openai/v1/chat/completions",
            ),
        ),
    ),
    Client(
        "litellm",
        "litellm",
        "Python",
        "litellm_python",
        ("litellm",),
        (
            _litellm("openai-chat", "openai/any", "/v1"),
            _litellm("anthropic", "anthropic/any", ""),
        ),
    ),
    Client(
        "langchain-openai",
        "langchain-openai",
        "Python",
        "langchain_openai_python",
        ("langchain-openai",),
        (
            Speaks("openai-chat", "ChatOpenAI", _langchain(), _LANGCHAIN, "/v1", _RETRIES - {"reasoning", "counters"}),
            Speaks(
                "openai-responses",
                "ChatOpenAI, Responses",
                _langchain(", use_responses_api=True"),
                _LANGCHAIN,
                "/v1",
                _RETRIES - {"counters"},
            ),
        ),
    ),
    Client(
        "pydantic-ai",
        "pydantic-ai",
        "Python",
        "pydantic_ai_python",
        ("pydantic-ai-slim[openai,anthropic]",),
        (
            _pydantic_ai("openai-chat", "OpenAI", "OpenAIChatModel", "/v1"),
            _pydantic_ai("anthropic", "Anthropic", "AnthropicModel", ""),
        ),
    ),
)
