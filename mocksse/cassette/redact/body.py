"""A response body without its secrets, as it comes in: what that takes depends on how the body is encoded.

Plain bytes are blotted. In AWS event-stream frames the checksum of a frame that was blotted is made right; a frame that
was not stays as it came, wrong checksum and all. Compressed bytes can't be blotted: they are passed on as they came,
but decoded on the side, and from the first secret in them on nothing is let go any more; of what only identifies an
account `identified` tells. What can't be decoded is looked at as plain bytes, and `unchecked` says so.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

from mocksse import limits
from mocksse.cassette.redact.chain import Chain, body_stages, identity_stages, secret_stages
from mocksse.cassette.redact.decode import Decoder, decoder
from mocksse.cassette.redact.rules import NO_RULES, Rules
from mocksse.errors import MocksseError
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from mocksse.cassette.redact.blot import Secrets


class BodyRedactor:
    """One body. `content_type` and `content_encoding` are the response's fields, empty where it has none.

    `opaque`: compressed bytes are passed on, whatever is in them. `stage`: of all that is looked for only the kind of
    this number in `body_stages`.
    """

    def __init__(
        self,
        secrets: Secrets,
        content_type: str = "",
        content_encoding: str = "",
        rules: Rules = NO_RULES,
        *,
        opaque: bool = False,
        stage: int | None = None,
    ) -> None:
        decoding = decoder(content_encoding)
        stages = body_stages(secrets, rules, content_type)
        self._plain = plain = Chain(stages if stage is None else [stages[stage]])
        self._way: _Way
        if decoding is None:
            self._way = _Plain(plain, unchecked=True)
        elif not decoding.identity and opaque:
            self._way = _Plain(Chain(()))
        elif not decoding.identity:
            secret = Chain(secret_stages(secrets, rules, content_type))
            self._way = _Compressed(secret, Chain(identity_stages()), plain, decoding)
        elif content_type.partition(";")[0].strip().lower() == eventstream.CONTENT_TYPE:
            self._way = _Frames(plain)
        else:
            self._way = _Plain(plain)

    @property
    def blotted(self) -> bool:
        """Whether a secret was found in plain bytes or frames, and blotted."""
        return self._way.blotted

    @property
    def what(self) -> str:
        """What was blotted, in words: never the thing itself."""
        return self._plain.what

    @property
    def found(self) -> bool:
        """Whether there is a secret inside compressed bytes, where it can't be blotted.

        Nothing is let go from then on, and what was let go before begins a body that must not be kept either.
        """
        return self._way.found

    @property
    def identified(self) -> bool:
        """Whether something inside compressed bytes identifies an account: it stays."""
        return self._way.identified

    @property
    def unchecked(self) -> bool:
        """Whether some of the body could not be decoded, and was looked at as plain bytes only."""
        return self._way.unchecked

    def feed(self, data: bytes) -> bytes:
        """The bytes that can be let go now."""
        return self._way.feed(data)

    def flush(self) -> bytes:
        """The rest, at the end of the body."""
        return self._way.flush()


class _Way(Protocol):
    @property
    def blotted(self) -> bool: ...
    @property
    def found(self) -> bool: ...
    @property
    def identified(self) -> bool: ...
    @property
    def unchecked(self) -> bool: ...
    def feed(self, data: bytes) -> bytes: ...
    def flush(self) -> bytes: ...


class _Plain:
    found = identified = False

    def __init__(self, chain: Chain, *, unchecked: bool = False) -> None:
        self._chain = chain
        self._unchecked = unchecked
        self.feed = chain.feed
        self.flush = chain.flush

    @property
    def blotted(self) -> bool:
        return self._chain.blotted

    @property
    def unchecked(self) -> bool:
        return self._unchecked or self._chain.unchecked


class _Frames:
    """Blotted bytes go out as they come; of a frame only its place in the body and a running checksum are kept."""

    found = identified = False

    def __init__(self, chain: Chain) -> None:
        self._blotter = chain
        self._original = b""  # of the bytes that the blotter holds back
        self._lengths = b""  # the first 8 bytes of the frame
        self._at = 0  # place in the frame
        self._size = 0  # of the frame, once known
        self._lost = False  # this is no event stream, or not any more
        self._sum = 0  # of the frame so far, as it was let go
        self._touched = False

    @property
    def blotted(self) -> bool:
        return self._blotter.blotted

    @property
    def unchecked(self) -> bool:
        return self._blotter.unchecked

    def feed(self, data: bytes) -> bytes:
        return self._seal(self._blotter.feed(data), data)

    def flush(self) -> bytes:
        return self._seal(self._blotter.flush(), b"")

    def _seal(self, blotted: bytes, data: bytes) -> bytes:
        original = self._original + data
        self._original = original[len(blotted) :]
        sealed = []
        place = 0
        while place < len(blotted) and not self._lost:
            piece = self._part(blotted, original, place)
            sealed.append(piece)
            place += len(piece)
        return b"".join(sealed) + blotted[place:]

    def _part(self, blotted: bytes, original: bytes, place: int) -> bytes:
        """The bytes from there that are in the same part of a frame, as they may be let go."""
        checksum = self._size - 4
        if self._at < 8:
            part = blotted[place : place + 8 - self._at]
            self._lengths += part
            if len(self._lengths) == 8:
                self._begin()
        elif self._at < eventstream.PRELUDE_BYTES:
            # The lengths were not blotted (a length has a NUL in it), so their checksum is as right as it was.
            part = original[place : min(place + eventstream.PRELUDE_BYTES - self._at, len(blotted))]
        elif self._at < checksum:
            part = blotted[place : place + checksum - self._at]
            self._touched = self._touched or part != original[place : place + len(part)]
        else:
            part = original[place : min(place + self._size - self._at, len(blotted))]
            if self._touched:
                at = self._at - checksum
                part = self._sum.to_bytes(4)[at : at + len(part)]
            self._at += len(part)
            if self._at == self._size:
                self._at, self._size, self._sum, self._lengths, self._touched = 0, 0, 0, b"", False
            return part
        self._sum = zlib.crc32(part, self._sum)
        self._at += len(part)
        return part

    def _begin(self) -> None:
        self._size = int.from_bytes(self._lengths[:4])
        headers = int.from_bytes(self._lengths[4:])
        self._lost = not eventstream.OVERHEAD_BYTES + headers <= self._size <= limits.MAX_FRAME_BYTES


class _Compressed:
    blotted = False

    def __init__(self, secret: Chain, identity: Chain, plain: Chain, decoding: Decoder) -> None:
        self.found = False
        self.unchecked = False
        self._decoding = decoding
        self._secret = secret  # looks at the decoded bytes, which go nowhere
        self._identity = identity  # looks at them behind it
        self._plain = plain  # for bytes that can't be decoded
        self._held = bytearray()

    @property
    def identified(self) -> bool:
        return self._identity.blotted

    def feed(self, data: bytes) -> bytes:
        if self.found:
            return b""
        if self.unchecked:
            return self._plain.feed(data)
        self._held += data
        try:
            self._identity.feed(self._secret.feed(self._decoding.feed(data)))
        except MocksseError:
            self.unchecked = True
            return self._plain.feed(self._release())
        self.found = self._secret.blotted
        # Of a coding that decodes block by block nothing is known to be clean before the end.
        return b"" if self.found or self._secret.held or not self._decoding.prompt else self._release()

    def flush(self) -> bytes:
        if self.unchecked:
            return self._plain.flush()
        self._identity.feed(self._secret.flush())
        self._identity.flush()
        self.unchecked = self._secret.unchecked
        self.found = self.found or self._secret.blotted
        return b"" if self.found else self._release()

    def _release(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held
