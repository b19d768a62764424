"""One body, many ways to cut it: what every incremental parser is tested with."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def cuttings(body: bytes, rounds: int) -> Iterator[list[bytes]]:
    """Whole; in ones, twos, threes; once at every place of a short body; `rounds` times anywhere, empty pieces too."""
    yield [body]
    for size in (1, 2, 3):
        yield [body[at : at + size] for at in range(0, len(body), size)]
    if len(body) <= 1000:
        for at in range(len(body) + 1):
            yield [body[:at], body[at:]]
    random = Random(f"cuttings:{len(body)}")
    for _ in range(rounds):
        cuts = sorted(random.choices(range(len(body) + 1), k=random.randint(1, min(len(body), 40) + 1)))
        yield [body[low:high] for low, high in zip([0, *cuts], [*cuts, len(body)], strict=True)]


def fed(make: Callable[[], Any], pieces: list[bytes]) -> list[Any]:
    """All items of a new parser that gets these pieces."""
    parser = make()
    items: list[Any] = [item for piece in pieces for item in parser.feed(piece)]
    return [*items, *parser.close()]


def assert_cut_independent(make: Callable[[], Any], body: bytes, rounds: int = 1000) -> list[Any]:
    """The items of the body, the same however it is cut."""
    expected = fed(make, [body])
    for pieces in cuttings(body, rounds):
        assert fed(make, pieces) == expected, pieces if len(pieces) < 50 else f"{len(pieces)} pieces"
    return expected
