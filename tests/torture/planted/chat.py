"""A small client of OpenAI's Chat Completions that gets everything right. `chat_bugs` has its bugs.

It asks again where nothing was answered or the status says later, and not before it was told to; takes an answer for
whole only with a reason to finish; raises what the provider says went wrong; hands on no call whose arguments are cut.
"""

from __future__ import annotations

import json
import random
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from streams import Block, Lost, Response, Streams, Wrong

if TYPE_CHECKING:
    from mocksse.torture.clients.contract import Seen

RETRIES = 2
LONGEST_S = 60.0
_BODY = json.dumps({"model": "any", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}).encode()
_HEADERS = {"Content-Type": "application/json", "Accept": "text/event-stream"}
_LATER = {408, 409, 429, *range(500, 600)}
_NO_REASONS = {None, "", "None", "null"}


class Refused(Exception):  # noqa: N818
    """Another status than 200."""


class ProviderError(Exception):
    """What the provider says went wrong."""


class Chat(Streams):
    """One answer, told to `seen` while it comes."""

    def __init__(self, timeout_s: float, seen: Seen) -> None:
        super().__init__(timeout_s)
        self.seen = seen
        self.finish: str | None = None
        self.calls: list[dict[str, str]] = []
        self.by_index: dict[Any, dict[str, str]] = {}

    def ask(self, url: str) -> None:
        """To the end of the answer. Raises whatever went wrong."""
        for tried in range(RETRIES + 1):
            try:
                self.seen.attempt()
                with self.request("POST", f"{url}/chat/completions", _HEADERS, _BODY) as response:
                    wait_s = self.wait_s(response, tried)
                    if wait_s is None or tried == RETRIES:
                        self.read(response)
                        return
            except Lost as error:
                if not self.may_ask_again(error) or tried == RETRIES:
                    raise
                wait_s = self.own_wait_s(tried)
            time.sleep(wait_s)

    def may_ask_again(self, error: Lost) -> bool:
        return not error.begun

    def own_wait_s(self, tried: int) -> float:
        return 0.3 * 2**tried * (1 + random.random() / 4)

    def wait_s(self, response: Response, tried: int) -> float | None:
        """Seconds before it is asked again; None: it is not."""
        if response.status not in _LATER:
            return None
        told_s = self.told_s(response.headers)
        if told_s is None or not 0 <= told_s <= 86_400:  # more is no advice
            return self.own_wait_s(tried)
        return max(told_s, self.own_wait_s(tried)) if told_s <= LONGEST_S else None

    def told_s(self, headers: dict[str, str]) -> float | None:
        """The wait that the answer asks for."""
        if re.fullmatch(r"\d{1,12}(\.\d+)?", headers.get("retry-after-ms", "")):
            return float(headers["retry-after-ms"]) / 1000
        told = headers.get("retry-after", "")
        if re.fullmatch(r"\d{1,12}", told):
            return float(told)
        try:
            return parsedate_to_datetime(told).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None

    def read(self, response: Response) -> None:
        if response.status != 200:
            raise Refused(f"status {response.status}")
        if response.type != "text/event-stream":
            raise Wrong(f"not a stream of events: {response.type or 'no type'}")
        for block in self.events(response):
            if self.is_event(block) and self.is_last(block):
                break
        self.end()

    def is_last(self, block: Block) -> bool:
        """Take one event; whether nothing comes behind it."""
        if block.data == "":
            return False
        if block.data is not None and block.data.strip().startswith("[DONE]"):
            return True
        chunk = json.loads(block.data)  # type: ignore[arg-type]
        if not isinstance(chunk, dict):
            raise Wrong("a chunk is no object")
        self.raise_error(chunk)
        for choice in chunk.get("choices") or []:
            if not choice.get("index"):
                self.take(choice.get("delta") or {})
                reason = choice.get("finish_reason")
                self.finish = self.finish if reason in _NO_REASONS else reason
        return False

    def raise_error(self, chunk: dict[str, Any]) -> None:
        error = chunk.get("error")
        if error:
            raise ProviderError(error.get("message") if isinstance(error, dict) else str(error))
        if any(choice.get("finish_reason") == "error" for choice in chunk.get("choices") or []):
            raise ProviderError("the reason to finish is an error")

    def take(self, delta: dict[str, Any]) -> None:
        self.seen.text(delta.get("content"))
        self.seen.reasoning(delta.get("reasoning_content") or delta.get("reasoning"))
        for piece in delta.get("tool_calls") or []:
            self.take_call(piece)

    def take_call(self, piece: dict[str, Any]) -> None:
        """A piece with a new id begins a call, whatever index it says."""
        index, told = piece.get("index"), piece.get("function") or {}
        call = self.by_index.get(index)
        if call is None or (piece.get("id") and piece["id"] != call["id"]):
            call = {"id": piece.get("id") or f"call-{len(self.calls)}", "name": "", "arguments": ""}
            self.calls.append(call)
            self.by_index[index] = call
        call["name"] = told.get("name") or call["name"]
        call["arguments"] += told.get("arguments") or ""

    def end(self) -> None:
        """The answer is over: whether it is whole."""
        self.check_finish()
        for call in self.calls:
            self.check_call(call)
        for place, call in enumerate(self.calls):
            self.seen.call(place, call["id"], call["name"], call["arguments"])

    def check_finish(self) -> None:
        if self.finish is None:
            raise Wrong("the answer broke off: no reason to finish")

    def check_call(self, call: dict[str, str]) -> None:
        if not call["name"] or not isinstance(json.loads(call["arguments"] or "{}"), dict):
            raise Wrong(f"the call of {call['name'] or 'no tool'} is not whole")
