"""One request on a connection of its own, and the response on it, as it comes. It waits, and never asks twice.

Each wait is bounded: for the connection, for the head, and for each next byte of the body. Any byte ends a wait: a
model that thinks for minutes sends comments. What goes wrong is a Failure; `Unanswered` where not a byte of a response
had come, so that the request may be made again.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mocksse.cassette.redact.decode import decoder
from mocksse.errors import LimitError, MocksseError
from mocksse.limits import MAX_DECODED_BYTES
from mocksse.record.request import Request, encode_request
from mocksse.torture.clients.contract import Failure
from mocksse.wire import http1
from mocksse.wire.http1_fields import Headers, header

if TYPE_CHECKING:
    from collections.abc import Iterator

_READ_BYTES = 1 << 16


class Lost(Failure):
    """The connection failed in mid-answer, by its own account or by its silence."""


class Unanswered(Failure):
    """Nothing was answered. `again`: whether the request may be made once more; after a timeout it may still run."""

    def __init__(self, kind: str, message: str, *, again: bool = True) -> None:
        super().__init__(kind, message)
        self.again = again


class Link:
    """A response on its way. `timeout_s`: how long the next byte may take; it may be changed while reading."""

    def __init__(self, sock: socket.socket, method: str, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._sock = sock
        self._parser = http1.ResponseParser(method)
        self._parts: list[http1.Part] = []
        self._silent = True
        self.head = self._read_head()

    @property
    def headers(self) -> Headers:
        """Of the response."""
        return self.head.headers

    @property
    def content_type(self) -> str:
        """Without its parameters, in lower case."""
        return (header(self.headers, b"content-type") or b"").decode("latin-1").partition(";")[0].strip().lower()

    def body(self) -> Iterator[bytes]:
        """The body as it comes, its content coding undone; ends where the framing says so. Raises Failure."""
        coding = b",".join(value for name, value in self.headers if name.lower() == b"content-encoding")
        decoding = decoder(coding.decode("latin-1"))
        if decoding is None:
            raise Failure("reference.ContentEncoding", f"unknown: {coding.decode('latin-1')[:100]}")
        size = 0
        try:
            for data in self._data():
                decoded = decoding.feed(data)
                size += len(decoded)
                if size > MAX_DECODED_BYTES:
                    raise Failure("reference.TooLarge", f"a body of more than {MAX_DECODED_BYTES} bytes")
                if decoded:
                    yield decoded
        except LimitError as error:
            raise Failure("reference.TooLarge", str(error)) from error
        except MocksseError as error:
            raise Failure("reference.ContentEncoding", str(error)) from error

    def _read_head(self) -> http1.Head:
        while True:
            for place, part in enumerate(self._parts):
                if isinstance(part, http1.Head):
                    self._parts = self._parts[place + 1 :]
                    return part
                if isinstance(part, http1.Broken):
                    raise Failure("reference.BadResponse", part.reason)
            data = self._receive()
            if not data:
                if self._silent:
                    raise Unanswered("reference.NoReply", "the server closed the connection without an answer")
                raise Lost("reference.Truncated", "the connection ended inside the response's head")
            self._silent = False
            self._parts = self._parser.feed(data)

    def _data(self) -> Iterator[bytes]:
        while True:
            for part in self._parts:
                match part:
                    case http1.Data(data):
                        yield data
                    case http1.End():
                        return
                    case http1.Truncated():
                        raise Lost("reference.Truncated", "the connection ended before the body did")
                    case http1.Broken(reason):
                        raise Lost("reference.BadFraming", reason)
            data = self._receive()
            self._parts = self._parser.feed(data) if data else self._parser.close()

    def _receive(self) -> bytes:
        """The next bytes; none at the end."""
        self._sock.settimeout(self.timeout_s)
        try:
            return self._sock.recv(_READ_BYTES)
        except TimeoutError as error:
            said = f"no byte for {self.timeout_s:g} s"
            if self._silent:
                raise Unanswered("reference.Timeout", said, again=False) from error
            raise Lost("reference.Timeout", said) from error
        except ssl.SSLEOFError:  # a FIN without close_notify: whether it cut anything, HTTP's framing tells
            return b""
        except OSError as error:
            said = error.strerror or str(error)
            if self._silent:
                raise Unanswered("reference.Reset", said) from error
            raise Lost("reference.Reset", said) from error


@contextmanager
def linked(request: Request, timeout_s: float) -> Iterator[Link]:
    """Connect, ask, and read the head. Raises Failure."""
    origin = request.origin
    try:
        sock = socket.create_connection((str(origin.raw_host), int(origin.port or 0)), timeout_s)
    except OSError as error:
        raise Unanswered("reference.NoConnection", error.strerror or str(error)) from error
    with sock:
        try:
            if origin.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=str(origin.raw_host))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(encode_request(request))
        except ssl.SSLCertVerificationError as error:
            raise Failure("reference.Certificate", error.verify_message) from error
        except (ConnectionResetError, BrokenPipeError):
            pass  # it may have answered before it hung up: what there is to read tells
        except OSError as error:
            raise Unanswered("reference.NoConnection", error.strerror or str(error)) from error
        with sock:
            yield Link(sock, request.method, timeout_s)
