"""HTTP and events on a plain socket, as the standards have them: what both small clients read with.

Each method is one thing that can be got wrong. Reads are handed on as they come, so that a cut stays one.
"""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REDIRECTS = 10
_READ = 1 << 16
_MAX_LINE = 24 << 20
_END = re.compile(rb"\r\n|\r|\n")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n")


class Lost(Exception):  # noqa: N818 - as the caller would name it
    """The connection broke, or nothing came in time. `begun`: an answer was under way."""

    def __init__(self, why: str, *, begun: bool) -> None:
        super().__init__(why)
        self.begun = begun


class Wrong(Exception):  # noqa: N818
    """An answer that can't be read as one."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    file: BinaryIO

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Block:
    """The lines between two blank ones. `data` None: none of them was such a line."""

    type: str = ""
    id: str | None = None
    retry_ms: int | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def data(self) -> str | None:
        return "\n".join(self.lines) if self.lines else None

    def take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.lines.append(value)
        elif name == "event":
            self.type = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and re.fullmatch("[0-9]+", value):
            self.retry_ms = int(value)


class Streams:
    """`timeout_s`: the longest silence."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s

    def patience_s(self) -> float | None:
        return self.timeout_s

    @contextmanager
    def request(self, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> Iterator[Response]:
        """The answer that is no redirect. Raises Lost, Wrong."""
        for _ in range(REDIRECTS + 1):
            with self._once(method, url, headers, body) as response:
                again = {307, 308} if method == "POST" else {301, 302, 303, 307, 308}
                if response.status not in again:
                    yield response
                    return
                if "location" not in response.headers:
                    raise Wrong("a redirect to nowhere")
                url = urljoin(url, response.headers["location"])
        raise Wrong("redirects without an end")

    @contextmanager
    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Iterator[Response]:
        there = urlsplit(url)
        own = {"Host": there.netloc, "Connection": "close", "Accept-Encoding": "identity"}
        if body:
            own["Content-Length"] = str(len(body))
        target = f"{there.path or '/'}{f'?{there.query}' if there.query else ''}"
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in {**own, **headers}.items())]
        begun = False
        try:
            with socket.create_connection((there.hostname, there.port or 80), self.patience_s()) as sock:
                sock.sendall("\r\n".join([*lines, "", ""]).encode() + body)
                with sock.makefile("rb") as file:
                    response = self._head(file)
                    begun = response.status == 200
                    yield response
        except OSError as error:
            raise Lost(str(error), begun=begun) from error

    def _head(self, file: BinaryIO) -> Response:
        first = file.readline(_READ)
        found = re.match(rb"HTTP/1\.[01] (\d{3})", first)
        if found is None:
            raise Wrong(f"no HTTP: {first[:60]!r}") if first else Lost("no reply", begun=False)
        headers: dict[str, str] = {}
        while (line := file.readline(_READ)).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers.setdefault(name.strip().lower(), value.strip())
        return Response(int(found[1]), headers, file)

    def body(self, response: Response) -> Iterator[bytes]:
        """Its reads. Raises Lost where its framing says that there is more, Wrong where it is none."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Wrong("a coding that was not asked for")
        if "chunked" in response.headers.get("transfer-encoding", "").lower():
            while size := self._size(response.file.readline(_READ)):
                yield from self._exactly(response.file, size)
                if response.file.readline(3).strip():
                    raise Wrong("a chunk has no end")
        elif length := response.headers.get("content-length"):
            yield from self._exactly(response.file, int(length))
        else:
            while data := response.file.read1(_READ):
                yield data

    def _size(self, line: bytes) -> int:
        if not line:
            raise Lost("the last chunk never came", begun=True)
        if not (found := _SIZE.fullmatch(line)):
            raise Wrong(f"no size of a chunk: {line[:40]!r}")
        return int(found[1], 16)

    def _exactly(self, file: BinaryIO, size: int) -> Iterator[bytes]:
        while size:
            if not (data := file.read1(min(size, _READ))):
                raise Lost(f"{size} bytes are missing", begun=True)
            size -= len(data)
            yield data

    def lines(self, reads: Iterable[bytes]) -> Iterator[bytes]:
        """Those that have their end. Raises Wrong for one that has none for too long."""
        pieces: list[bytes] = []
        size, before = 0, b""
        for data in reads:
            first, *rest = _END.split(self.unbroken(before, data))
            pieces.append(first)
            size += len(first)
            if size > _MAX_LINE:
                raise Wrong("a line without an end")
            for line in rest:
                yield b"".join(pieces)
                pieces, size = [line], len(line)
            before = data

    def unbroken(self, before: bytes, data: bytes) -> bytes:
        """A read without the LF of a CRLF whose CR ended the read before."""
        return data[1:] if before.endswith(b"\r") and data.startswith(b"\n") else data

    def blocks(self, lines: Iterable[bytes]) -> Iterator[Block]:
        """Those that say anything, each when its blank line has come."""
        block = Block()
        for number, line in enumerate(lines):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
            if text:
                block.take(text.decode("utf-8", "replace"))
                continue
            yield block
            block = Block()

    def is_event(self, block: Block) -> bool:
        """Whether it is dispatched."""
        return block.data is not None

    def events(self, response: Response) -> Iterator[Block]:
        """All blocks of an answer, those too that only have an id or a retry."""
        return self.blocks(self.lines(self.body(response)))
