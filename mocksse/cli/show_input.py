"""What `show` is to show: cassettes, folders of them, and bodies as `import` reads them; one interaction, if named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mocksse.cli.body_input import STDIN, read_body
from mocksse.errors import UsageError
from mocksse.figures import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mocksse.cassette.library import Shelved
    from mocksse.cassette.model import Cassette
    from mocksse.providers.extract import Extract

_CASSETTE = (b"mocksse:", b"interactions:", b"path:", b"method:", b"stream:", b"pacing:", b"extract:")
"""How a line begins that only a cassette begins with."""


def shown(arguments: Sequence[str], rules: Extract | None = None) -> list[Shelved]:
    """The interactions meant by FILE|- ... [INTERACTION]. Raises MocksseError.

    What lies behind the first file and is no file itself is the name of an interaction. `rules`: what events mean of
    which nothing else is known.
    """
    paths = [text for number, text in enumerate(arguments) if number == 0 or text == "-" or Path(text).exists()]
    names = [text for text in arguments if text not in paths]
    if len(names) > 1:
        raise UsageError(f"no such file: {printable(names[0])}", "one interaction at a time is picked by its name")
    shelved = _shelve(paths)
    picked = _picked(shelved, names[0]) if names else shelved
    return [replace(item, cassette=_ruled(item.cassette, rules)) for item in picked]


def shelved_at(path: str) -> list[Shelved]:
    """A cassette, those of a folder, or a body as `import` reads it; - is standard input. Raises MocksseError."""
    return _shelve([path])


def _ruled(cassette: Cassette, rules: Extract | None) -> Cassette:
    from mocksse.cassette.units import with_rules

    return replace(cassette, interactions=tuple(with_rules(one, rules) for one in cassette))


def _shelve(paths: Sequence[str]) -> list[Shelved]:
    """In the order given; names of files are told apart among those that are no bodies."""
    from mocksse.cassette.library import Shelved, find, shelve

    bodies = [path for path in paths if path == "-" or _is_body(path)]
    rest = [path for path in paths if path not in bodies]
    if not bodies:
        return shelve(rest)
    shelved = [Shelved("-" if path == "-" else Path(path).name, Path(path), _read(path)) for path in bodies]
    return [*(shelve(rest) if rest and find(rest) else ()), *shelved]


def _is_body(path: str) -> bool:
    from mocksse.cassette.library import ENDINGS

    place = Path(path)
    if place.suffix in ENDINGS or place.is_dir() or not place.exists():
        return False
    if not place.is_file():
        return True  # a pipe can be read only once: what is in it shows then
    with place.open("rb") as file:
        return not _is_cassette(file.read(4096))


def _is_cassette(data: bytes) -> bool:
    lines = (line for line in data.splitlines() if line.strip() and not line.startswith((b"#", b"---")))
    return next(lines, b"").startswith(_CASSETTE)


def _read(path: str) -> Cassette:
    """A body as a cassette of one interaction, which is called after its file; of a pipe a cassette as well."""
    from mocksse.cassette.importers import ImportOptions, parse
    from mocksse.cassette.load import loads
    from mocksse.cassette.model import Cassette, Interaction, Request, Response

    data = read_body(path, "show")
    source = STDIN if path == "-" else path
    if _is_cassette(data[:4096]):
        return loads(data, source)
    if data:
        interaction = parse(data, source, ImportOptions()).interaction
    else:
        interaction = Interaction("", Request("/stream"), Response(200, (), "close", ()))
    return Cassette((replace(interaction, name="body" if path == "-" else Path(path).stem),), source=source)


def _picked(shelved: Sequence[Shelved], name: str) -> list[Shelved]:
    from mocksse.cassette.library import pick

    try:
        return pick(shelved, name)
    except UsageError as error:
        raise UsageError(f"no such file or interaction: {printable(name)}", error.hint) from None
