"""A wrong cassette's complaint names the place and speaks a reader's language, wherever the fault is.

The exact lines stand in `handwritten.WRONG`; here every place of a whole document is made wrong in every way.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mocksse.cassette import document
from mocksse.cassette.complaint import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mocksse.cassette.compose import Path

FIELDS = {"comment": "c", "event": "e", "id": "i", "retry": 1, "data": "d"}
ENTRY = {**FIELDS, "after_ms": 1.5, "more": True, "of": 3, "line": "l", "text": "t", "base64": "", "events": [FIELDS]}
HEAD = [["a", "b"], [{"base64": ""}, {"base64": ""}]]
PACING = {"speed": 1, "gap": 1, "ttft": "x", "tps": 1, "jitter": 1, "max_gap": 1, "seed": 1}
EXTRACT = {
    "text": ["$.a"],
    "reasoning": "$.a",
    "tool": "$.a",
    "usage": "$.a",
    "error": "$.a",
    "finish": "$.a",
    "events": {"token": "text"},
    "join": " ",
}
WHOLE: dict[str, Any] = {
    "mocksse": 1,
    "pacing": PACING,
    "extract": EXTRACT,
    "path": "/x",
    "method": "GET",
    "stream": [ENTRY],
    "interactions": [
        {
            "name": "n",
            "recorded": {"at": "a", "upstream": "u", "by": "b"},
            "request": {"path": "/x", "method": "GET", "headers": {"a": "b"}, "json_style": "spaced", "text": "t"},
            "response": {
                "status": 200,
                "reason": "r",
                "http": "1.1",
                "headers": HEAD,
                "head_after_ms": 1,
                "framing": "close",
                "sse": {"eol": "lf", "space": True},
                "stream": [ENTRY],
                "trailers": {"a": "b"},
                "end": {"after_ms": 1, "how": "cut", "rest": [ENTRY]},
            },
            "path": "/x",
            "method": "GET",
            "stream": [ENTRY],
            "pacing": PACING,
            "extract": EXTRACT,
            "faults": ["f"],
        }
    ],
}
INTERNAL = re.compile(r"`|\b(object|array|str|int|float|bool|dict|None|null|True|False|regex|Doc|enum)\b")


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(inner, (*path, step))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def complaint(value: Any) -> tuple[Path, str, str] | None:
    try:
        msgspec.convert(value, document.CassetteDoc)
    except msgspec.ValidationError as error:
        return explain(error, value)
    return None


def test_the_whole_document_is_right_and_leaves_nothing_out() -> None:
    assert complaint(WHOLE) is None
    keys = {step for path in places(WHOLE) for step in path}
    structs = [kind for kind in vars(document).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    assert {field for struct in structs for field in struct.__struct_fields__} - keys == {"json"}


@pytest.mark.parametrize(
    "wrong", [None, True, -1, 2.5, 10**30, "", "nonsense", [], [[]], {}, {"nonsense": 1}], ids=repr
)
def test_any_value_anywhere(wrong: Any) -> None:
    complaints = 0
    for path in places(WHOLE):
        changed = json.loads(json.dumps(WHOLE)) if path else wrong
        if path:
            at(changed, path[:-1])[path[-1]] = wrong
        found = complaint(changed)
        if found is None:
            continue
        complaints += 1
        where, message, hint = found
        assert where[: len(path)] == path, (path, found)
        assert not INTERNAL.search(f"{message} {hint}".replace("`mocksse: 1`", "")), found
        assert "\n" not in message + hint
        assert len(message) < 200
    assert complaints > 50


def test_any_key_that_is_none() -> None:
    for path in places(WHOLE):
        if isinstance(at(WHOLE, path), dict) and path[-1:] not in {("headers",), ("trailers",), ("events",)}:
            changed = json.loads(json.dumps(WHOLE))
            at(changed, path)["nonsense"] = 1
            found = complaint(changed)
            assert found is not None
            where, message, hint = found
            assert where == (*path, "nonsense")
            assert message.endswith(" has no 'nonsense'")
            assert hint.startswith(("known here: ", "did you mean "))
