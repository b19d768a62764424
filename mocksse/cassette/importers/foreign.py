"""Files that look like something to import and are not: other tools' recordings, cassettes, re-encoded output.

Each gets one clear line and what to do instead. Only the beginning of a file decides what it is: a body may hold the
same words anywhere.
"""

from __future__ import annotations

import re
import shlex

from mocksse.cassette.load import loads
from mocksse.errors import CassetteError, UsageError

_START = 8192
# Comments, a document's start and blank lines may stand before the first key.
_YAML = re.compile(rb"(?:\s*(?:#[^\n]*|---[^\n]*)\n)*\s*(mocksse|interactions|version|http_interactions):", re.ASCII)
_VERSION = re.compile(rb"^version:[ \t]*\d", re.MULTILINE)
_HAR = re.compile(rb'\s*\{\s*"log"\s*:\s*\{')
_HAR_KEYS = re.compile(rb'"(?:version|creator|entries|pages)"\s*:')
_JSON_VCR = re.compile(rb'\s*\{\s*"(?:http_interactions|interactions|version)"\s*:')
_JSON_VCR_KEYS = re.compile(rb'"(?:http_)?interactions"\s*:\s*\[')
# What curl shows with -v, beside the body or in between: `> POST / HTTP/1.1`, `< HTTP/1.1 200 OK`.
_VERBOSE = re.compile(rb"^(?:[0-9:.]+ )?> [A-Z]+ \S+ HTTP/.*^(?:[0-9:.]+ )?< HTTP/", re.MULTILINE | re.DOTALL)

_INSTEAD = "save the answer alone, with curl -N or curl -i, and import that; or record it again with mocksse record"


def refuse(data: bytes, source: str) -> None:
    """Raises UsageError for a file of another kind. `source` names it in the error."""
    start = data[:_START]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{source}: is UTF-16, so these are not the bytes that came", "let curl write it: -o FILE")
    if _VERBOSE.search(start):
        raise UsageError(f"{source}: what curl -v says is no trace", "use curl --trace FILE --trace-time")
    if _HAR.match(start) and _HAR_KEYS.search(start):
        raise UsageError(f"{source}: is a HAR file, which can't be imported", _INSTEAD)
    if _JSON_VCR.match(start) and _JSON_VCR_KEYS.search(start):
        raise UsageError(f"{source}: is a VCR cassette, which can't be imported", _INSTEAD)
    if found := _YAML.match(start):
        _refuse_yaml(found[1], data, source)


def _refuse_yaml(key: bytes, data: bytes, source: str) -> None:
    if key == b"mocksse" or (key == b"interactions" and _is_cassette(data)):
        raise UsageError(f"{source}: is a mocksse cassette already", f"mocksse serve {shlex.quote(source)}")
    if key == b"http_interactions":
        raise UsageError(f"{source}: is a cassette of Ruby's VCR, which can't be imported", _INSTEAD)
    # vcrpy writes its version last, go-vcr first.
    if key == b"interactions" and _VERSION.search(data):
        raise UsageError(f"{source}: is a vcrpy cassette, which can't be imported", _INSTEAD)
    if key == b"version" and re.search(rb"^interactions:", data[:_START], re.MULTILINE):
        raise UsageError(f"{source}: is a go-vcr cassette, which can't be imported", _INSTEAD)


def _is_cassette(data: bytes) -> bool:
    try:
        return bool(loads(data).interactions)
    except CassetteError:
        return False
