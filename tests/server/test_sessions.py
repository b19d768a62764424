"""Sessions side by side: which one a target picks, how they come and go, and that none sees another."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import settings_of

from mocksse.cassette.library import Shelved
from mocksse.cassette.model import Cassette, Interaction, Piece, Request, Response
from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.errors import UsageError
from mocksse.replay.faults.grammar import parse
from mocksse.server.asked import Asked
from mocksse.server.sessions import Sessions, split
from mocksse.server.stock import Stock
from mocksse.settings.model import SessionSettings


def stock(*names: str) -> Stock:
    def tape(name: str) -> Interaction:
        answer = Response(200, ((b"Content-Type", b"text/event-stream"),), "chunked", (Piece(0, b"data: x\n\n"),) * 4)
        return Interaction(name, Request("/a", "POST"), answer)

    return Stock([Shelved("f", Path("f.yaml"), Cassette(tuple(tape(name) for name in names or ("1", "2"))))])


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def called(name: str, **more: object) -> SessionSettings:
    return SessionSettings(name, **more).over(settings_of(Pacing(speed=INSTANT)))  # type: ignore[arg-type]


def sessions(*named: SessionSettings, **more: object) -> Sessions:
    return Sessions(stock(), settings_of(Pacing(speed=INSTANT)), named, **more)  # type: ignore[arg-type]


def names(there: Sessions) -> list[str]:
    return [session.name for session in there]


# --- Targets


@pytest.mark.parametrize(
    ("target", "name", "rest"),
    [
        ("/v1/x", "", "/v1/x"),
        ("/@cut/v1/x?a=b", "cut", "/v1/x?a=b"),
        ("/%40cut/v1/x", "cut", "/v1/x"),
        ("/@a%2Db/x", "a-b", "/x"),
        ("/@cut", "cut", "/"),
        ("/@cut?a=b", "cut", "/?a=b"),
        ("/@cut/", "cut", "/"),
        ("/@", "", "/"),
        ("/@/x", "", "/x"),
        ("/v1/@cut/x", "", "/v1/@cut/x"),
        ("/@a/@b/x", "a", "/@b/x"),
        ("/@a%2Fb/x", "a/b", "/x"),
    ],
)
def test_the_first_segment_picks_a_session(target: str, name: str, rest: str) -> None:
    assert split(target) == (name, rest)


# --- Coming and going


def test_there_are_the_default_one_and_those_that_were_named() -> None:
    there = sessions(called("cut"), called("slow"))
    assert names(there) == ["default", "cut", "slow"]
    assert there.get("default") is there.default
    assert there.get("nope") is None
    assert there.why_not("nope") == "no session is called nope: there are cut, default, slow"


def test_one_without_a_name_gets_one() -> None:
    there = sessions(called("s1"))
    assert [there.create(called("")).name for _ in range(2)] == ["s2", "s3"]


@pytest.mark.parametrize("name", ["cut", "default"])
def test_no_two_have_one_name(name: str) -> None:
    with pytest.raises(UsageError, match=f"there is a session {name}"):
        sessions(called("cut")).create(called(name))


@pytest.mark.parametrize("name", ["..", ".a", "-a", "a/b", "a b", "@a", "ü", "a" * 65, "a\n"])
def test_a_name_can_stand_in_a_url(name: str) -> None:
    with pytest.raises(UsageError, match="can't be a session's name"):
        sessions().create(called(name))


def test_what_can_not_be_made_is_not_there() -> None:
    there = sessions()
    with pytest.raises(UsageError):
        there.create(called("x", faults=parse("reset at=event:99"), said=frozenset({"faults"})))
    assert names(there) == ["default"]
    there.create(called("x"))


def test_what_is_deleted_says_so() -> None:
    there = sessions(called("cut"))
    assert there.delete("cut")
    assert not there.delete("cut")
    assert there.why_not("cut") == "the session cut was deleted"
    there.create(called("cut"))
    assert there.get("cut") is not None
    with pytest.raises(UsageError, match="can't be deleted"):
        there.delete("default")


def test_what_is_idle_expires_and_what_was_there_from_the_start_does_not() -> None:
    clock = Clock()
    there = sessions(called("named"), ttl=60, now=clock)
    for name in ("idle", "used"):
        there.create(called(name))
    clock.now = 50
    assert there.get("used") is not None
    clock.now = 70
    assert there.get("idle") is None
    assert names(there) == ["default", "named", "used"]
    assert there.why_not("idle") == "the session idle was idle for 60 s and has expired"
    clock.now = 200
    assert there.expire() == ["used"]


def test_there_are_only_so_many_and_what_expired_makes_room() -> None:
    clock = Clock()
    there = sessions(most=3, ttl=60, now=clock)
    for name in ("a", "b"):
        there.create(called(name))
    with pytest.raises(UsageError, match="there are 3 sessions"):
        there.create(called("c"))
    clock.now = 61
    there.create(called("c"))
    assert names(there) == ["default", "c"]


def test_no_number_of_names_is_remembered_for_ever() -> None:
    there = sessions()
    for i in range(1500):
        there.create(called(f"n{i}"))
        there.delete(f"n{i}")
    assert len(there._gone) == 1000


# --- Worlds


def test_none_sees_another() -> None:
    there = sessions(called("a"), called("b", faults=parse("truncate at=event:1 times=1"), said=frozenset({"faults"})))
    a, b = there.get("a"), there.get("b")
    assert a is not None
    assert b is not None

    def play(session: object) -> tuple[str, int, bool]:
        found = session.play(Asked("POST", "/a"))  # type: ignore[attr-defined]
        return found.tape.key, found.number, bool(found.ready.faults)

    assert [play(a), play(a), play(a)] == [("f#1", 1, False), ("f#2", 1, False), ("f#2", 2, False)]
    assert [play(b), play(b)] == [("f#1", 1, True), ("f#2", 1, True)]
    assert play(there.default) == ("f#1", 1, False)


def test_a_change_holds_from_the_next_request_on_and_a_reset_takes_it_back() -> None:
    session = sessions().default
    session.play(Asked("POST", "/a"))
    made = session.settings
    session.change(settings_of(Pacing(speed=INSTANT), faults=parse("truncate at=event:1")))
    found = session.play(Asked("POST", "/a"))
    assert found is not None
    assert (found.tape.key, len(found.ready.faults)) == ("f#2", 1), "its counters go on"
    session.reset()
    found = session.play(Asked("POST", "/a"))
    assert found is not None
    assert (found.tape.key, found.ready.faults, session.settings) == ("f#1", (), made)


def test_what_can_not_be_changed_to_is_as_it_was() -> None:
    session = sessions().default
    made = session.settings
    with pytest.raises(UsageError):
        session.change(settings_of(faults=parse("reset at=event:99")))
    assert session.settings is made
    assert session.play(Asked("POST", "/a")) is not None
