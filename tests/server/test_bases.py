"""What the banner says of sessions and upstreams: one line each, and where they differ from the default session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click import unstyle

from mocksse.server.banner import banner
from mocksse.server.bases import Base, bases
from mocksse.server.through import Throughs
from mocksse.settings.resolve import settings_of

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:8080"


def told(folder: Path, text: str, *fresh: str) -> list[tuple[str, str, bool]]:
    (folder / "mocksse.yaml").write_text(text)
    settings = settings_of({}, {}, folder)
    found = bases(settings, Throughs(fresh=frozenset(folder / name for name in fresh)))
    return [(base.path, base.text.replace(f"{folder}/", ""), base.records) for base in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cassettes: c", []),
        ("sessions: {plain: {}}", [("/@plain/", "", False)]),
        ("sessions: {cut: {faults: [reset, split]}}", [("/@cut/", "reset; split", False)]),
        ("faults: reset\nsessions: {well: {faults: []}}", [("/@well/", "no faults", False)]),
        ("sessions: {slow: {pacing: {gap: 500}, cassettes: d}}", [("/@slow/", "d  gap=500", False)]),
        ("sessions: {hard: {match: {strict: true, ignore: [ids, dates]}}}", None),
        (
            "cassettes: c\nupstream: https://a\nrecord: new\nsessions: {cut: {faults: reset}}",
            [("/", "records new answers of https://a into c/", True), ("/@cut/", "reset", False)],
        ),
        (
            "cassettes: f\nupstream: {/o: 'https://a', /p: 'https://b'}\nrecord: once",
            [
                ("/o/", "records all answers of https://a into f/, once", True),
                ("/p/", "records all answers of https://b into f/, once", True),
            ],
        ),
        (
            "cassettes: c\nupstream: https://a\nrecord: once",
            [("/", "only replays: c/ is not empty (record once)", False)],
        ),
        ("cassettes: c\nupstream: https://a", [("/", "only replays: no upstream is asked (record none)", False)]),
        (
            "cassettes: c\nsessions: {rec: {cassettes: d, upstream: 'https://a', record: all}}",
            [("/@rec/", "d", False), ("/@rec/", "records all answers of https://a into d/", True)],
        ),
    ],
)
def test_bases(tmp_path: Path, text: str, wanted: list[tuple[str, str, bool]] | None) -> None:
    found = told(tmp_path, text, "f")
    assert found == (wanted if wanted is not None else [("/@hard/", "body=exact ignore=ids,dates", False)])


def test_they_stand_in_columns() -> None:
    text = unstyle(
        banner((), URL, 0, bases=[Base("/", "records", records=True), Base("/@cut/", "reset"), Base("/@a/", "")])
    )
    assert (
        text.splitlines()
        == [
            f"mocksse records at {URL}",
            "",
            "  /       records",
            "  /@cut/  reset",
            "  /@a/",
            "",
        ][: len(text.splitlines())]
    )
    assert text.endswith("  /@a/\n")


def test_nothing_yet() -> None:
    assert unstyle(banner((), URL, 0)).splitlines()[0] == f"mocksse plays nothing yet at {URL}"
