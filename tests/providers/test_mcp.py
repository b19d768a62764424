"""providers/mcp: what a tool gives back is no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api_cases import assert_tolerant, error

from mocksse.providers.mcp import API

if TYPE_CHECKING:
    from api_cases import Case

    from mocksse.providers.fragment import Fragment

CASES: list[Case] = [
    ("progress", "message", {"jsonrpc": "2.0", "method": "notifications/progress", "params": {}}, []),
    ("result", "message", {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "Hi"}]}}, []),
    ("error", "message", {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Boom"}}, [error("Boom")]),
]


@pytest.mark.parametrize(
    ("type_", "payload", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_fragments(type_: str, payload: Any, expected: list[Fragment]) -> None:
    assert list(API.fragments(type_, payload)) == expected


def test_odd_payloads() -> None:
    assert_tolerant(API, CASES)


def test_a_result_ends_the_stream() -> None:
    assert [API.done("message", payload) for _, _, payload, _ in CASES] == [False, True, True]
