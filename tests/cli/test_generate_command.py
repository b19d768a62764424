"""`mocksse generate`: files and stdout, what is refused, and that the same seed is the same bytes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from mocksse.cassette.load import load, loads
from mocksse.cassette.units import api_of, units
from mocksse.cli import run
from mocksse.cli.generate_command import APIS
from mocksse.providers.encode.registry import ENCODERS
from mocksse.providers.turn import Turn, merge

LONG = Path(__file__).parents[2] / "cassettes" / "long.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def generated(capsys: pytest.CaptureFixture[str], *args: str, api: str = "cohere") -> str:
    """What is on stdout."""
    assert run(["generate", "--api", api, *args]) == 0
    return capsys.readouterr().out


def turn_of(text: str) -> Turn:
    (interaction,) = loads(text.encode()).interactions
    return merge(api_of(interaction), units(interaction.response))


def test_the_apis_are_those_that_can_be_encoded() -> None:
    assert tuple(ENCODERS) == APIS


@pytest.mark.parametrize("api", APIS)
def test_a_cassette_on_stdout_the_same_one_each_time(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--words", "8", "--reasoning", "5", "--tool", 'weather={"city": "Köln"}', "--tool", "now", "--usage")
    first, again = (generated(capsys, *words, "--jitter", "20", api=api) for _ in range(2))
    other = generated(capsys, *words, "--jitter", "20", "--seed", "1", api=api)
    assert first == again != other
    said = turn_of(first)
    assert len(said.first.text.split()) == 8
    assert [(c.name, c.arguments) for c in said.first.tool_calls] == [("weather", '{"city":"Köln"}'), ("now", "{}")]
    assert said.usage


def test_a_file_or_a_folder_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert generated(capsys, "-o", "one.yaml") == "one.yaml\n"
    assert generated(capsys, "-n", "3", "--seed", "5", "-o", "all.yaml") == "all.yaml\n"
    assert [i.name for i in load(Path("all.yaml"))] == ["cohere-5", "cohere-6", "cohere-7"]
    assert generated(capsys, "-n", "2", "--seed", "5", "-o", "made/").split() == [
        "made/cohere-5.yaml",
        "made/cohere-6.yaml",
    ]
    assert load(Path("made/cohere-6.yaml")).interactions == load(Path("all.yaml")).interactions[1:2]
    assert run(["generate", "--api", "cohere", "-o", "one.yaml"]) == 2
    assert "one.yaml exists" in capsys.readouterr().err
    before = Path("one.yaml").read_bytes()
    assert generated(capsys, "--seed", "9", "-o", "one.yaml", "--force") == "one.yaml\n"
    assert Path("one.yaml").read_bytes() != before


def test_nothing_is_written_where_one_file_is_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    Path("made").mkdir()
    Path("made/cohere-1.yaml").write_text("path: /x\nstream: []\n")
    assert run(["generate", "--api", "cohere", "-n", "3", "-o", "made"]) == 2
    assert "made/cohere-1.yaml exists" in capsys.readouterr().err
    assert [path.name for path in Path("made").iterdir()] == ["cohere-1.yaml"]


def test_text_from_the_line_a_file_and_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Grüße 👩‍👩‍👧‍👦\n"
    Path("t.txt").write_text(text)
    assert turn_of(generated(capsys, "--text", text)).first.text == text
    assert turn_of(generated(capsys, "--text", "@t.txt")).first.text == text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert turn_of(generated(capsys, "--text", "@-")).first.text == text


def test_the_waits_of_a_recording(capsys: pytest.CaptureFixture[str]) -> None:
    text = generated(capsys, "--timing-from", str(LONG), "--words", "60")
    sample = {piece.after_us for i in load(LONG) for piece in i.response.pieces[1:]}
    drawn = {piece.after_us for i in loads(text.encode()) for piece in i.response.pieces[1:]}
    assert drawn <= sample | {0}
    assert len(drawn) > 5


def test_figures_of_pace(capsys: pytest.CaptureFixture[str]) -> None:
    (interaction,) = loads(generated(capsys, "--ttft", "70", "--tps", "10", "--text", "a b c").encode()).interactions
    assert interaction.response.piece_times_us[0] == 70_000
    assert {piece.after_us for piece in interaction.response.pieces} == {0, 100_000}


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--api", "groq"), "--api: "),
        (("--api", "cohere", "--text", "a", "--words", "3"), "which of them?"),
        (("--api", "cohere", "--tps", "9", "--timing-from", "x.yaml"), "which of them?"),
        (("--api", "cohere", "--timing-from", "x.yaml"), "no such file or folder: x.yaml"),
        (("--api", "cohere", "--tool", "a=[1]"), "--tool a: its arguments are no JSON object"),
        (("--api", "cohere", "--tool", "a={"), "no JSON object"),
        (("--api", "cohere", "--tool", 'a={"n": NaN}'), "no JSON object"),
        (("--api", "cohere", "--tool", "={}"), "is no name of a tool"),
        (("--api", "cohere", "--cut", "word"), "--cut 'word' is no way to cut a text"),
        (("--api", "cohere", "--locale", "xx_XX"), "--locale xx_XX: no words in it"),
        (("--api", "cohere", "--tps", "0"), "tps: 0 would never end"),
        (("--api", "cohere", "--jitter", "200"), "more than 100 percent"),
        (("--api", "cohere", "--text", "@nothing.txt"), "--text @nothing.txt: No such file or directory"),
        (("--api", "cohere", "--text", "@latin.txt"), "is not UTF-8"),
        (("--api", "cohere", "-o", "x.json"), "ends in .yaml or .yml"),
        (("--api", "cohere", "-o", "made"), "use -o made.yaml"),
        (("--api", "cohere", "--force"), "--force needs -o"),
    ],
)
def test_what_is_refused_in_one_line(args: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("latin.txt").write_bytes(b"\xe9")
    assert run(["generate", *args]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
