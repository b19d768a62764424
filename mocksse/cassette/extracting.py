"""Extract rules between a document and their values. A cassette and the settings have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocksse.errors import UsageError
from mocksse.providers.extract import LANES, Extract, Lane, check_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.cassette.compose import Path
    from mocksse.cassette.document import ExtractDoc


def extract_of(doc: ExtractDoc | None, refused: Callable[[Path, str, str], Exception]) -> Extract | None:
    """The rules of a document. `refused`: the exception to raise, of (path below the rules, message, hint)."""
    if doc is None:
        return None
    paths: list[tuple[Lane, str]] = []
    for lane in LANES:
        given = getattr(doc, lane)
        for index, text in enumerate([given] if isinstance(given, str) else given or ()):
            try:
                check_path(text)
            except UsageError as error:
                raise refused((lane, index), f"extract: {error.message}", error.hint) from None
            paths.append((lane, text))
    return Extract(tuple(paths), tuple((doc.events or {}).items()), doc.join)


def extract_words(rules: Extract) -> dict[str, Any]:
    """The rules as a document has them."""
    doc: dict[str, Any] = {}
    for lane, path in rules.paths:
        doc.setdefault(lane, []).append(path)
    doc = {lane: paths[0] if len(paths) == 1 else paths for lane, paths in doc.items()}
    if rules.events:
        doc["events"] = dict(rules.events)
    return doc | ({"join": rules.join} if rules.join else {})
