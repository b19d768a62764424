from __future__ import annotations

import pytest
from curl_logs import Log, ascii_dump, hex_dump
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.importers.trace import is_trace, read_trace
from mocksse.errors import MocksseError

# As curl 7.88 wrote it.
OLD = b"""\
11:26:01.353955 == Info:   Trying 127.0.0.1:9911...
11:26:01.354562 => Send header, 85 bytes (0x55)
0000: GET /chunked HTTP/1.1
0017: Host: 127.0.0.1:9911
002d: User-Agent: curl/7.88.1
0046: Accept: */*
0053:\x20
11:26:01.354765 <= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
11:26:01.354794 <= Recv header, 2 bytes (0x2)
0000:\x20
11:26:01.375089 <= Recv data, 55 bytes (0x37)
0000: 31
0004: data: {"choices":[{"delta":{"content":"Hi."}}]}..
11:26:01.426161 == Info: Connection #0 to host 127.0.0.1 left intact
"""
# As curl 8.22 writes it, with --trace-ids.
NEW = b"""\
11:26:04.201436 [0-x] *   Trying 127.0.0.1:9911...
11:26:04.202193 [0-0] <= Recv header, 17 bytes (0x11)
0000: 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d HTTP/1.1 200 OK.
0010: 0a                                              .
11:26:04.222425 [0-0] <= Recv data, 7 bytes (0x7)
0000: 33 31 0d 0a 64 c3 a9                            31..d..
11:26:04.242620 [0-0] <= Recv data, 0 bytes (0x0)
11:26:04.273165 [0-0] * Connection #0 to host 127.0.0.1:9911 left intact
"""


def test_an_old_ascii_log() -> None:
    trace = read_trace(OLD, "f")
    assert [(r.kind, r.data) for r in trace.records] == [
        ("info", b"  Trying 127.0.0.1:9911..."),
        (
            "send header",
            b"GET /chunked HTTP/1.1\r\nHost: 127.0.0.1:9911\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
        ),
        ("recv header", b"HTTP/1.1 200 OK\r\n"),
        ("recv header", b"\r\n"),
        ("recv data", b'31\r\ndata: {"choices":[{"delta":{"content":"Hi."}}]}..\r\n'),
        ("info", b"Connection #0 to host 127.0.0.1 left intact"),
    ]
    assert trace.timed
    assert trace.lossy
    assert trace.records[1].at_us == ((11 * 60 + 26) * 60 + 1) * 1_000_000 + 354_562


def test_a_new_hex_log() -> None:
    trace = read_trace(NEW, "f")
    assert [(r.kind, r.data) for r in trace.records[1:4]] == [
        ("recv header", b"HTTP/1.1 200 OK\r\n"),
        ("recv data", b"31\r\nd\xc3\xa9"),
        ("recv data", b""),
    ]
    assert not trace.lossy


@pytest.mark.parametrize("log", [OLD, NEW], ids=["old", "new"])
def test_line_ends_of_windows_change_nothing(log: bytes) -> None:
    assert read_trace(log.replace(b"\n", b"\r\n"), "f") == read_trace(log, "f")


def test_without_times() -> None:
    log = b"".join(line[16:] if line[2:3] == b":" else line for line in OLD.splitlines(keepends=True))
    untimed, timed = read_trace(log, "f"), read_trace(OLD, "f")
    assert not untimed.timed
    assert [(r.kind, r.data) for r in untimed.records] == [(r.kind, r.data) for r in timed.records]
    assert {r.at_us for r in untimed.records} == {0}


@pytest.mark.parametrize("timed", [True, False])
def test_the_body_itself_may_be_mixed_in(timed: bool) -> None:
    body = [b"data: a\n\n", b"data: b", b"\n\n* not curl\n", b"0000: x\n"]
    clean, mixed = Log(timed=timed), Log(timed=timed)
    for log in (clean, mixed):
        log.send(b"GET / HTTP/1.1\r\n\r\n").head()
    for read in body:
        clean.data(read)
        mixed.data(read).text += read.decode()
    wanted = [r for r in read_trace(clean.raw, "f").records if r.kind != "info"]
    assert [r for r in read_trace(mixed.raw, "f").records if r.kind != "info"] == wanted


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\r\n",
        b"\r\n\r\n",
        b"a\r\n\r\nb",
        b"\r",
        b"a\r",
        b"x" * 64,
        b"x" * 64 + b"\r\n",
        b"x" * 62 + b"\r\n" + b"y" * 64,
        b"x" * 63 + b"\r\n" + b"y",
        b"x" * 64 + b"\r\n" + b"y",
        b"x" * 65 + b"\r\n",
        b"x" * 128 + b"\r\n\r\n",
        b"0000: 40 41 ",
    ],
)
def test_every_place_of_a_crlf_in_an_ascii_dump(data: bytes) -> None:
    log = Log(ascii=True).send(b"GET / HTTP/1.1\r\n\r\n").data(data)
    assert read_trace(log.raw, "f").records[-1].data == data.replace(b"\r\n", b"~~").replace(b"\r", b".").replace(
        b"~~", b"\r\n"
    )


@given(data=st.binary(max_size=200))
def test_a_hex_dump_is_exact(data: bytes) -> None:
    log = Log().send(b"GET / HTTP/1.1\r\n\r\n").data(data)
    assert read_trace(log.raw, "f").records[-1].data == data


@given(
    data=st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"x" * 31, b"0040: ", b"\xe2\x80\xa6"])).map(b"".join)
)
def test_an_ascii_dump_keeps_every_place(data: bytes) -> None:
    log = Log(ascii=True).send(b"GET / HTTP/1.1\r\n\r\n").data(data)
    found = read_trace(log.raw, "f").records[-1].data
    assert len(found) == len(data)
    assert all(a == b or a == ord(".") for a, b in zip(found, data, strict=True))
    assert found.count(b"\r\n") == data.count(b"\r\n")


def test_time_goes_on_past_midnight_and_never_back() -> None:
    log = Log(at_us=86_399_999_990).say("a").say("b", 20).say("c", -15).say("d", 30)
    start, *later = [record.at_us for record in read_trace(log.raw, "f").records]
    assert [at - start for at in later] == [20, 20, 35]


def test_what_tls_does_is_left_out() -> None:
    log = Log().add("=> Send SSL data", b"\x16\x03").send(b"GET / HTTP/1.1\r\n\r\n")
    trace = read_trace(log.raw, "f")
    assert trace.tls
    assert [r.kind for r in trace.records] == ["send header"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b"0017: Host", b"0018: Host", 4),
        (b"User-Agent: curl", b"User-Agent:  curl", 6),
        (b"0004: data", b"0004: d\xc3\xa4ta", 14),
        (b"Accept: */*\n", b"", 7),
        (b', 55 bytes (0x37)\n0000: 31\n0004: data: {"choices"', b", 55 bytes (0x37)\n0000: 31\n", 14),
    ],
)
def test_a_damaged_dump_is_told_by_its_line(old: bytes, new: bytes, line: int) -> None:
    with pytest.raises(MocksseError, match=f"^f.trace:{line}: the trace is damaged here"):
        read_trace(OLD.replace(old, new), "f.trace")


def test_a_log_that_ends_inside_a_dump() -> None:
    for cut in (OLD.index(b"0004: ") + 3, OLD.index(b'{"choices"')):
        with pytest.raises(MocksseError, match=r"^f:14: the trace is damaged here"):
            read_trace(OLD[:cut], "f")
    with pytest.raises(MocksseError, match="damaged"):
        read_trace(NEW.replace(b"4f 4b 0d", b"4f 4b zz"), "f")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (OLD, True),
        (NEW, True),
        (b"\n" + OLD, True),
        (OLD[OLD.index(b"11:26:01.354562") :], True),
        (b"* a list\n* of things\n", False),
        (b"== Info: and nothing more\n", False),
        (b"data: x\n\n", False),
        (b"data: x\n" + OLD, False),
        (b"", False),
    ],
)
def test_what_is_a_trace(data: bytes, expected: bool) -> None:
    assert is_trace(data) is expected


def test_the_dumps_are_as_curl_makes_them() -> None:
    assert ascii_dump(b"HTTP/1.1 200 OK\r\n") == "0000: HTTP/1.1 200 OK\n"
    assert hex_dump(b"HTTP/1.1 200 OK\r\n") in NEW.decode()
