"""What a program is told so that its SDKs come to us: the table agrees with what each API says of itself."""

from __future__ import annotations

import pytest

from mocksse.providers import registry
from mocksse.server.environment import BASES, KEYS, LOCAL, NO_PROXY, PLACEHOLDER, SECRETS, UNSET, environment

URL = "http://127.0.0.1:4711"
OFFICIAL = {
    "openai-chat": "/v1/chat/completions",
    "openai-responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/gemini:streamGenerateContent",
    "cohere": "/v2/chat",
    "ollama": "/api/chat",
    "bedrock": "/model/anthropic.claude/converse-stream",
}
"""A path of each as it is at the provider's own address."""
OTHERS = (
    ("openai-chat", "/openai/deployments/gpt/chat/completions"),
    ("anthropic", "/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict"),
    ("gemini", "/v1beta1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent"),
)


@pytest.mark.parametrize(("name", "path"), [*OFFICIAL.items(), *OTHERS])
def test_each_api_is_where_it_says_itself(name: str, path: str) -> None:
    (api,) = [api for api in registry.APIS if api.name == name]
    said = dict(api.environment(path, URL))
    assert said
    assert said.items() <= environment(URL, given={}).items()


def test_the_base_urls_are_those_of_a_session_too() -> None:
    found = environment(f"{URL}/@one", given={"OPENAI_BASE_URL": "https://api.openai.com/v1"})
    assert found["OPENAI_BASE_URL"] == f"{URL}/@one/v1"
    assert {found[name] for name in BASES} <= {f"{URL}/@one{path}" for path in ("", "/v1", "/openai/v1", "/anthropic")}


def test_no_key_is_passed_on_and_none_is_missing() -> None:
    real = dict.fromkeys((*KEYS, *SECRETS), "sk-real")
    found = environment(URL, given={**real, "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-real\nX-Team: a: b"})
    assert not any("sk-real" in value for value in found.values())
    assert {found[name] for name in real} == {PLACEHOLDER}
    assert found["OPENAI_CUSTOM_HEADERS"] == f"Authorization: {PLACEHOLDER}\nX-Team: {PLACEHOLDER}"


def test_for_an_upstream_real_keys_stay() -> None:
    real = {"OPENAI_API_KEY": "sk-real", "XAI_API_KEY": "xai-real", "OPENAI_CUSTOM_HEADERS": "X-Team: a"}
    found = environment(URL, given=real, real_keys=True)
    assert found.items() >= real.items()
    assert found["ANTHROPIC_API_KEY"] == PLACEHOLDER
    assert found["OPENAI_BASE_URL"] == f"{URL}/v1"


def test_what_is_not_there_and_not_needed_is_not_made_up() -> None:
    found = environment(URL, given={"AWS_ACCESS_KEY_ID": ""})
    assert set(found) == {*BASES, *KEYS, *NO_PROXY}
    assert not set(UNSET) & set(found)


def test_one_key_of_google_is_enough() -> None:
    assert "GEMINI_API_KEY" not in environment(URL, given={"GOOGLE_API_KEY": "a"})
    assert environment(URL, given={"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "b"}).get("GEMINI_API_KEY") == PLACEHOLDER


@pytest.mark.parametrize(
    ("url", "given", "wanted"),
    [
        (URL, {}, ",".join(LOCAL)),
        (URL, {"NO_PROXY": "a.example, localhost", "no_proxy": "b.example"}, "a.example,localhost,b.example"),
        (URL, {"no_proxy": "*"}, "*"),
        ("http://mocksse:8080", {}, ",".join((*LOCAL, "mocksse"))),
    ],
)
def test_no_proxy_stands_between(url: str, given: dict[str, str], wanted: str) -> None:
    found = environment(url, given=given)
    assert found["NO_PROXY"] == found["no_proxy"]
    assert found["NO_PROXY"].startswith(wanted)
    assert set(LOCAL) <= set(found["NO_PROXY"].split(",")) or wanted == "*"
