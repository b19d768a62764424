"""From the reads of a tap to what is kept of them: HTTP framing taken apart, credentials blotted, nothing lost.

Pure: reads and their times go in, `seen.Seen` items come out. A byte that may be the start of a credential is held
back, and what came behind it waits with it, so that whatever has come out may be written down.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

from mocksse.cassette.redact import (
    NO_RULES,
    BodyRedactor,
    Rules,
    Secrets,
    blot_text,
    redact_head,
    request_id,
    set_cookies,
)
from mocksse.cassette.redact.decode import decoder
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen
from mocksse.wire import http1

if TYPE_CHECKING:
    from mocksse.cassette.model import Ending, Headers


How = Literal["fin", "reset", "idle", "stopped"]
"""How a connection ended, or why it was not listened to any longer."""


def ending_of(how: How, head: http1.Head | HeadSeen | None, broken: str) -> Ending:
    """How an answer ended that has not come to the end of its framing. `broken`: why the framing is violated, if it is.

    A FIN is the end of a body that is delimited by it.
    """
    if broken:
        return "malformed"
    if head is not None and head.framing == "close" and how == "fin":
        return "complete"
    return "cut" if how == "fin" else how


class Assembly:
    """One answer, as its reads come in. `method` is the request's; `allow_secrets`: compressed bytes go out as they
    came, whatever is in them."""

    def __init__(self, method: str, secrets: Secrets, rules: Rules = NO_RULES, *, allow_secrets: bool = False) -> None:
        self._parser = http1.ResponseParser(method)
        self._secrets = secrets
        self._rules = rules
        self._allow_secrets = allow_secrets
        self._body = BodyRedactor(secrets, rules=rules)
        self._rest = BodyRedactor(secrets, rules=rules)
        self._compressed = False
        self._held: deque[_Held] = deque()
        self._trailers: Headers = ()
        self._ended = False
        self.head: HeadSeen | None = None
        self.broken = ""
        """Why the framing is violated, once it is."""
        self.body_bytes = 0
        self.request_id = ("", "")
        """What the provider calls the request, and the header that says so: to be shown, not to be stored."""

    @property
    def done(self) -> bool:
        """The body ended as its framing says."""
        return self._parser.done

    @property
    def found(self) -> bool:
        """A credential stands in a compressed body, where it can't be blotted."""
        return self._body.found

    @property
    def identified(self) -> bool:
        """Something in a compressed body identifies an account, and stays."""
        return self._body.identified

    @property
    def unchecked(self) -> bool:
        """The body is compressed in a way that can't be looked into here."""
        return self._body.unchecked

    def feed(self, at_us: int, data: bytes) -> list[Seen]:
        """What one read brought; `at_us` since the request was sent."""
        return self._release([item for part in self._parser.feed(data) for item in self._take(at_us, part)])

    def close(self, at_us: int, how: How) -> list[Seen]:
        """The connection is over, or is not waited for any longer."""
        items = [item for part in self._parser.close() for item in self._take(at_us, part, closing=True)]
        ending = ending_of(how, self.head, self.broken)
        if not self._ended:
            items += self._end(at_us, ending)
        out = self._release(items)
        out += self._flush()
        return out

    def _take(self, at_us: int, part: http1.Part, *, closing: bool = False) -> list[Seen]:
        match part:
            case http1.Head():
                self.head = self._head(at_us, part)
                return [self.head]
            case http1.Chunk(size):
                return [ChunkSeen(size)]
            case http1.Data(data):
                self.body_bytes += len(data)
                return [DataSeen(at_us, data)]
            case http1.ChunkEnd():
                return [ChunkDone()]
            case http1.End(trailers) if not closing:
                # A body that only the end of the connection ends is for `ending_of` to judge: it may have been a reset.
                self._trailers = redact_head(trailers, self._secrets, self._rules)
                return self._end(at_us, "complete")
            case http1.Broken(reason):
                self.broken = reason
                return self._end(at_us, "malformed")
            case http1.Rest(data):
                return [DataSeen(at_us, data, rest=True)]
        return []

    def _head(self, at_us: int, part: http1.Head) -> HeadSeen:
        if cookies := set_cookies(part.headers):
            # A server that tells the cookie in the body too tells it there in clear.
            self._secrets = Secrets((*self._secrets.values, *cookies))
            self._rest = BodyRedactor(self._secrets, rules=self._rules)
        headers = redact_head(part.headers, self._secrets, self._rules)
        self.request_id = request_id(
            [(name, blot_text(value, self._secrets, self._rules)) for name, value in part.headers]
        )
        coding = _value(headers, b"content-encoding")
        decoding = decoder(coding)
        self._compressed = decoding is not None and not decoding.identity
        kind = _value(headers, b"content-type")
        self._body = BodyRedactor(self._secrets, kind, coding, self._rules, opaque=self._allow_secrets)
        framing: Literal["chunked", "length", "close"] = "length" if part.framing == "none" else part.framing
        http: Literal["1.0", "1.1"] = "1.0" if part.version == "1.0" else "1.1"
        return HeadSeen(at_us, part.status, blot_text(part.reason, self._secrets, self._rules), http, headers, framing)

    def _end(self, at_us: int, how: Ending) -> list[Seen]:
        self._ended = True
        return [EndSeen(at_us, how, self._trailers)]

    # --- What may go out

    def _release(self, items: list[Seen]) -> list[Seen]:
        out: list[Seen] = []
        for item in items:
            if isinstance(item, DataSeen):
                self._redact(item, self._rest if item.rest else self._body)
            elif isinstance(item, EndSeen):
                self._end_body(item)
            else:
                self._held.append(_Held(item))
            out += self._out()
        return out

    def _redact(self, item: DataSeen, redactor: BodyRedactor, *, silent: bool = False) -> None:
        self._held.append(_Held(item, redactor, silent=silent))
        self._pour(redactor, redactor.feed(item.data))

    def _end_body(self, item: EndSeen) -> None:
        tail = b"".join(held.waiting for held in self._held if held.redactor is self._body)
        self._pour(self._body, self._body.flush())
        self._held.append(_Held(item))
        if tail and not self._compressed:
            # A credential may begin in the body and go on outside it: behind a length that was announced too short, or
            # where the framing broke. So the rest is looked at together with how the body ended.
            self._redact(DataSeen(item.at_us, tail, rest=True), self._rest, silent=True)

    def _flush(self) -> list[Seen]:
        self._pour(self._rest, self._rest.flush())
        return self._out()

    def _pour(self, redactor: BodyRedactor, safe: bytes) -> None:
        """Hand redacted bytes to the items that wait for them, in order."""
        for held in self._held:
            if not safe:
                return
            if held.redactor is redactor and (room := len(held.waiting)):
                held.data += safe[:room]
                safe = safe[room:]

    def _out(self) -> list[Seen]:
        out: list[Seen] = []
        while self._held and not self._held[0].waiting:
            held = self._held.popleft()
            item = held.item
            if not held.silent:
                out.append(DataSeen(item.at_us, bytes(held.data), item.rest) if isinstance(item, DataSeen) else item)
        return out


class _Held:
    """An item on its way out; one with data waits until `redactor` has let all its bytes go. `silent`: it does not
    come out, it was out before."""

    __slots__ = ("data", "item", "redactor", "silent")

    def __init__(self, item: Seen, redactor: BodyRedactor | None = None, *, silent: bool = False) -> None:
        self.item = item
        self.redactor = redactor
        self.silent = silent
        self.data = bytearray()

    @property
    def waiting(self) -> bytes:
        """The bytes, as they came, that were not let go yet."""
        return self.item.data[len(self.data) :] if isinstance(self.item, DataSeen) else b""


def _value(headers: Headers, name: bytes) -> str:
    return next((v.decode("latin-1") for n, v in headers if n.lower() == name), "")
