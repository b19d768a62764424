"""Plain values to YAML text that `compose` reads back to the same values, and that people like to read.

Written by hand rather than by a dumper because neither of PyYAML's keeps a tape readable: the C one escapes every
emoji, the Python one changes U+0085 and is ten times slower. The subset used is small: block collections, flow
collections on one line, and four spellings of text (plain, single-quoted, double-quoted with escapes, literal).
"""

from __future__ import annotations

import json
import re
from typing import Any

from mocksse.errors import MocksseError

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_/.+-]*")
"""Text that needs no quotes anywhere, by any YAML's rules, unless it is one of these words."""
_RESERVED = re.compile(r"(?i:true|false|null|yes|no|on|off|y|n)")
# YAML's printable characters, without line breaks of any kind and the byte order mark.
_PRINTABLE = re.compile(r"[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_LITERAL_LINE = re.compile(r"(?:[^ \t\n].*)?")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\x85": "\\N", "\xa0": "\\_"}
_NOT_PRINTABLE = re.compile(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]|[\U0010ffff]')
_MAX_KEY = 1000
"""YAML finds the colon behind a key within 1,024 characters, or not at all."""
_WIDTH = 110
"""A collection that fits is written on one line."""


class Flow(dict[str, Any]):
    """A mapping that is always written on one line."""


def emit(value: Any, indent: int = 0) -> str:
    """The value as YAML lines, ending in a line feed.

    `value` is made of dict (keys are str), list, str, int, float, bool, None. Raises ValueError for text with a
    surrogate, a float that is not finite, and a key of about a thousand characters: YAML has no place for them.
    """
    out: list[str] = []
    _block(value, indent, out)
    return "".join(out)


def _block(value: dict[str, Any] | list[Any], indent: int, out: list[str]) -> None:
    pad = " " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            _item(f"{pad}{_key(key)}:", item, indent + 2, out)
    else:
        for item in value:
            if isinstance(item, dict) and item and _one_line(item, indent + 2) is None:
                first: list[str] = []
                _block(item, indent + 2, first)
                out.append(f"{pad}- {''.join(first)[indent + 2 :]}")
            else:
                _item(f"{pad}-", item, indent + 2, out)


def _item(lead: str, value: Any, indent: int, out: list[str]) -> None:
    if isinstance(value, str) and (literal := _literal(value, indent)):
        out.append(f"{lead} {literal}")
        return
    line = _one_line(value, len(lead)) if isinstance(value, (dict, list)) else flow(value)
    if line is not None:
        out.append(f"{lead} {line}\n")
    else:
        out.append(f"{lead}\n")
        _block(value, indent, out)


def _one_line(value: dict[str, Any] | list[Any], used: int) -> str | None:
    """The collection on one line, if it must be, is empty, or is short and flat."""
    if isinstance(value, Flow) or not value:
        return flow(value)
    items = value.values() if isinstance(value, dict) else value
    if any(map(_wants_lines, items)):
        return None
    nested = sum(isinstance(item, (dict, list)) and bool(item) for item in items)
    if nested > 1 or (nested and isinstance(value, list) and isinstance(value[0], list)):
        return None
    line = flow(value)
    return line if len(line) + used <= _WIDTH else None


def _wants_lines(value: Any) -> bool:
    """Whether it reads better on lines of its own: text of several lines, or what holds some."""
    if isinstance(value, str):
        return "\n" in value
    if isinstance(value, dict):
        return isinstance(value, Flow) or any(map(_wants_lines, value.values()))
    return isinstance(value, list) and any(map(_wants_lines, value))


def flow(value: Any) -> str:
    """The value on one line."""
    match value:
        case str():
            return _scalar(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return str(value)
        case float():
            return _float(value)
        case dict():
            return "{" + ", ".join([f"{_key(k)}: {flow(v)}" for k, v in value.items()]) + "}"
        case list() | tuple():
            return "[" + ", ".join([flow(v) for v in value]) + "]"
    raise MocksseError(f"{type(value).__name__} has no place in a cassette")


def _float(value: float) -> str:
    text = json.dumps(value, allow_nan=False)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")  # a number to YAML 1.1 readers too
    return text


def _key(text: str) -> str:
    key = _scalar(text)
    if len(key) > _MAX_KEY:
        raise ValueError("a key that is too long for YAML")
    return key


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text
    if _PRINTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _NOT_PRINTABLE.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("a surrogate can't be written as YAML")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _literal(text: str, indent: int) -> str | None:
    """The text as a literal block, where that is exact: lines of printable text with no leading or lone blanks."""
    body = text.removesuffix("\n")
    if "\n" not in text or not body or body.endswith("\n"):
        return None
    lines = body.split("\n")
    if not lines[0] or not all(_PRINTABLE.fullmatch(line) and (not line or line.strip(" \t")) for line in lines):
        return None
    if not _LITERAL_LINE.fullmatch(lines[0]):
        return None
    pad = " " * indent
    head = "|" if text.endswith("\n") else "|-"
    return head + "\n" + "".join(f"{pad}{line}\n" if line else "\n" for line in lines)
