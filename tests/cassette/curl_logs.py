"""What `curl --trace` and `--trace-ascii` write, made by the rules of curl, so that no server has to be run for it."""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = (b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/event-stream\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n")


def shown(data: bytes) -> str:
    """The characters of a dump: a dot for what is not printable."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def hex_dump(data: bytes) -> str:
    """Sixteen bytes a line, each in hex and as a character."""
    rows = ((at, data[at : at + 16]) for at in range(0, len(data), 16))
    return "".join(f"{at:04x}: {''.join(f'{b:02x} ' for b in row):48}{shown(row)}\n" for at, row in rows)


def ascii_dump(data: bytes) -> str:
    """Up to 64 characters a line; a CRLF ends the line and is not shown."""
    lines, at = [], 0
    while at < len(data):
        crlf = data.find(b"\r\n", at, at + 66)
        end = crlf if crlf >= 0 else min(at + 64, len(data))
        lines.append(f"{at:04x}: {shown(data[at:end])}\n")
        at = end + 2 * (crlf >= 0)
    return "".join(lines)


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@dataclass
class Log:
    """A log that grows; `at_us` is the time of the next record."""

    ascii: bool = False
    timed: bool = True
    info: str = "* "
    at_us: int = 36_000_000_000
    text: str = field(default="", init=False)

    def say(self, what: str, after_us: int = 0) -> Log:
        """A line of curl's own."""
        self.text += f"{self._stamp(after_us)}{self.info}{what}\n"
        return self

    def add(self, what: str, data: bytes, after_us: int = 0) -> Log:
        """A record such as `<= Recv data`."""
        self.text += f"{self._stamp(after_us)}{what}, {len(data)} bytes (0x{len(data):x})\n"
        self.text += ascii_dump(data) if self.ascii else hex_dump(data)
        return self

    def send(self, head: bytes, body: bytes = b"") -> Log:
        """A request."""
        self.add("=> Send header", head)
        return self.add("=> Send data", body, 50) if body else self

    def head(self, *lines: bytes, after_us: int = 1000) -> Log:
        """A response head, line by line."""
        for line in lines or HEAD:
            self.add("<= Recv header", line, after_us)
            after_us = 0
        return self

    def data(self, *reads: bytes, after_us: int = 20_000) -> Log:
        """Reads of the body, as they are on the wire."""
        for read in reads:
            self.add("<= Recv data", read, after_us)
        return self

    @property
    def raw(self) -> bytes:
        return self.text.encode("latin-1")

    def _stamp(self, after_us: int) -> str:
        self.at_us += after_us
        seconds, us = divmod(self.at_us % 86_400_000_000, 1_000_000)
        stamp = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{us:06} "
        return stamp if self.timed else ""
