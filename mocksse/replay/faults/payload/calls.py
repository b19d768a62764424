"""Where an event speaks of a tool call: its id, the number that tells it from others, a piece of its arguments.

API by API as they are written, with the paths of the values, for faults that change them. A call is known by what its
API knows it by: (choice, index) in OpenAI's Chat, an output item, a content block. What repeats the whole arguments
(OpenAI Responses says them again and again when they are done) is told from the pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocksse.providers.lenient import array, get, integer, string
from mocksse.replay.faults.payload.json_body import payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mocksse.replay.draft import Layout
    from mocksse.replay.faults.payload.json_body import Payload
    from mocksse.wire.json_spans import Path

Key = tuple[int, int]
"""(choice, number of the call in it)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event says of one call. `id`, `index` and `args` are paths of what is there, else None.

    `args` is a string, a piece of JSON text, or with `whole` all of it again; or an object, where the API has it so.
    """

    event: Payload
    call: Key
    id: Path | None = None
    index: Path | None = None
    args: Path | None = None
    whole: bool = False

    @property
    def text(self) -> str:
        """The piece of the arguments; empty where there is none, or they are an object."""
        value = self.event.at(self.args) if self.args else None
        return value if isinstance(value, str) else ""


def pieces(layout: Layout) -> list[Piece]:
    """Of all events, in their order. What ends a call (a block, an item) is one too, with its index alone."""
    found: list[Piece] = []
    known: set[Key] = set()
    for event in payloads(layout):
        read = _READERS.get(event.api)
        if read is None:
            continue
        for piece in read(event):
            # The end of a block does not say of what kind the block was.
            if piece.id or piece.args or piece.call in known:
                known.add(piece.call)
                found.append(piece)
    return found


def _piece(event: Payload, call: Key, *, whole: bool = False, **paths: Path) -> Piece:
    """With those of the paths that lead somewhere."""
    there = {name: path for name, path in paths.items() if path and event.at(path) is not None}
    return Piece(event, call, whole=whole, **there)


def _chat(event: Payload) -> Iterator[Piece]:
    for c, choice in enumerate(array(event.value, "choices")):
        at = integer(choice, "index", default=c)
        for t, tool in enumerate(array(choice, "delta", "tool_calls")):
            path: Path = ("choices", c, "delta", "tool_calls", t)
            custom = isinstance(get(tool, "custom"), dict)
            args: Path = (*path, *(("custom", "input") if custom else ("function", "arguments")))
            call = (at, integer(tool, "index", default=t))
            yield _piece(event, call, id=(*path, "id"), index=(*path, "index"), args=args)
        if isinstance(get(choice, "delta", "function_call"), dict):
            yield _piece(event, (at, 0), args=("choices", c, "delta", "function_call", "arguments"))


_CALLS = frozenset({"function_call", "custom_tool_call", "mcp_call"})
_CALL_EVENTS = ("response.function_call_arguments.", "response.custom_tool_call_input.", "response.mcp_call_arguments.")
_ARGUMENTS = ("arguments", "input")


def _responses(event: Payload) -> Iterator[Piece]:
    number = integer(event.value, "output_index")
    index: Path = ("output_index",)
    if event.type.startswith(_CALL_EVENTS):
        if event.type.endswith(".delta"):
            yield _piece(event, (0, number), index=index, args=("delta",))
        else:
            key = next((key for key in _ARGUMENTS if event.has((key,))), "arguments")
            yield _piece(event, (0, number), whole=True, index=index, args=(key,))
        return
    if string(event.value, "item", "type") in _CALLS:
        yield _item(event, ("item",), number, index=index)
    for at, item in enumerate(array(event.value, "response", "output")):
        if string(item, "type") in _CALLS:
            yield _item(event, ("response", "output", at), at)


def _item(event: Payload, path: Path, number: int, **index: Path) -> Piece:
    key = next((key for key in _ARGUMENTS if event.has((*path, key))), "arguments")
    id_ = (*path, "call_id") if event.has((*path, "call_id")) else (*path, "id")
    return _piece(event, (0, number), whole=True, id=id_, args=(*path, key), **index)


_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


def _anthropic(event: Payload) -> Iterator[Piece]:
    call = (0, integer(event.value, "index"))
    index: Path = ("index",)
    match event.type:
        case "content_block_start" if string(event.value, "content_block", "type") in _BLOCKS:
            # As a rule `input` is {} here; a gateway may have put all of it there.
            args: Path = ("content_block", "input") if get(event.value, "content_block", "input") else ()
            yield _piece(event, call, id=("content_block", "id"), index=index, args=args)
        case "content_block_delta" if string(event.value, "delta", "type") == "input_json_delta":
            yield _piece(event, call, index=index, args=("delta", "partial_json"))
        case "content_block_stop":
            yield _piece(event, call, index=index)


def _cohere(event: Payload) -> Iterator[Piece]:
    if event.type in {"tool-call-start", "tool-call-delta", "tool-call-end"}:
        tool: Path = ("delta", "message", "tool_calls")
        call = (0, integer(event.value, "index"))
        yield _piece(event, call, id=(*tool, "id"), index=("index",), args=(*tool, "function", "arguments"))


def _bedrock(event: Payload) -> Iterator[Piece]:
    """Converse's; Nova's chunks hold the same under the event's name."""
    names = ("contentBlockStart", "contentBlockDelta", "contentBlockStop")
    type_ = next((name for name in names if isinstance(get(event.value, name), dict)), "")
    base: Path = (type_,) if type_ else ()
    number = event.at((*base, "contentBlockIndex"))
    call = (0, number if type(number) is int else 0)
    index: Path = (*base, "contentBlockIndex")
    match type_ or event.frame.type:
        case "contentBlockStart" if event.at((*base, "start", "toolUse")):
            yield _piece(event, call, id=(*base, "start", "toolUse", "toolUseId"), index=index)
        case "contentBlockDelta" if event.at((*base, "delta", "toolUse")):
            yield _piece(event, call, index=index, args=(*base, "delta", "toolUse", "input"))
        case "contentBlockStop":
            yield _piece(event, call, index=index)


def _gemini(event: Payload) -> Iterator[Piece]:
    for c, candidate in enumerate(array(event.value, "candidates")):
        for p, part in enumerate(array(candidate, "content", "parts")):
            path: Path = ("candidates", c, "content", "parts", p, "functionCall")
            if isinstance(get(part, "functionCall"), dict):
                # Its calls have no number: each is one of its own.
                call = (integer(candidate, "index"), event.index << 16 | p)
                yield _piece(event, call, id=(*path, "id"), args=(*path, "args"))


def _ollama(event: Payload) -> Iterator[Piece]:
    for t, tool in enumerate(array(event.value, "message", "tool_calls")):
        path: Path = ("message", "tool_calls", t)
        number = integer(get(tool, "function"), "index", default=event.index << 16 | t)
        args = (*path, "function", "arguments")
        yield _piece(event, (0, number), id=(*path, "id"), index=(*path, "function", "index"), args=args)


_READERS: dict[str, Callable[[Any], Iterator[Piece]]] = {
    "openai-chat": _chat,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "cohere": _cohere,
    "bedrock": _bedrock,
    "gemini": _gemini,
    "ollama": _ollama,
}
