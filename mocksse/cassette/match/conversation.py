"""A prompt as a conversation, in the request shapes of all APIs: how long it is, who spoke last, which tools answered.

Messages are those of `messages` (OpenAI Chat, Anthropic, Cohere, Ollama, Mistral, Bedrock), the items of `input`
(OpenAI Responses), and `contents` (Gemini); a bare text under one of those keys, or `prompt`, or `inputs`, is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.cassette.match.volatile import plain
from mocksse.providers.lenient import get, string

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = ("messages", "input", "contents", "prompt", "inputs")
_INSTRUCTIONS = frozenset({"system", "developer"})
"""Not counted: some APIs have them outside the messages, and clients add them at will."""
_TOOL_ROLES = frozenset({"tool", "function"})


@dataclass(frozen=True, slots=True)
class Turns:
    """`results`: of each tool result its call's id, else the tool's name; with a number where one comes again."""

    count: int
    last: str
    """`user`, `assistant` or `tool`; empty where there is no message."""
    results: frozenset[tuple[str, int]]

    def nearness(self, other: Turns) -> tuple[float, bool, float]:
        """The more alike, the larger: in length, in who spoke last, in the tool results."""
        union = len(self.results | other.results)
        shared = len(self.results & other.results) / union if union else 1.0
        return -abs(self.count - other.count), self.last == other.last, shared


@dataclass(frozen=True, slots=True)
class Message:
    """`role`: user, assistant, tool, or an instruction's. `results`: the ids, else the names, of the calls answered."""

    role: str
    text: str
    results: tuple[str, ...]
    raw: dict[str, Any]


def messages_of(body: Any) -> tuple[Message, ...]:
    """The messages of a request's JSON body, in their order."""
    return tuple(
        Message(_role(raw), _text(raw.get("content") or raw.get("parts")), tuple(_results(raw)), raw)
        for _, raw in _messages(body)[1]
    )


NO_TURNS = Turns(0, "", frozenset())


def turns_of(body: Any, ignore: tuple[str, ...] = ()) -> Turns:
    """The conversation of a request's JSON body. `ignore` may have ids, which are all the same then."""
    _, messages = _messages(body)
    roles = [role for _, message in messages if (role := _role(message)) not in _INSTRUCTIONS]
    seen: Counter[str] = Counter()
    results = set()
    for _, message in messages:
        for name in _results(message):
            name = plain(name, ignore)
            results.add((name, seen[name]))
            seen[name] += 1
    return Turns(len(roles), roles[-1] if roles else "", frozenset(results))


def last_user_message(body: Any) -> str:
    """What the user said last, in any of the usual request shapes; an empty string where that can't be told."""
    return last_user(body)[1]


def last_user(body: Any) -> tuple[tuple[str | int, ...], str]:
    """The keys that lead to what the user said last, and the text. A message of tool results alone says nothing."""
    key, messages = _messages(body)
    for index, message in reversed(messages):
        if _is_users(message):
            place = next((name for name in ("content", "parts") if name in message), "content")
            text = _text(message.get(place))
            if text or not any(_results(message)):
                return (key,) if index < 0 else (key, index, place), text
    return (), ""


def _messages(body: Any) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """The key of the messages, and each with its place in the list; -1 for a bare text."""
    for key in _KEYS:
        value = get(body, key)
        if isinstance(value, str):
            return key, [(-1, {"role": "user", "content": value})]
        if isinstance(value, list) and (found := [(i, m) for i, m in enumerate(value) if isinstance(m, dict)]):
            return key, found
    return "", []


def _is_users(message: dict[str, Any]) -> bool:
    role = message.get("role")
    return role == "user" or (role is None and message.get("type") in (None, "message"))


def _role(message: dict[str, Any]) -> str:
    kind, role = string(message, "type"), string(message, "role").lower()
    if role in _TOOL_ROLES or kind.endswith("_output") or kind == "mcp_approval_response" or any(_results(message)):
        return "tool"
    if not role:
        # Responses' own items, of calls and of reasoning, are the model's.
        return "assistant" if kind not in ("", "message") else "user"
    return "assistant" if role == "model" else role


def _results(message: dict[str, Any]) -> Iterator[str]:
    """What each tool result in a message answers."""
    kind = string(message, "type")
    if string(message, "role").lower() in _TOOL_ROLES and "parts" not in message:
        yield string(message, "tool_call_id") or string(message, "tool_name") or string(message, "name")
    elif kind.endswith("_output"):
        yield string(message, "call_id") or string(message, "id")
    elif kind == "mcp_approval_response":
        yield string(message, "approval_request_id")
    for place in ("content", "parts"):
        blocks = message.get(place)
        for block in blocks if isinstance(blocks, list) else ():
            if string(block, "type") == "tool_result":
                yield string(block, "tool_use_id")
            elif isinstance(result := get(block, "toolResult"), dict):
                yield string(result, "toolUseId")
            elif isinstance(result := get(block, "functionResponse") or get(block, "function_response"), dict):
                yield string(result, "id") or string(result, "name")


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, dict) else part for part in content)
        return "\n".join(part for part in parts if isinstance(part, str))
    return ""
