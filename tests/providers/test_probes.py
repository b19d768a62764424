"""Made-up answers to probes: which paths are one, in whose shape, and what they list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mocksse.providers.probes import Probe, answer

MODELS = ("gpt-4o", "org/model", "claude-x")


def listed(path: str, models: tuple[str, ...] = MODELS) -> Any:
    found = answer("GET", path, models)
    assert found is not None
    assert found.status == 200
    return json.loads(found.body)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models",
        "/v1/models/",
        "/v1/models?limit=20",
        "/models",
        "/openai/v1/models",
        "/api/v1/models",
        "/openai/models",
    ],
)
def test_openai_and_anthropic(path: str) -> None:
    said = listed(path)
    assert (said["object"], said["has_more"], said["first_id"], said["last_id"]) == (
        "list",
        False,
        "gpt-4o",
        "claude-x",
    )
    assert [(m["id"], m["object"], m["type"]) for m in said["data"]] == [(name, "model", "model") for name in MODELS]


def test_a_list_of_none() -> None:
    assert listed("/v1/models", ()) == {
        "object": "list",
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }
    assert listed("/v1beta/models", ()) == listed("/api/tags", ()) == {"models": []}


@pytest.mark.parametrize(
    ("path", "name"),
    [("/v1/models/gpt-4o", "gpt-4o"), ("/v1/models/org/model", "org/model"), ("/v1/models/org%2Fmodel", "org/model")],
)
def test_one_model(path: str, name: str) -> None:
    assert listed(path)["id"] == name


def test_gemini() -> None:
    said = listed("/v1beta/models?pageSize=5")
    assert [m["name"] for m in said["models"]] == [f"models/{name}" for name in MODELS]
    assert listed("/v1beta/models/gpt-4o") == said["models"][0]
    assert listed("/v1beta/openai/models")["object"] == "list"


def test_ollama() -> None:
    assert [(m["name"], m["model"]) for m in listed("/api/tags")["models"]] == [(name, name) for name in MODELS]
    assert listed("/api/version") == {"version": "0.0.0"}
    assert answer("GET", "/", ()) == Probe(
        200, ((b"content-type", b"text/plain; charset=utf-8"),), b"Ollama is running"
    )


@pytest.mark.parametrize("path", ["/health", "/v1/health", "/healthz", "/livez", "/readyz", "/ping", "/up", "/up?x=1"])
def test_health(path: str) -> None:
    assert listed(path) == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/health", "/v1/models", "/v1/models/gpt-4o", "/api/tags"])
def test_a_head_gets_what_a_get_does(path: str) -> None:
    assert answer("HEAD", path, MODELS) == answer("GET", path, MODELS) is not None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/models"),
        ("OPTIONS", "/health"),
        ("GET", "/v1/models/unknown"),
        ("GET", "/v1beta/models/unknown"),
        ("GET", "/v1beta/models/gpt-4o:generateContent"),
        ("GET", "/v1/chat/completions"),
        ("GET", "/nowhere"),
        ("GET", "/a/b/c/v1/models"),
        ("GET", "/shop/models"),
        ("GET", "/healthy"),
    ],
)
def test_what_is_no_probe(method: str, path: str) -> None:
    assert answer(method, path, MODELS) is None
