"""A recording while it runs: an append-only file of JSON lines that a kill at any moment leaves readable.

Each line is one thing that arrived, already redacted; `read` gives back what there is, a torn last line aside, and
`build` makes of it the same Response as the recorder would have. The file lies beside the cassette it will become, as
`NAME.yaml.partial`; while somebody writes it, it is locked.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shlex
from base64 import b64decode, b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mocksse.cassette.entries import spell_verbatim
from mocksse.cassette.model import Headers, Interaction, Recorded, Request
from mocksse.cassette.naming import PARTIAL, free_file
from mocksse.cassette.seen import ChunkDone, ChunkSeen, DataSeen, EndSeen, HeadSeen, Seen, build
from mocksse.errors import CassetteError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ELSEWHERE = "choose another place with -o"
_quote = json.encoder.encode_basestring
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NAME = re.compile(r"(.+\.ya?ml)(\.[0-9]+)?\.partial", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known before the first byte: what was asked, and what the recording is to be called."""

    name: str
    request: Request
    recorded: Recorded


# --- As lines of JSON


def _bytes(line: dict[str, Any]) -> bytes:
    text: str | None = line.get("text")
    return text.encode() if text is not None else b64decode(line["base64"], validate=True)


def _pairs(headers: Headers) -> list[list[str]]:
    return [[n.decode("latin-1"), v.decode("latin-1")] for n, v in headers]


def _headers(pairs: list[list[str]]) -> Headers:
    return tuple((n.encode("latin-1"), v.encode("latin-1")) for n, v in pairs)


def _line(item: Seen) -> str:
    # What comes a hundred times a second is spelt by hand.
    match item:
        case ChunkSeen(size):
            return f'{{"chunk":{size}}}\n'
        case ChunkDone():
            return '{"done":true}\n'
        case DataSeen(at_us, data, rest):
            try:
                spelt = f'"text":{_quote(data.decode())}'
            except UnicodeDecodeError:
                spelt = f'"base64":"{b64encode(data).decode()}"'
            return f'{{"{"rest" if rest else "data"}":{at_us},{spelt}}}\n'
    return _to_json(_encode(item)) + "\n"


def _encode(item: HeadSeen | EndSeen) -> dict[str, Any]:
    match item:
        case HeadSeen():
            return {
                "head": item.status,
                "at_us": item.at_us,
                "reason": item.reason.decode("latin-1"),
                "http": item.http,
                "headers": _pairs(item.headers),
                "framing": item.framing,
            }
        case EndSeen():
            return {"end": item.how, "at_us": item.at_us, "trailers": _pairs(item.trailers)}


def _decode(line: dict[str, Any]) -> Seen:
    if "head" in line:
        reason, headers = line["reason"].encode("latin-1"), _headers(line["headers"])
        return HeadSeen(_int(line["at_us"]), _int(line["head"]), reason, line["http"], headers, line["framing"])
    if "chunk" in line:
        return ChunkSeen(_int(line["chunk"]))
    if "data" in line or "rest" in line:
        rest = "rest" in line
        return DataSeen(_int(line["rest" if rest else "data"]), _bytes(line), rest)
    if "done" in line:
        return ChunkDone()
    return EndSeen(_int(line["at_us"]), line["end"], _headers(line["trailers"]))


def _int(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a number")
    return value


def _opening_line(opening: Opening) -> dict[str, Any]:
    request = opening.request
    return {
        "mocksse_partial": 1,
        "name": opening.name,
        "method": request.method,
        "path": request.path,
        "headers": request.headers,
        "body": None if request.body is None else spell_verbatim(request.body),
        "at": opening.recorded.at,
        "upstream": opening.recorded.upstream,
        "by": opening.recorded.by,
    }


class Journal:
    """The open file. What one read brought is handed to the kernel at once: a kill takes none of it."""

    def __init__(self, target: Path, opening: Opening, *, new: bool = False) -> None:
        """Begin a new file beside `target`; with `new`, beside the first of `target`, `target-2`, `target-3`... that is
        neither there nor being recorded, which keeps that name for it. Raises UpstreamError where that can't be."""
        self.target, self.path, self._file = _reserve(target) if new else (target, *_create(target))
        self._has_head = False
        try:
            self._write([_to_json(_opening_line(opening)) + "\n"], _ELSEWHERE)
        except BaseException:
            self.close(remove=True)
            raise

    @property
    def rescue(self) -> str:
        """The command that makes a cassette of it, should this recorder not come to it."""
        return f"mocksse recover {shlex.quote(str(self.path))}"

    @property
    def has_answer(self) -> bool:
        """Whether there is anything in it that could be recovered."""
        if self._has_head:
            return True
        try:
            remains = read(self.path)
        except OSError:  # somebody took it away
            return False
        return remains is not None and remains.interaction is not None

    def write(self, items: Iterable[Seen]) -> None:
        """Append. Raises UpstreamError where the disk has no room."""
        items = list(items)
        self._write(map(_line, items), f"what came before is kept: {self.rescue}")
        self._has_head = self._has_head or any(isinstance(item, HeadSeen) for item in items)

    def _write(self, lines: Iterable[str], hint: str) -> None:
        data = "".join(lines).encode("utf-8", "surrogatepass")
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            raise UpstreamError(f"{self.path}: can't write: {error.strerror}", hint) from None

    def close(self, *, remove: bool) -> None:
        """Let go of the file; `remove` once what is in it is safe elsewhere, or worth nothing."""
        if self._file >= 0:
            if remove:
                self.path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1


def _create(target: Path) -> tuple[Path, int]:
    """A new journal file beside `target`, locked; remains of another recording are never touched."""
    _make_folder(target)
    for number in range(1, 1000):
        path = target.with_name(target.name + (f".{number}" if number > 1 else "") + PARTIAL)
        if (file := _open(path)) is not None:
            return path, file
    raise UpstreamError(f"{target}: a thousand interrupted recordings lie beside it", "mocksse recover turns them in")


def _reserve(wanted: Path) -> tuple[Path, Path, int]:
    """A target that nobody else has, and its journal file, locked.

    Who is done puts the cassette in its place before the journal goes: a name is free only where neither is there, in
    that order.
    """
    _make_folder(wanted)
    while True:
        target = free_file(wanted.parent, wanted.stem)
        path = target.with_name(target.name + PARTIAL)
        if (file := _open(path)) is None:
            continue
        if not target.exists():
            return target, path, file
        path.unlink(missing_ok=True)
        os.close(file)


def _make_folder(target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UpstreamError(f"{target.parent} is not a folder", _ELSEWHERE) from None
    except OSError as error:
        raise UpstreamError(f"{target}: can't write: {error.strerror}", _ELSEWHERE) from None


def _open(path: Path) -> int | None:
    """A new file, locked; None where there is one already."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
    except FileExistsError:
        return None
    except OSError as error:
        raise UpstreamError(f"{path}: can't write: {error.strerror}", _ELSEWHERE) from None
    with suppress(OSError):  # not every file system has locks
        fcntl.flock(file, fcntl.LOCK_EX)
    if os.fstat(file).st_nlink:
        return file
    # Somebody claimed it before it was locked, and took an empty file for remains.
    os.close(file)
    return None


@dataclass(frozen=True, slots=True)
class Remains:
    """What an interrupted recording left."""

    path: Path
    opening: Opening
    seen: tuple[Seen, ...] = field(repr=False)

    @property
    def target(self) -> Path:
        """The cassette that it was to become."""
        named = _NAME.fullmatch(self.path.name)
        return self.path.with_name(named[1] if named else self.path.name.removesuffix(PARTIAL))

    @property
    def interaction(self) -> Interaction | None:
        """The interaction, as far as it got; None where not even a head had come."""
        response = build(self.seen)
        opening = self.opening
        return None if response is None else Interaction(opening.name, opening.request, response, opening.recorded)


def is_partial(path: Path) -> bool:
    """Whether a file has the name of an interrupted recording: other programs leave .partial files too."""
    return _NAME.fullmatch(path.name) is not None


@contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Hold an interrupted recording, so that one alone turns it in; False where it is written, or held, by another.

    Raises FileNotFoundError where it is gone: who held it before has turned it in.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        is_ours = True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_ours = False
        except OSError:
            pass  # a file system without locks goes without
        if not os.fstat(file).st_nlink:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        yield is_ours
    finally:
        os.close(file)


def is_running(path: Path) -> bool:
    """Whether a recorder is writing this file at this moment."""
    try:
        with claim(path) as is_ours:
            return not is_ours
    except OSError:
        return False


def read(path: Path) -> Remains | None:
    """What is in a partial file; None where there is nothing. Raises CassetteError for a file of another kind."""
    lines = path.read_bytes().split(b"\n")
    seen: list[Seen] = []
    opening: Opening | None = None
    for number, raw in enumerate(lines[:-1], start=1):  # the last is empty, or torn
        try:
            line = json.loads(raw)
            if opening is None:
                opening = _opening(line)
            else:
                seen.append(_decode(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            if opening is None:
                raise CassetteError(f"{path}:{number}", "not an interrupted recording") from None
            break  # a disk that lost power may leave rubbish behind the last good line
    return None if opening is None else Remains(path, opening, tuple(seen))


def _opening(line: dict[str, Any]) -> Opening:
    if line["mocksse_partial"] != 1:
        raise ValueError("another version")
    body = line["body"]
    headers = tuple((str(n), str(v)) for n, v in line["headers"])
    request = Request(line["path"], line["method"], headers, None if body is None else _bytes(body))
    return Opening(line["name"], request, Recorded(line["at"], line["upstream"], line["by"]))
