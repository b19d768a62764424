"""Which recording answers, how often, at which paths, and at whose pace."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import session_of, settings_of

from mocksse.cassette.library import Shelved
from mocksse.cassette.load import load
from mocksse.cassette.match import Difference
from mocksse.cassette.model import Cassette, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.pacing import INSTANT, Fixed, FromCassette, Normal, Pacing
from mocksse.errors import UsageError
from mocksse.server import stock as stock_module
from mocksse.server.asked import Asked
from mocksse.server.session import Session

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
    session = session_of(shelf(f=[tape("1"), tape("2")], g=[tape("3")]))
    assert [chosen(session) for _ in range(5)] == ["f#1", "f#2", "g#3", "g#3", "g#3"]


def test_another_prompt_has_a_counter_of_its_own() -> None:
    rivers, hills = STREAMS % b"rivers", STREAMS % b"hills"
    session = session_of(
        shelf(f=[tape("r1", body=rivers), tape("h1", body=hills), tape("r2", body=rivers), tape("h2", body=hills)])
    )
    order = [rivers, rivers, hills, rivers, hills]
    assert [chosen(session, body=body) for body in order] == ["f#r1", "f#r2", "f#h1", "f#r2", "f#h2"]


def test_a_look_at_the_head_is_not_the_request_again() -> None:
    session = session_of(shelf(f=[tape("1"), tape("2")]))
    assert [chosen(session, method=method) for method in ("HEAD", "POST", "HEAD", "POST")] == [
        "f#1",
        "f#1",
        "f#2",
        "f#2",
    ]


def test_two_sessions_count_for_themselves() -> None:
    shelved = shelf(f=[tape("1"), tape("2")])
    one, other = session_of(shelved), session_of(shelved)
    assert [chosen(one), chosen(one), chosen(other)] == ["f#1", "f#2", "f#1"]


def test_no_number_of_different_requests_is_remembered_for_ever() -> None:
    session = session_of(shelf(f=[tape("1"), tape("2")]))
    for i in range(5000):
        session.choose(Asked("POST", f"/none?{i}"))
    assert len(session._found) <= 4096
    for size in (1024, 1025, 100_000):
        assert chosen(session, "/a?" + "&" * size, body=b"x" * size)
    assert all(len(target) + len(body) <= 2048 for _, target, body, _ in session._found)
    assert [chosen(session), chosen(session)] == ["f#2", "f#2"]


def test_long_requests_are_told_apart() -> None:
    long = [STREAMS % (b"very long " * 200 + word) for word in (b"rivers", b"hills")]
    session = session_of(shelf(f=[tape("r", body=long[0]), tape("h", body=long[1])]))
    assert [chosen(session, body=body) for body in long * 2] == ["f#r", "f#h"] * 2


# --- Misses


def test_a_miss_is_explained() -> None:
    session = session_of(shelf(f=[tape("1", "/v1/x"), tape("2", "/other")]))
    assert chosen(session, "/v1/y") is None
    nearest, further = session.nearest("POST", "/v1/y", b"")
    assert (nearest.tape.key, nearest.differs) == ("f#1", (Difference("path", "/v1/y", "/v1/x"),))
    assert further.tape.key == "f#2"


def test_whether_it_streams_is_part_of_the_question() -> None:
    session = session_of(shelf(f=[tape("1", body=b'{"stream":true}')]))
    assert chosen(session, body=b'{"stream":false}') is None
    assert session.nearest("POST", "/a", b"{}")[0].differs == (Difference("stream", asked=False, recorded=True),)
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
    session = session_of(shelved, routes={"/stream": name})
    assert [chosen(session, "/stream", method) for _ in plays] == plays
    assert chosen(session, "/stream?token=5", method) == plays[-1]


def test_a_route_goes_before_a_recording_of_that_path() -> None:
    session = session_of(shelf(f=[tape("1", "/a"), tape("2", "/b")]), routes={"/a": "2"})
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
        session_of(shelf(chat=[tape("one"), tape("same")], other=[tape("same")]), routes=dict([route.split("=")]))
    assert str(caught.value).startswith(f"route {route}: {words}")


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
    session = session_of([shelved], line)
    assert session.tapes[0].paced(session.pacing) == expected


BY_HAND = "mocksse: 1\npath: /g\nstream: [{after_ms: 3, data: a}, {after_ms: 4, data: b}, {after_ms: 5, data: c}]\n"


def test_a_sample_is_read_beside_whoever_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "gaps.yaml").write_text(BY_HAND)
    (tmp_path / "sub" / "gaps.yaml").write_text(BY_HAND.replace("after_ms: 4", "after_ms: 400"))
    monkeypatch.chdir(tmp_path)
    named = tape("1", pacing=Pacing(gap=FromCassette("gaps.yaml")))
    shelved = [Shelved("f", tmp_path / "sub" / "f.yaml", Cassette((named, tape("2"))))]
    session = session_of(shelved, Pacing(ttft=FromCassette("gaps.yaml")))
    assert session.tapes[0].pacing.gap == FromCassette("gaps.yaml", (400_000, 5_000))
    assert session.pacing == Pacing(ttft=FromCassette("gaps.yaml", (3_000,)))


def test_a_sample_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    named = tape("1", pacing=Pacing(gap=FromCassette("nope.yaml"), ttft=Normal(5, 1)))
    with pytest.raises(UsageError, match=r"from:nope\.yaml: no such cassette"):
        session_of([Shelved("f", tmp_path / "f.yaml", Cassette((named,)))])


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
        session_of([Shelved("f", tmp_path / "f.yaml", Cassette((tape("1", pacing=pacing),)))])


def test_a_sample_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gaps.yaml").write_text(BY_HAND)
    read: list[Path] = []
    monkeypatch.setattr(stock_module, "load", lambda path: read.append(path) or load(path))
    tapes = [tape(str(i), pacing=Pacing(gap=FromCassette("gaps.yaml"))) for i in range(9)]
    session_of([Shelved("f", tmp_path / "f.yaml", Cassette(tuple(tapes)))])
    assert read == [tmp_path / "gaps.yaml"]


# --- By rules


def test_a_sequence_plays_each_recording_once_the_best_first() -> None:
    tapes = [
        tape("r1", body=STREAMS % b"rivers"),
        tape("h1", body=STREAMS % b"hills"),
        tape("h2", body=STREAMS % b"hills"),
    ]
    session = session_of(shelf(f=tapes), pick="sequence")
    assert [chosen(session, body=STREAMS % b"hills") for _ in range(5)] == ["f#h1", "f#h2", "f#r1", "f#h2", "f#h2"]


@pytest.mark.parametrize(("exhausted", "last"), [("repeat", "f#2"), ("restart", "f#1"), ("error", None)])
@pytest.mark.parametrize("pick", ["best", "sequence"])
def test_when_all_were_played(pick: str, exhausted: str, last: str | None) -> None:
    session = session_of(shelf(f=[tape("1"), tape("2")]), pick=pick, on_exhausted=exhausted)
    assert [chosen(session) for _ in range(3)] == ["f#1", "f#2", last]


def test_sessions_with_a_seed_each_share_what_is_not_drawn() -> None:
    first = session_of(shelf(f=[tape("1")]), Pacing(seed=1))
    second = Session(first.stock, settings_of(Pacing(seed=2)))
    asked = Asked("POST", "/a")
    paced = Asked("POST", "/a", pacing=Pacing(seed=3))
    plays = [session.play(request) for session in (first, second) for request in (asked, paced)]
    assert [play and play.kind.seed for play in plays] == [1, 3, 2, 3]
    assert len({id(play and play.ready) for play in plays}) == 2, "paced by the request, and not"


def test_round_robin_and_random_ignore_the_body() -> None:
    tapes = [tape(word, body=STREAMS % word.encode()) for word in ("rivers", "hills", "seas")]
    session = session_of(shelf(f=tapes), pick="round-robin")
    assert [chosen(session, body=STREAMS % b"hills") for _ in range(4)] == ["f#rivers", "f#hills", "f#seas", "f#rivers"]
    session = session_of(shelf(f=tapes), Pacing(seed=1), pick="random")
    other = session_of(shelf(f=tapes), Pacing(seed=1), pick="random")
    drawn = [chosen(session, body=STREAMS % b"hills") for _ in range(30)]
    assert drawn == [chosen(other, body=STREAMS % b"seas") for _ in range(30)]
    assert set(drawn) == {"f#rivers", "f#hills", "f#seas"}


def test_where_the_body_is_demanded_another_one_is_a_miss() -> None:
    session = session_of(shelf(f=[tape("r", body=STREAMS % b"rivers")]), body="exact", ignore=["model"])
    assert chosen(session, body=STREAMS % b"rivers") == "f#r"
    assert chosen(session, body=STREAMS.replace(b"{", b'{"model":"m",', 1) % b"rivers") == "f#r"
    assert chosen(session, body=STREAMS % b"hills") is None
    (near,) = session.nearest("POST", "/a", STREAMS % b"hills")
    assert [item.field for item in near.differs] == ["$.messages[0].content"]


def test_headers_that_were_chosen_tell_recordings_apart() -> None:
    by = [Interaction(n, Request("/a", "POST", (("x-tenant", n),)), tape(n).response) for n in ("red", "blue")]
    session = session_of(shelf(f=by), headers=["X-Tenant"])
    found = [session.choose(Asked("POST", "/a", headers=(("x-tenant", name),))) for name in ("blue", "red", "green")]
    assert [item and item[0].key for item in found] == ["f#blue", "f#red", None]


def test_of_several_files_the_time_tells_the_order() -> None:
    def at(name: str, time: str) -> Interaction:
        return Interaction(name, Request("/a", "POST"), tape(name).response, Recorded(time))

    late, early = at("late", "2026-11-22T10:00:00.000Z"), at("early", "2026-11-22T09:00:00.000Z")
    assert [chosen(session_of(shelf(a=[late], b=[early]))) for _ in range(1)] == ["b#early"]
    session = session_of(shelf(a=[late], b=[early], c=[tape("by hand")]))
    assert [chosen(session) for _ in range(3)] == ["a#late", "b#early", "c#by hand"]


def test_what_changed_in_the_stock_answers_the_next_request() -> None:
    session = session_of(shelf(f=[tape("1"), tape("2")]))
    assert chosen(session) == "f#1"
    session._stock.put(shelf(f=[tape("1"), tape("2"), tape("3")])[0])
    session.refresh()
    assert [chosen(session) for _ in range(2)] == ["f#1", "f#2"], "another group, and another count"
    assert len(session.tapes) == 3


def test_a_stock_that_no_longer_fits_leaves_it_as_it_was() -> None:
    session = session_of(shelf(f=[tape("1"), tape("2")]), routes={"/r": "2"})
    session._stock.put(shelf(f=[tape("1")])[0])
    with pytest.raises(UsageError, match="no interaction is called 2"):
        session.refresh()
    assert chosen(session, "/r") == "f#2"
    session.refresh()
    assert chosen(session, "/r") == "f#2"
