"""What a test names, as cassettes to play: files, folders, values, streams written in the test, generated answers.

Reads files; changes nothing. A file is read once for all tests of a process, as long as it stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from mocksse.cassette.library import ENDINGS, Shelved, find, pick
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Piece, Request, Response
from mocksse.cassette.naming import free_name
from mocksse.cassette.pacing import INSTANT, Fixed, Pacing, parse_word
from mocksse.cassette.shipped import shipped
from mocksse.errors import UsageError, nearest
from mocksse.replay.faults.grammar import parse
from mocksse.testing.config import pacing_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mocksse.replay.faults.grammar import Spec
    from mocksse.testing.config import Config

_PROMPT = "Say anything."
_LOADING = Lock()
"""msgspec makes its decoder of a type when it is first used, and two threads at once can end the process."""


@dataclass(frozen=True, slots=True)
class Named:
    """`alone`: it was named by itself, and not as one of a folder."""

    shelved: Shelved
    alone: bool = True


def shelved(
    what: Iterable[str | Path | Cassette | Interaction], folder: Path | None, api: str | None
) -> tuple[Named, ...]:
    """The cassettes that are meant, each under the name by which the server knows it; in the format of `api`."""
    found: list[Named] = []
    for one in what:
        match one:
            case Interaction():
                found.append(Named(Shelved(one.name, Path(), Cassette((one,)))))
            case Cassette():
                found.append(Named(Shelved(Path(one.source).stem or "cassette", Path(one.source), one)))
            case _:
                found += _from_disk(one, folder)
    return tuple(found if api is None else [replace(item, shelved=_as(item.shelved, api)) for item in found])


def _from_disk(name: str | Path, folder: Path | None) -> list[Named]:
    file, mark, inside = str(name).rpartition("#")
    if mark and _found(name, folder) is None:
        whole = _from_disk(file, folder)
        return [Named(item, alone=whole[0].alone) for item in pick((one.shelved for one in whole), inside)]
    path = place(name, folder)
    if path.is_file():
        # Named as it was called: the draws of its faults start from its name, wherever the test runs.
        called = path.stem if Path(name).is_absolute() else Path(name).with_suffix("").as_posix()
        return [Named(Shelved(called, path, _load(path)))]
    return [Named(Shelved(called, file, _load(file)), alone=False) for called, file in find([path])]


def place(name: str | Path, folder: Path | None) -> Path:
    """The file or folder that a test means by a name. Raises UsageError where there is none."""
    path = _found(name, folder)
    if path is not None:
        return path
    known = [called for root in (folder, shipped()) if root is not None and root.is_dir() for called in _names(root)]
    where = f"{folder}, " if folder is not None else ""
    hint = nearest(Path(name).with_suffix("").as_posix(), known) or "mocksse record URL makes one"
    raise UsageError(
        f"no cassette is called {name}: looked in {where}the current folder, and the recordings of mocksse", hint
    )


def _found(name: str | Path, folder: Path | None) -> Path | None:
    for root in (*([folder] if folder is not None else []), Path(), shipped()):
        for path in (root / name, *(root / f"{name}{ending}" for ending in ENDINGS)):
            if path.exists():
                return path
    return None


def _names(folder: Path) -> list[str]:
    try:
        return [name for name, _ in find([folder])]
    except UsageError:
        return []


def _load(path: Path) -> Cassette:
    stat = path.stat()
    return _loaded(path.resolve(), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _loaded(path: Path, _: int, __: int) -> Cassette:
    with _LOADING:
        return load(path)


def _as(item: Shelved, api: str) -> Shelved:
    """The cassette in another API's format; what is in it already stays as it is."""
    from mocksse.cassette.units import api_of
    from mocksse.generate.converted import convert

    can_be_made(api)

    def turned(interaction: Interaction) -> Interaction:
        spoken = api_of(interaction)
        return interaction if spoken is not None and spoken.name == api else convert(interaction, api)[0]

    return replace(item, cassette=replace(item.cassette, interactions=tuple(map(turned, item.cassette))))


def spent(item: Shelved, there: Iterable[Shelved], asked: Collection[str]) -> list[str]:
    """Those written in the test that have answered the very request already, which another is to answer now."""
    if item.path != Path():
        return []
    wanted = [interaction.request for interaction in item.cassette]
    return [
        other.name
        for other in there
        if other.name in asked
        and other.path == Path()
        and other.cassette != item.cassette
        and [interaction.request for interaction in other.cassette] == wanted
    ]


def renamed(item: Shelved, there: Iterable[Shelved], used: Collection[str]) -> Shelved:
    """Under the name of the same file, or of what is just the same; under a free one where its own is another's."""
    known = {other.name: other for other in there}

    def is_taken(name: str) -> bool:
        other = known.get(name)
        if other is None:
            return name in used
        shared = {one.name for one in other.cassette} & {one.name for one in item.cassette}
        return other.cassette != item.cassette and (item.path == Path() or other.path != item.path or not shared)

    return replace(item, name=free_name(item.name, is_taken))


def inline(
    events: str | bytes | Iterable[str | bytes],
    path: str,
    method: str | None,
    status: int,
    content_type: str,
    headers: Mapping[str, str],
    name: str,
) -> Interaction:
    """A stream written in a test. Raises UsageError for an event that is neither text nor bytes."""
    events = [events] if isinstance(events, str | bytes) else events
    fields = {"Content-Type": content_type, **headers}
    response = Response(
        status,
        tuple((key.encode(), value.encode()) for key, value in fields.items()),
        "chunked",
        tuple(Piece(0, _event(event)) for event in events),
    )
    return Interaction(name, Request(path, method), response)


def _event(event: object) -> bytes:
    match event:
        case bytes():
            return event
        case str():
            return f"{event.rstrip()}\n\n".encode()
    raise UsageError(f"an event of a stream is text or bytes, and not {type(event).__name__}", "such as 'data: one'")


def can_be_made(api: str) -> None:
    """Raises UsageError for an API in whose format no answer can be put."""
    from mocksse.providers.encode.registry import ENCODERS

    if api not in ENCODERS:
        raise UsageError(f"no stream of {api!r} can be made", nearest(api, ENCODERS) or f"one of {', '.join(ENCODERS)}")


def generated(
    api: str,
    text: str | None,
    words: int,
    reasoning: int,
    tools: Mapping[str, Mapping[str, Any]],
    usage: bool,
    model: str | None,
    seed: int,
) -> Interaction:
    """An answer that no model gave. Raises UsageError for an API that none can be made of."""
    from mocksse.generate.made import Tool, Wanted, make

    can_be_made(api)
    wanted = Wanted(
        api,
        Pacing(ttft=Fixed(0), gap=Fixed(0)),
        text,
        words,
        reasoning,
        tuple(Tool(name, dict(arguments)) for name, arguments in tools.items()),
        usage,
        prompt=_PROMPT,
        model=model,
    )
    return make(wanted, seed)


def faults(fault: str | Sequence[str]) -> tuple[Spec, ...]:
    """The specs. Raises UsageError."""
    texts = [fault] if isinstance(fault, str) else fault
    return tuple(spec for text in texts if text.strip() for spec in parse(text))


def pacing(config: Config, words: Mapping[str, Any]) -> Pacing:
    """The pace: what is said here, then what the suite says, then all at once. Raises UsageError."""
    unknown = words.keys() - pacing_words(words).keys() - {word for word, value in words.items() if value is None}
    if unknown:
        parse_word(min(unknown), "")
    said = _layer(pacing_words(words)).over(_layer(config.pacing))
    silent = said.speed is None and said.gap is None and said.ttft is None and said.tps is None
    return replace(said, speed=INSTANT) if silent else said


def _layer(words: Mapping[str, str]) -> Pacing:
    layer = Pacing()
    for word, text in words.items():
        layer = replace(layer, **{word: getattr(parse_word(word, text), word)})
    return layer
