"""What the frames of one answer come to, and what is wrong with it: a Failure as soon as that can be told.

An answer is whole when its API says so: by its own last event, and where it has none (Chat, Gemini) by a reason to
finish for every choice. A `[DONE]` is an end, not a reason: a gateway that lost its upstream sends one too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.providers import registry
from mocksse.providers.lenient import array, decode, get, string
from mocksse.providers.terminator import terminator_of
from mocksse.providers.turn import Merger
from mocksse.torture.clients.contract import Failure
from mocksse.torture.clients.reference.order import Order

if TYPE_CHECKING:
    from mocksse.providers.api import Api
    from mocksse.providers.framing import Frame
    from mocksse.torture.clients.contract import Seen

_DONE = "data: [DONE]"
_NO_REASONS = frozenset({"", "None", "null"})
"""What some servers write where no reason has come yet."""
_CUT_OFF = ("incomplete", "failed", "cancelled")
"""How a response of OpenAI's ends that is not whole."""
_BROKEN = frozenset({"malformed_function_call", "unexpected_tool_call", "timeout"})
_OWN_TYPES = frozenset({"message", "error"})


class Answer:
    """An answer while it comes in. `over`: nothing that counts comes any more."""

    def __init__(self, api: Api) -> None:
        self.over = False
        self._api = api
        self._merger = Merger(api)
        self._order = Order(api.name)
        self._has_last_event = terminator_of(api) not in {"", _DONE}
        self._ends_in_silence = not terminator_of(api)
        self._marked = self._done = False
        self._choices: set[int] = set()
        self._reasons: dict[int, str] = {}
        self._free: set[str] = set()

    @property
    def may_be_over(self) -> bool:
        """Whether an end of the connection, however it comes, cuts nothing off: it is all the end there is."""
        return self._ends_in_silence and self._is_finished()

    def take(self, frame: Frame) -> bool:
        """One event more; whether it says anything. Raises Failure."""
        if registry.is_done_mark(frame):
            self._marked = True
            self.over = self.over or not self._has_last_event
            return True
        if not frame.data.strip():
            return False
        payload = self._payload(frame)
        if payload is None:
            return False
        for fragment in self._merger.feed(frame):
            match fragment.kind:
                case "error":
                    raise Failure("reference.ErrorEvent", f"{fragment.name}: {fragment.text}".removeprefix(": "))
                case "finish" if fragment.text not in _NO_REASONS:
                    self._reasons[fragment.choice] = f"{fragment.name}:{fragment.text}".removeprefix(":")
                case "text" | "reasoning" | "refusal" | "tool" | "image":
                    self._choices.add(fragment.choice)
        if wrong := self._order.take(frame.type, payload):
            raise Failure("reference.Order", wrong)
        self._free |= _free_calls(payload)
        self._done = self._done or self._api.done(frame.type, payload)
        self.over = self.over or (self._has_last_event and self._done)
        return string(payload, "type") != "ping"

    def _payload(self, frame: Frame) -> Any:
        """The event's JSON; None for a stranger that has none, which is another API's business."""
        payload = registry.payload_of(self._api, frame)
        if isinstance(payload, dict):
            return payload
        if frame.type in _OWN_TYPES or not frame.type or self._api.recognises(frame.type, {"type": frame.type}):
            raise Failure("reference.BrokenEvent", f"an event is no JSON object: {frame.data[:100]!r}")
        return None

    def close(self) -> None:
        """The end of the answer. Raises Failure where it is not whole."""
        if not self._choices and not self._reasons:
            raise Failure("reference.NoAnswer", "the stream ended without an answer")
        if self._has_last_event and not self._done:
            raise Failure("reference.Truncated", "the stream ended without its last event")
        if not self._has_last_event and not self._is_finished():
            kind = "reference.NoFinish" if self._marked else "reference.Truncated"
            raise Failure(kind, "the stream ended without a reason to finish")
        for reason in self._reasons.values():
            _sound_finish(reason)
        for choice in self._merger.turn.choices:
            for call in choice.tool_calls:
                if call.arguments and call.name not in self._free and not isinstance(decode(call.arguments), dict):
                    raise Failure("reference.BrokenToolCall", f"the arguments of {call.name} are no JSON object")

    def _is_finished(self) -> bool:
        return bool(self._reasons) and self._choices <= self._reasons.keys()

    def tell(self, seen: Seen) -> None:
        """What there is so far, of the first choice."""
        turn = self._merger.turn
        seen.text(turn.first.text)
        seen.reasoning(turn.first.reasoning)
        for place, call in enumerate(turn.first.tool_calls):
            seen.call(place, call.id, call.name, call.arguments)
        seen.usage(turn.usage)


def _sound_finish(finish: str) -> None:
    """Raises Failure for a reason that is none to be glad of."""
    status = finish.partition(":")[0]
    if status in _CUT_OFF:
        raise Failure("reference.Incomplete", finish)
    if status.lower() in _BROKEN or "error" in status.lower():
        raise Failure("reference.ErrorFinish", finish)


def _free_calls(payload: Any) -> set[str]:
    """The names of OpenAI's custom tools, whose input is any text and no JSON."""
    found = {string(get(payload, "item"), "name")} if string(payload, "item", "type") == "custom_tool_call" else set()
    for choice in array(payload, "choices"):
        for tool in array(choice, "delta", "tool_calls"):
            found |= {string(tool, "custom", "name")}
    return found - {""}
