"""What a user adds to the defaults of redaction, and what a user wants in clear: plain values, checked when made.

A rule that can't be understood is refused by name before anything is recorded; one that would make recording slow is
refused as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from mocksse.cassette.redact import paths, patterns
from mocksse.errors import UsageError


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules beyond the defaults. Raises UsageError for one that is not valid, and names it."""

    headers: tuple[str, ...] = ()
    """Names of headers, of requests and answers, in any case: their values go."""
    jsonpaths: tuple[str, ...] = ()
    """RFC 9535 paths into JSON bodies and the data of events: every string and number of what they select goes."""
    patterns: tuple[str, ...] = ()
    """Regular expressions over headers, URLs, names and the lines of bodies; only the first group goes, if there is
    one."""
    keep_headers: tuple[str, ...] = ()
    """Names of headers that are stored as they are. Credentials in them go even so."""

    def __post_init__(self) -> None:
        for name in ("headers", "keep_headers"):
            object.__setattr__(self, name, tuple(header.strip().lower() for header in getattr(self, name)))
        for header in (*self.headers, *self.keep_headers):
            if not header.isascii() or not header.replace("-", "").replace("_", "").isalnum():
                raise UsageError(f"redact: {header!r} is no name of a header", "a name alone, such as x-request-id")
        if both := set(self.headers) & set(self.keep_headers):
            raise UsageError(f"redact: {min(both)} is to be blotted and to be kept", "say one of them")
        for path in self.jsonpaths:
            paths.compile_path(path)
        for pattern in self.patterns:
            patterns.compile_pattern(pattern)

    def keeps(self, header: str) -> bool:
        """Whether a header is to be stored as it is."""
        return header.lower() in self.keep_headers

    def blots(self, header: str) -> bool:
        """Whether a rule says that a header's value goes."""
        return header.lower() in self.headers


NO_RULES = Rules()
"""The defaults alone."""
