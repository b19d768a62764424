"""Which recording answers, how often, at which paths, and at whose pace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocksse.cassette.library import Shelved
from mocksse.cassette.load import load
from mocksse.cassette.model import Cassette, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, Normal, Pacing
from mocksse.errors import UsageError
from mocksse.server import session as session_module
from mocksse.server.session import Asked, Route, Session

STREAMS = b'{"stream":true,"messages":[{"role":"user","content":"%b"}]}'


def tape(name: str, path: str = "/a", body: bytes | None = None, pacing: Pacing | None = None) -> Interaction:
    response = Response(200, (), "chunked", (Piece(1000, name.encode()),))
    return Interaction(name, Request(path, "POST", (), body), response, pacing=pacing)


def shelf(**files: list[Interaction]) -> list[Shelved]:
    return [Shelved(name, Path(f"{name}.yaml"), Cassette(tuple(tapes))) for name, tapes in files.items()]


def chosen(session: Session, target: str = "/a", method: str = "POST", body: bytes = b"") -> str | None:
    found = session.choose(Asked(method, target, body))
    return found and found[0].key


# --- Counters


def test_the_same_request_gets_the_next_recording_and_then_the_last_again() -> None:
    session = Session(shelf(f=[tape("1"), tape("2")], g=[tape("3")]))
    assert [chosen(session) for _ in range(5)] == ["f#1", "f#2", "g#3", "g#3", "g#3"]


def test_another_prompt_has_a_counter_of_its_own() -> None:
    rivers, hills = STREAMS % b"rivers", STREAMS % b"hills"
    session = Session(
        shelf(f=[tape("r1", body=rivers), tape("h1", body=hills), tape("r2", body=rivers), tape("h2", body=hills)])
    )
    order = [rivers, rivers, hills, rivers, hills]
    assert [chosen(session, body=body) for body in order] == ["f#r1", "f#r2", "f#h1", "f#r2", "f#h2"]


def test_a_look_at_the_head_is_not_the_request_again() -> None:
    session = Session(shelf(f=[tape("1"), tape("2")]))
    assert [chosen(session, method=method) for method in ("HEAD", "POST", "HEAD", "POST")] == [
        "f#1",
        "f#1",
        "f#2",
        "f#2",
    ]


def test_two_sessions_count_for_themselves() -> None:
    shelved = shelf(f=[tape("1"), tape("2")])
    one, other = Session(shelved), Session(shelved)
    assert [chosen(one), chosen(one), chosen(other)] == ["f#1", "f#2", "f#1"]


def test_no_number_of_different_requests_is_remembered_for_ever() -> None:
    session = Session(shelf(f=[tape("1"), tape("2")]))
    for i in range(5000):
        session.choose(Asked("POST", f"/none?{i}"))
    assert len(session._found) <= 4096
    for size in (1024, 1025, 100_000):
        assert chosen(session, "/a?" + "&" * size, body=b"x" * size)
    assert all(len(target) + len(body) <= 2048 for _, target, body in session._found)
    assert [chosen(session), chosen(session)] == ["f#2", "f#2"]


def test_long_requests_are_told_apart() -> None:
    long = [STREAMS % (b"very long " * 200 + word) for word in (b"rivers", b"hills")]
    session = Session(shelf(f=[tape("r", body=long[0]), tape("h", body=long[1])]))
    assert [chosen(session, body=body) for body in long * 2] == ["f#r", "f#h"] * 2


# --- Misses


def test_a_miss_is_explained() -> None:
    session = Session(shelf(f=[tape("1", "/v1/x"), tape("2", "/other")]))
    assert chosen(session, "/v1/y") is None
    nearest, further = session.explain_miss("POST", "/v1/y", b"")
    assert nearest == {"interaction": "f#1", "request": "POST /v1/x", "differs": ["path /v1/x"]}
    assert further["interaction"] == "f#2"


def test_whether_it_streams_is_part_of_the_question() -> None:
    session = Session(shelf(f=[tape("1", body=b'{"stream":true}')]))
    assert chosen(session, body=b'{"stream":false}') is None
    assert session.explain_miss("POST", "/a", b"{}")[0]["differs"] == ["stream: true"]
    assert chosen(session, body=b'{"stream":true,"model":"other"}') == "f#1"


# --- Routes


@pytest.mark.parametrize(
    ("name", "plays"),
    [
        ("one", ["chat#one", "chat#one"]),
        ("chat#one", ["chat#one", "chat#one"]),
        ("chat.yaml#one", ["chat#one", "chat#one"]),
        ("chat", ["chat#one", "chat#same", "chat#same"]),
        ("chat.yaml", ["chat#one", "chat#same", "chat#same"]),
        ("chat.yml", ["chat#one", "chat#same", "chat#same"]),
        ("sub/deep#same", ["sub/deep#same"]),
        ("sub/deep", ["sub/deep#same"]),
        ("twin.yml#a", ["twin.yml#a"]),
        ("twin.yaml", ["twin.yaml#a"]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_route_takes_a_name_a_file_or_both(name: str, plays: list[str], method: str) -> None:
    shelved = shelf(
        chat=[tape("one"), tape("same")],
        **{"sub/deep": [tape("same")], "twin.yml": [tape("a")], "twin.yaml": [tape("a")]},
    )
    session = Session(shelved, routes=[Route("/stream", name)])
    assert [chosen(session, "/stream", method) for _ in plays] == plays
    assert chosen(session, "/stream?token=5", method) == plays[-1]


def test_a_route_goes_before_a_recording_of_that_path() -> None:
    session = Session(shelf(f=[tape("1", "/a"), tape("2", "/b")]), routes=[Route("/a", "2")])
    assert chosen(session, "/a") == "f#2"
    assert chosen(session, "/b") == "f#2"


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("/s=same", "several interactions are called so (one of chat#same, other#same)"),
        ("/s=chta#one", "no interaction is called chta#one (did you mean chat#one?)"),
        ("/s=zzz", "no interaction is called zzz (mocksse show lists the names)"),
        ("/s=chat#two", "no interaction is called chat#two"),
    ],
)
def test_a_name_has_to_be_one(route: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        Session(shelf(chat=[tape("one"), tape("same")], other=[tape("same")]), routes=[Route(*route.split("=", 1))])
    assert str(caught.value).startswith(f"--route {route}: {words}")


# --- Whose pace

FILE = Pacing(gap=Fixed(1), ttft=Fixed(10), jitter=5)


@pytest.mark.parametrize(
    ("line", "interaction", "expected"),
    [
        (None, None, FILE),
        (None, Pacing(gap=Fixed(2)), Pacing(gap=Fixed(2), ttft=Fixed(10), jitter=5)),
        (Pacing(ttft=Fixed(30)), Pacing(gap=Fixed(2)), Pacing(gap=Fixed(2), ttft=Fixed(30), jitter=5)),
        (Pacing(gap=Fixed(3), jitter=0), Pacing(gap=Fixed(2)), Pacing(gap=Fixed(3), ttft=Fixed(10), jitter=0)),
        (Pacing(tps=50), Pacing(gap=Fixed(2)), Pacing(tps=50, ttft=Fixed(10), jitter=5)),
        (Pacing(speed=INSTANT), Pacing(gap=Fixed(2)), Pacing(speed=INSTANT, jitter=5)),
        (Pacing(seed=1), None, Pacing(gap=Fixed(1), ttft=Fixed(10), jitter=5, seed=1)),
    ],
)
def test_the_command_line_goes_before_the_interaction_and_that_before_its_file(
    line: Pacing | None, interaction: Pacing | None, expected: Pacing
) -> None:
    shelved = Shelved("f", Path("f.yaml"), Cassette((tape("1", pacing=interaction),), FILE))
    assert Session([shelved], line).tapes[0].pacing == expected


BY_HAND = "mocksse: 1\npath: /g\nstream: [{after_ms: 3, data: a}, {after_ms: 4, data: b}, {after_ms: 5, data: c}]\n"


def test_a_sample_is_read_beside_whoever_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "gaps.yaml").write_text(BY_HAND)
    (tmp_path / "sub" / "gaps.yaml").write_text(BY_HAND.replace("after_ms: 4", "after_ms: 400"))
    monkeypatch.chdir(tmp_path)
    named = tape("1", pacing=Pacing(gap=FromCassette("gaps.yaml")))
    shelved = [Shelved("f", tmp_path / "sub" / "f.yaml", Cassette((named, tape("2"))))]
    session = Session(shelved, Pacing(ttft=FromCassette("gaps.yaml")))
    assert session.tapes[0].pacing.gap == FromCassette("gaps.yaml", (400_000, 5_000))
    assert session.tapes[1].pacing == Pacing(ttft=FromCassette("gaps.yaml", (3_000,)))


def test_a_sample_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    named = tape("1", pacing=Pacing(gap=FromCassette("nope.yaml"), ttft=Normal(5, 1)))
    with pytest.raises(UsageError, match=r"from:nope\.yaml: no such cassette"):
        Session([Shelved("f", tmp_path / "f.yaml", Cassette((named,)))])


@pytest.mark.parametrize(
    ("pacing", "words"),
    [
        (Pacing(gap=FromCassette("one.yaml")), r"from:one\.yaml: no gaps in it \(name a recording with two chunks"),
        (Pacing(ttft=FromCassette("none.yaml")), r"from:none\.yaml: no answer with a body in it"),
    ],
)
def test_a_sample_of_nothing_is_an_error_at_once(pacing: Pacing, words: str, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("path: /g\nstream: [{data: a}]\n")
    (tmp_path / "none.yaml").write_text("path: /g\n")
    with pytest.raises(UsageError, match=words):
        Session([Shelved("f", tmp_path / "f.yaml", Cassette((tape("1", pacing=pacing),)))])


def test_a_sample_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gaps.yaml").write_text(BY_HAND)
    read: list[Path] = []
    monkeypatch.setattr(session_module, "load", lambda path: read.append(path) or load(path))
    tapes = [tape(str(i), pacing=Pacing(gap=FromCassette("gaps.yaml"))) for i in range(9)]
    Session([Shelved("f", tmp_path / "f.yaml", Cassette(tuple(tapes)))])
    assert read == [tmp_path / "gaps.yaml"]
