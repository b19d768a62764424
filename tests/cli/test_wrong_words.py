"""Words of the command line that are none: one line that begins with the word, and a hint where there is one."""

from __future__ import annotations

import pytest

from mocksse.cli import run


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("serve --spede 3", "no such option: --spede (did you mean --speed?)"),
        ("serve --zzzzzz", "no such option: --zzzzzz (mocksse serve --help)"),
        ("--zzzzzz", "no such option: --zzzzzz (mocksse --help)"),
        ("serve --record x", "--record: 'x' is not one of 'none', 'once', 'new', 'all'"),
        ("serve --port", "Option '--port' requires an argument."),
        ("serve --watch=1", "Option '--watch' does not take a value."),
        ("healthcheck a b", "Got unexpected extra argument (b) (mocksse healthcheck --help)"),
        ("scrub", "Missing argument 'PATHS...'. (mocksse scrub --help)"),
        ("serv", "no such command: serv (did you mean serve?)"),
    ],
)
def test_wrong_words(words: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words.split()) == 2
    assert capsys.readouterr() == ("", f"mocksse: {line}\n")
