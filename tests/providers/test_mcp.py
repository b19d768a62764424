"""providers/mcp: what a tool gives back is no text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_cases import error

from mocksse.providers.mcp import API

if TYPE_CHECKING:
    from api_cases import Case


CASES: list[Case] = [
    ("progress", "message", {"jsonrpc": "2.0", "method": "notifications/progress", "params": {}}, []),
    ("result", "message", {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "Hi"}]}}, []),
    ("error", "message", {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Boom"}}, [error("Boom")]),
]


def test_a_result_ends_the_stream() -> None:
    assert [API.done("message", payload) for _, _, payload, _ in CASES] == [False, True, True]
