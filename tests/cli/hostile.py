"""Files that no cassette is, by strangers and by accident, and the one line that each is answered with.

`{}` in a line stands for the file. A file of 50,000 brackets crashes libyaml's own composer, seven levels of merge keys
cost others minutes, and a tag of the wrong kind runs programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_QUOTE_IT = "(write the text itself, in quotes if it begins with one of & * ! %)"
_NOT_ONE = "{}:1: not a cassette (a cassette begins with `mocksse: 1` and has interactions)"
_TOO_DEEP = "nested deeper than 32 levels (flatten it)"
_ESCAPE_IT = "(write it as an escape in double quotes, or as base64)"


def _bomb(first: str, each: str, levels: int = 7) -> str:
    """Each level stands for ten of the level before it."""
    lines = [f"l0: &l0 {first}"]
    lines += [f"l{n}: &l{n} " + each.format(",".join([f"*l{n - 1}"] * 10)) for n in range(1, levels + 1)]
    return "\n".join(lines) + "\n"


STREAM = "path: /x\nstream:\n  - data: a\n"

HOSTILE: dict[str, tuple[bytes, str]] = {
    "brackets": (b"[" * 50_000 + b"]" * 50_000, "{}:1: " + _TOO_DEEP),
    "brackets in data": (STREAM.encode() + b"  - data: " + b"[" * 50_000 + b"]" * 50_000, "{}:4: " + _TOO_DEEP),
    "braces": (b"{a: " * 50_000 + b"}" * 50_000, "{}:1: " + _TOO_DEEP),
    "dashes": (b"- " * 50_000, "{}:1: " + _TOO_DEEP),
    "indents": ("".join(f"{' ' * n}a:\n" for n in range(500)).encode(), "{}:33: " + _TOO_DEEP),
    "question marks": (b"? " * 50_000, "{}:1: a key must be text (quote it)"),
    "merge bomb": (
        _bomb("{k: v}", "{{<<: [{}]}}").encode(),
        "{}:1: anchors are not allowed " + _QUOTE_IT,
    ),
    "alias bomb": (_bomb("[x]", "[{}]", 10).encode(), "{}:1: anchors are not allowed " + _QUOTE_IT),
    "alias": (b"path: /x\nstream: *all\n", "{}:2: aliases are not allowed " + _QUOTE_IT),
    "merge key": (b"path: /x\nrequest:\n  <<: {a: b}\n", "{}:3: merge keys are not allowed (write the values out)"),
    "tag that runs": (
        b"path: /x\nname: !!python/object/apply:os.system ['touch hacked']\n",
        "{}:2: tags are not allowed " + _QUOTE_IT,
    ),
    "tag of an object": (b"!!python/object:os.Foo {}\n", "{}:1: tags are not allowed " + _QUOTE_IT),
    "tag of bytes": (
        STREAM.encode() + b"  - data: !!binary aGk=\n",
        "{}:4: tags are not allowed " + _QUOTE_IT,
    ),
    "key twice": (STREAM.encode() + b"path: /y\n", "{}:4: the key 'path' stands here twice (keep one of them)"),
    "two documents": (STREAM.encode() + b"---\npath: /y\n", "{}:4: a second document (keep one to a file)"),
    "NUL": (STREAM.encode() + b"  - data: \0\n", "{}:4: not YAML: the character U+0000 " + _ESCAPE_IT),
    "control character": (b"path: /x\x1b[2J\n", "{}:1: not YAML: the character U+001B " + _ESCAPE_IT),
    "no UTF-8": (STREAM.encode() + b"  - data: \xff\n", "{}:4: not UTF-8 (save the file as UTF-8)"),
    "UTF-16": (STREAM.encode("utf-16"), "{}:1: not UTF-8 (save the file as UTF-8)"),
    "tabs": (
        b"path: /x\nstream:\n\t- data: a\n",
        "{}:3: not YAML: found character that cannot start any token "
        "(indent with spaces; quote text that begins with a special sign)",
    ),
    "not closed": (
        STREAM.encode() + b"  - data: 'a\n",
        "{}:5: not YAML: found unexpected end of stream (quote the text, or check the indentation)",
    ),
    "number": (
        STREAM.encode() + b"  - after_ms: 1.0e999\n",
        "{}:4: '1.0e999' is too large a number (put it in quotes if it is text)",
    ),
    "a list": (b"- a\n- b\n", _NOT_ONE),
    "a word": (b"hello\n", _NOT_ONE),
    "empty": (b"", _NOT_ONE),
    "wrong key": (STREAM.encode() + b"steam: []\n", "{}:4: a cassette has no 'steam' (did you mean stream?)"),
}


def write_all(folder: Path) -> dict[str, str]:
    """All of them as files in the folder; gives each path with its line, by what it is."""
    lines = {}
    for name, (data, line) in HOSTILE.items():
        path = folder / f"{name.replace(' ', '-')}.yaml"
        path.write_bytes(data)
        lines[str(path)] = line.replace("{}", str(path), 1)
    huge = folder / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    lines[str(huge)] = f"{huge}:1: larger than a cassette may be: 64 MiB (split it into several files)"
    return lines
