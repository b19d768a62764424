"""The access line and the summary: what was played, who broke it off, how late it ran, and whose fault that was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from mocksse.cassette.model import Interaction, Piece, Request, Response
from mocksse.cassette.pacing import Pacing
from mocksse.cassette.redact import Rules
from mocksse.replay.execute import Run
from mocksse.replay.plan import Sends
from mocksse.server.access import AccessLog, Answer, Played, access_line, brief, shown
from mocksse.server.tape import Kind, Tape

if TYPE_CHECKING:
    from collections.abc import Callable

    from mocksse.server.journal import BrokenOff


def played(*late_ms: float, of: int = 0, broken_off: BrokenOff = "", answer: Answer | None = None) -> Played:
    """A play of which as many sends were made as there are latenesses."""
    pieces = tuple(Piece(1000, b"data: x\n\n") for _ in range(max(len(late_ms), of) - 1))
    tape = Tape("chat", Interaction("rivers", Request("/a"), Response(200, (), "close", pieces)), Pacing())
    answer = answer or Answer(200, tape.play(Kind()).sends, tape.key, "played", tape)
    run = Run(answer.sends, cast("object", None), None, None, 0)  # type: ignore[arg-type]
    for i, late in enumerate(late_ms):
        run.late_us[i] = round(late * 1000)
    run._next = len(late_ms)
    run.written = 2000
    return Played("POST", "/a?b=c", answer, run, 1.5, broken_off)


def line(done: Played) -> str:
    return access_line(done, done.late_ms())


def test_it_says_what_was_played_and_how_late() -> None:
    said = line(played(0.1, 0.2, 2.04))
    assert said == "POST /a?b=c 200 chat#rivers · 2.0 kB in 1.50 s · late p50 0.2 p99 2.0 ms"


def test_it_says_who_broke_it_off() -> None:
    assert "· the client left after 2 of 9 writes ·" in line(played(0, 0, of=9, broken_off="the client left"))
    stopped = line(played(0, of=9, broken_off="the server was stopped"))
    assert "· the server was stopped after 1 of 9 writes" in stopped


def test_of_what_an_upstream_says_nobody_knows_how_much_there_is_to_come() -> None:
    relayed = Answer(200, Sends((), (), (), 0, "complete"), "relayed from host", "relayed")
    left = replace(played(0, 0, broken_off="the client left"), answer=relayed)
    assert "· the client left after 2 writes" in line(left)


def test_it_says_when_the_server_itself_ran_late() -> None:
    assert line(played(0, 0, 51)).endswith("the server itself ran late")
    assert "itself" not in line(played(0, 0, 50))


def test_one_send_has_no_lateness_worth_saying() -> None:
    assert line(played(70)) == "POST /a?b=c 200 chat#rivers · 2.0 kB in 1.50 s"


def test_an_answer_of_our_own_says_why() -> None:
    sends = Sends((0,), (b"HTTP/1.1 404 Not Found\r\n\r\n",), (False,), 0, "complete")
    missed = played(0, answer=Answer(404, sends, "no recording answers this", "missed"))
    assert line(missed).startswith("POST /a?b=c 404 no recording answers this · ")
    assert line(played(0, answer=Answer(404, sends))).startswith("POST /a?b=c 404 - · ")


def test_long_words_of_others_are_not_repeated() -> None:
    fault = f"reset at=byte:{'5' * 5000} at byte 158"
    note = f"{fault}: {'5' * 5000} is beyond the body"
    said = line(played(0, answer=Answer(200, played(0).answer.sends, faults=(fault,), notes=(note,))))
    assert len(said) < 500
    assert "· fault reset at=byte:555" in said
    assert "… 5" not in said
    assert "5 at byte 158 · note: reset at=byte:555" in said
    assert said.partition(" · 2.0 kB")[0].endswith("200 -")
    assert "5: 555" not in said.partition("note: ")[0]
    assert "is beyond the body" in said


@pytest.mark.parametrize(
    ("text", "size"), [("", 0), ("a b", 3), ("x" * 100, 100), ("x" * 101, 100), ("ab " * 1000, 400)]
)
def test_how_much_is_repeated(text: str, size: int) -> None:
    assert len(brief(text)) == size
    assert (brief(text) == text) == (len(text) == size)


def test_the_log_writes_many_lines_at_once() -> None:
    written: list[str] = []
    later: list[Callable[[], None]] = []
    log = AccessLog(written.append, lambda _, call: later.append(call))
    for _ in range(3):
        log(played(0, 0))
    assert (written, len(later)) == ([], 1)
    later[0]()
    assert len(written) == 1
    assert written[0].count("POST /a?b=c 200 chat#rivers") == written[0].count("\n") == 3
    log.flush()
    assert len(written) == 1
    log(played(0, 0))
    assert len(later) == 2


@pytest.mark.parametrize(("status", "lines"), [(200, 0), (403, 1)])
def test_a_container_that_asks_whether_it_is_well_is_in_no_log(status: int, lines: int) -> None:
    written: list[str] = []
    log = AccessLog(written.append, lambda _, __: None)
    log(replace(played(0, answer=Answer(status, played(0).answer.sends, "control")), target="/__mocksse/health"))
    log.flush()
    assert (len(written), log.requests) == (lines, lines)


def test_the_summary_is_of_all_even_where_nothing_is_written() -> None:
    sends = Sends((0,), (b"HTTP/1.1 404 Not Found\r\n\r\n",), (False,), 0, "complete")
    log = AccessLog(None, lambda *_: None)
    assert log.summary() == "0 requests · 0 B"
    log(played(0, 0))
    assert log.summary() == "1 request · 2.0 kB"
    log(played(0, 99))
    log(played(0, of=3, broken_off="the client left"))
    log(played(0, of=3, broken_off="the server was stopped"))
    log(played(0, answer=Answer(404, sends, kind="missed")))
    log(played(0, answer=Answer(500, sends, bug=True)))
    assert log.summary() == (
        "6 requests · 12.0 kB · 1 without a recording · 1 left early · 1 met a bug of mocksse · "
        "1 ran late because the server did"
    )


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ("/v1/a?alt=sse", "/v1/a?alt=sse"),
        ("/v1/a?alt=sse&key=Kd8sPq2LmN4y", "/v1/a?alt=sse&key=xxxxxxxxxxxx"),
        ("http://u:Kd8sPq2LmN4y@h/a", "http://u:xxxxxxxxxxxx@h/a"),
        ("/v1/a", "/v1/a"),
        ("/v1/keys/sk-Kd8sPq2LmN4yKd8s/a", "/v1/keys/xxxxxxxxxxxxxxxxxxx/a"),
        ("/v1/organization/admin_api_keys", "/v1/organization/admin_api_keys"),
    ],
)
def test_a_key_in_a_target_is_not_written_down(target: str, written: str) -> None:
    assert shown(target) == written


def test_nor_is_what_a_header_holds_or_a_rule_names() -> None:
    key = "Kd8sPq2LmN4yKd8sPq2LmN4y"
    assert shown(f"/v1/keys/{key}", [("api-key", key)]) == f"/v1/keys/{'x' * len(key)}"
    assert shown("/v1/of/ACME-12", rules=Rules(patterns=(r"ACME-\d\d",))) == "/v1/of/xxxxxxx"


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    done = played(0)
    assert line(replace(done, target="/\x1b[2J\x9b")).startswith("POST /·[2J· 200 ")
    hostile = replace(done.answer, note="\x1b]0;title\x07")
    assert "\x1b" not in line(replace(done, answer=hostile))
