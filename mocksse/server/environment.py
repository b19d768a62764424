"""The environment of a program that is to talk to a server of ours: base URLs, keys that open nothing, no proxy.

Pure, and the one table: `mocksse run`, the testing fixtures and the GitHub Action set what it says. No real key goes to
a mock: those a client could send are replaced by a placeholder, and where an SDK starts only with one, it gets that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACEHOLDER = "mocksse"
URL = "MOCKSSE_URL"
"""The server itself."""
BASES = {
    URL: "",
    "OPENAI_BASE_URL": "/v1",
    "AZURE_OPENAI_ENDPOINT": "",
    "AWS_BEDROCK_BASE_URL": "/openai/v1",  # OpenAI's SDK for Bedrock
    "ANTHROPIC_BASE_URL": "",
    "ANTHROPIC_BEDROCK_BASE_URL": "",
    "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": "/anthropic",
    "ANTHROPIC_VERTEX_BASE_URL": "/v1",
    "ANTHROPIC_FOUNDRY_BASE_URL": "/anthropic",
    "GOOGLE_GEMINI_BASE_URL": "",
    "GOOGLE_VERTEX_BASE_URL": "",
    "CO_API_URL": "",
    "GROQ_BASE_URL": "",  # its SDK appends /openai/v1 by itself
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "",  # not AWS_ENDPOINT_URL: that is S3's and everybody's
    "OLLAMA_HOST": "",
    "HF_INFERENCE_ENDPOINT": "",
}
"""Variables of SDKs, and what of a path each wants behind the server's URL: what its official address has there."""
KEYS = (
    "OPENAI_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "AWS_BEARER_TOKEN_BEDROCK",
    "GEMINI_API_KEY",
    "CO_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
)
"""Without which an SDK does not start: they are always set."""
SECRETS = (
    "OPENAI_ADMIN_KEY",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "AZURE_OPENAI_AD_TOKEN",
    "ANTHROPIC_AUTH_TOKEN",
    "GOOGLE_API_KEY",
    "COHERE_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "XAI_API_KEY",
    "DEEPSEEK_API_KEY",
    "OPENROUTER_API_KEY",
    "PERPLEXITY_API_KEY",
    "TOGETHER_API_KEY",
    "FIREWORKS_API_KEY",
    "REPLICATE_API_TOKEN",
)
"""What else a client may send: replaced where it is there."""
HEADERS = ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS")
"""Lines of `Name: value`: the names stay."""
UNSET = ("ANTHROPIC_FOUNDRY_RESOURCE",)
"""What may not be there beside a base URL: its SDK would refuse both."""
NO_PROXY = ("NO_PROXY", "no_proxy")
LOCAL = ("127.0.0.1", "localhost", "::1")


def environment(url: str, *, given: Mapping[str, str], real_keys: bool = False) -> dict[str, str]:
    """The variables to set, over those that are `given`, so that every SDK we know talks to the server at `url`.

    `url` has no slash at its end; that of a session, with its `/@NAME`, will do. Keys get PLACEHOLDER whatever they
    were, but for `real_keys`: those that are given stay, for an upstream that the server asks. NO_PROXY keeps what it
    has. What stands in UNSET has to go.
    """
    found = {name: f"{url}{path}" for name, path in BASES.items()}
    secret = dict.fromkeys((*KEYS, *(name for name in SECRETS if given.get(name))), PLACEHOLDER)
    if "GOOGLE_API_KEY" in secret and not given.get("GEMINI_API_KEY"):
        del secret["GEMINI_API_KEY"]  # one of them is enough, and with both Google's SDK grumbles
    secret |= {name: _emptied(given[name]) for name in HEADERS if given.get(name)}
    if real_keys:
        secret |= {name: given[name] for name in secret if given.get(name)}
    return found | secret | dict.fromkeys(NO_PROXY, _direct(url, given))


def _emptied(lines: str) -> str:
    names = (line.partition(":")[0].strip() for line in lines.splitlines() if ":" in line)
    return "\n".join(f"{name}: {PLACEHOLDER}" for name in names)


def _direct(url: str, given: Mapping[str, str]) -> str:
    """Both spellings of NO_PROXY in one, and behind them this machine and the server's host; `*` is all of that."""
    said = [host.strip() for name in NO_PROXY for host in given.get(name, "").split(",")]
    if "*" in said:
        return "*"  # beside other names some clients do not see it
    return ",".join(dict.fromkeys(filter(None, (*said, *LOCAL, urlsplit(url).hostname))))
