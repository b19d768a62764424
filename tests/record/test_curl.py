"""A line of curl, pasted, asks for what it asks for there. The table's lines are as browsers and manuals write them."""

from __future__ import annotations

import io
import shlex
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import pytest

from mocksse import __version__
from mocksse.cli import record_command
from mocksse.errors import UsageError
from mocksse.record import curl as curl_module
from mocksse.record.curl import Curl, Data, asks_to_stream, request_of

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.record.request import Request

AGENT = f"mocksse/{__version__}"
MINE = {"User-Agent": AGENT, "Accept": "text/event-stream, */*", "Accept-Encoding": "identity"}
PLAIN = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
JSON = MINE | {"Content-Type": "application/json"}


def asked(line: str, monkeypatch: pytest.MonkeyPatch) -> Request:
    """The request that a command line would send, through the shell's splitting and click's parsing."""
    word, *args = shlex.split(line.replace("\\\n", " "))
    assert word == "curl"
    caught: list[Request] = []

    class Caught(Exception):  # noqa: N818 - none
        pass

    def catch(request: Request, *_: object, **__: object) -> None:
        caught.append(request)
        raise Caught

    with monkeypatch.context() as patch:
        patch.setattr(record_command, "_record", catch)
        with pytest.raises(Caught):
            record_command.command.main(args, standalone_mode=False)
    return caught[0]


@dataclass(frozen=True, slots=True)
class Case:
    line: str
    method: str
    headers: dict[str, str]
    body: bytes | None = None
    url: str = "http://h/"


def basic(user: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(user).decode()} | MINE


CHROME = r"""curl 'https://h/v1/chat?a[]=1' \
  -H 'accept: text/event-stream' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'authorization: Bearer sk-abc' \
  -H 'content-type: application/json' \
  -b 'sid=31; theme="dark"' \
  -H 'priority: u=1, i' \
  -H 'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"' \
  -H 'x-empty;' \
  --data-raw '{"stream":true,"text":"it'\''s @me"}' \
  --globoff --compressed --insecure"""
FIREFOX = r"""curl 'https://h/v1/messages' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)' \
  -H 'Accept: */*' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Content-Type: application/json' \
  -H 'Cookie: a=1; b=2' --data-raw '{"stream": true}' --http2"""
SAFARI = r"""curl 'https://h/events' \
-X 'GET' \
-H 'Accept: text/event-stream' \
-H 'Cookie: a=1' \
-H 'Referer: https://app.example/' \
-H 'User-Agent: Mozilla/5.0 (Macintosh) Safari/605.1.15'
"""
SAFARI_POST = r"""curl 'https://h/v1/x' -X 'POST' -H 'Content-Type: application/json' --data-binary '{"a":"@b"}'"""
CASES = {
    "nothing": Case("curl http://h/", "GET", MINE),
    "Chrome": Case(
        CHROME,
        "POST",
        {
            "accept": "text/event-stream",
            "accept-language": "en-US,en;q=0.9",
            "authorization": "Bearer sk-abc",
            "content-type": "application/json",
            "priority": "u=1, i",
            "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24"',
            "x-empty": "",
            "Cookie": 'sid=31; theme="dark"',
            "User-Agent": AGENT,
            "Accept-Encoding": "gzip, deflate",
        },
        b'{"stream":true,"text":"it\'s @me"}',
        "https://h/v1/chat?a[]=1",
    ),
    "Firefox": Case(
        FIREFOX,
        "POST",
        {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate, br, zstd",
            "Content-Type": "application/json",
            "Cookie": "a=1; b=2",
        },
        b'{"stream": true}',
        "https://h/v1/messages",
    ),
    "Firefox's HEAD": Case("curl 'http://h/' -I --http1.1 -H 'Accept: */*'", "HEAD", MINE | {"Accept": "*/*"}),
    "Safari": Case(
        SAFARI,
        "GET",
        {
            "Accept": "text/event-stream",
            "Cookie": "a=1",
            "Referer": "https://app.example/",
            "User-Agent": "Mozilla/5.0 (Macintosh) Safari/605.1.15",
            "Accept-Encoding": "identity",
        },
        None,
        "https://h/events",
    ),
    "Safari's POST": Case(SAFARI_POST, "POST", JSON, b'{"a":"@b"}', "https://h/v1/x"),
    "a documentation's POST": Case(
        'curl -sS -N https://h/v1 -H "x-api-key: k" --header "anthropic-version: 2023-06-01" --data \'{"a": 1}\'',
        "POST",
        {"x-api-key": "k", "anthropic-version": "2023-06-01", **JSON},
        b'{"a": 1}',
        "https://h/v1",
    ),
    "no scheme": Case("curl localhost:1/x?u=http://y/", "GET", MINE, None, "http://localhost:1/x?u=http://y/"),
    "the URL last": Case("curl -X PUT -d a -- http://h/", "PUT", JSON, b"a"),
    "the URL as an option": Case("curl --url http://h/ -L", "GET", MINE),
    "attached values": Case(
        "curl -XPATCH -da=b -HX:y -Aq http://h/", "PATCH", {"X": "y"} | JSON | {"User-Agent": "q"}, b"a=b"
    ),
    "flags in one word": Case("curl -sSNid a -kvL http://h/", "POST", JSON, b"a"),
    "a method in lower case": Case("curl -X delete http://h/", "DELETE", MINE),
    "a method that is not POST": Case("curl -X GET -d a http://h/", "GET", JSON, b"a"),
    "several data": Case("curl -d a -d b=c --data '' http://h/", "POST", JSON, b"a&b=c&"),
    "mixed data in their order": Case(
        "curl --data-raw @1 -d 2 --data-binary 3 --data-raw 2 -d @1 --data 3 http://h/".replace("-d @1", "-d 1"),
        "POST",
        JSON,
        b"@1&2&3&2&1&3",
    ),
    "empty data": Case("curl -d '' http://h/", "POST", JSON, b""),
    "data that looks like an option": Case("curl --data-raw=-d -d=x http://h/", "POST", JSON, b"-d&=x"),
    "a content type of one's own": Case(
        "curl -d a=b -H 'content-TYPE: application/x-www-form-urlencoded' http://h/",
        "POST",
        {"content-TYPE": "application/x-www-form-urlencoded", **MINE},
        b"a=b",
    ),
    "headers taken out": Case(
        "curl -d a -H Accept: -H 'content-type: ' -H user-agent:  http://h/",
        "POST",
        {"Accept-Encoding": "identity"},
        b"a",
    ),
    "empty headers": Case("curl -H 'X;' -H 'Accept;' http://h/", "GET", {"X": "", "Accept": ""} | PLAIN),
    "colons in a header": Case("curl -H 'X: a: b;' http://h/", "GET", {"X": "a: b;"} | MINE),
    "no agent": Case(
        "curl -A '' http://h/", "GET", {"Accept": "text/event-stream, */*", "Accept-Encoding": "identity"}
    ),
    "agent and referer": Case(
        "curl -A me -e http://r/ http://h/", "GET", {"Referer": "http://r/"} | MINE | {"User-Agent": "me"}
    ),
    "cookies": Case("curl -b a=1 --cookie 'b=2; c=3' http://h/", "GET", {"Cookie": "a=1; b=2; c=3"} | MINE),
    "a user": Case("curl -u me:p:w http://h/", "GET", basic(b"me:p:w")),
    "a user without a password": Case("curl -u me http://h/", "GET", basic(b"me:")),
    "a user in the URL": Case(
        "curl http://me:p%40w@h/?x=me:p%40w@h", "GET", basic(b"me:p@w"), None, "http://h/?x=me:p%40w@h"
    ),
    "-u goes before the URL's user": Case("curl -u a:b http://c:d@h/", "GET", basic(b"a:b")),
    "a header goes before -u": Case(
        "curl -u a:b -H 'authorization: x' http://h/", "GET", {"authorization": "x"} | MINE
    ),
    "other languages": Case(
        'curl -d \'{"text":"h\u00e9 \u65e5"}\' http://h/', "POST", JSON, '{"text":"h\u00e9 \u65e5"}'.encode()
    ),
    "bytes that are no UTF-8": Case("curl -d '\udcff\udcfe' http://h/", "POST", JSON, b"\xff\xfe"),
    "our own --json is a flag": Case("curl --json http://h/", "GET", MINE),
}


@pytest.mark.parametrize("name", CASES)
def test_a_line_of_curl(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    request = asked(case.line, monkeypatch)
    assert request.method == case.method
    assert request.url == case.url
    assert dict(request.headers) == case.headers
    assert len(request.headers) == len(case.headers)
    assert request.body == case.body


def test_headers_keep_their_order_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked("curl -H b:1 -H A:2 -H b:3 http://h/", monkeypatch)
    assert request.headers[:3] == (("b", "1"), ("A", "2"), ("b", "3"))


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("-d @FILE", b'{"a":1}  x'),
        ("-d@FILE", b'{"a":1}  x'),
        ("--data @FILE", b'{"a":1}  x'),
        ("--data-binary @FILE", b'{"a":1}\r\n \n x\0'),
        ("--data-raw @FILE", b"@FILE"),
        ("-d @- --data-binary @FILE", b'{"in":1}&{"a":1}\r\n \n x\0'),
        ("--data-binary @-", b'{"in":\n1}\n'),
    ],
)
def test_data_from_files(words: str, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "FILE").write_bytes(b'{"a":1}\r\n \n x\0')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(curl_module.sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"in":\n1}\n')))
    assert asked(f"curl {words} http://h/", monkeypatch).body == body


KEY = "sk-abcdefgh0123"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "which URL"),
        (["-H", KEY, "http://h/"], "a header without a colon"),
        (["http://h/", "Bearer", KEY], "3 words where one URL belongs"),
        (["http://h/", "-H", "Authorization:", "Bearer", KEY], "3 words where"),
        (["http://h/", "--json", '{"a": 1}'], "2 words where"),
        (["http://h/", "--url", "http://h/"], "2 words where"),
        (["-X", KEY + "!", "http://h/"], "-X: not a method"),
        (["-X", "", "http://h/"], "-X: not a method"),
        (["-b", "cookies.txt", "http://h/"], "files of cookies are not read"),
        (["-d", "@missing", "http://h/"], "-d @missing: No such file"),
        (["--data-binary", "@.", "http://h/"], "--data-binary @.: Is a directory"),
        (["-H", "a b: c", "http://h/"], "not a header name"),
        (["-H", "X: a\r\nb: c", "http://h/"], "line break"),
        (["ftp://h/"], "can't speak ftp"),
        (["http://"], "names no host"),
        (["http://[::1/"], "not a URL"),
        ([f"http://user:{KEY}@h\u2100/"], "not a URL"),
        (["http://h/", "--timeout", "0"], "seconds above 0"),
        (["http://h/", "--max-time", "nan"], "seconds above 0"),
        (["http://h/", "--connect-timeout", "inf"], "seconds above 0"),
        (["http://h/", "--frobnicate"], "No such option"),
    ],
)
def test_words_that_make_no_request(
    args: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((UsageError, click.UsageError)) as caught:
        record_command.command.main(args, standalone_mode=False)
    text = caught.value.format_message() if isinstance(caught.value, click.UsageError) else str(caught.value)
    assert message in text
    assert KEY not in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"stream": true}', True),
        (b'{"stream": false}', False),
        (b'{"stream": "yes"}', False),
        (b"{}", False),
        (b"[]", None),
        (b"a=b", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (None, None),
    ],
)
def test_whether_it_asks_to_stream(body: bytes | None, told: bool | None) -> None:
    data = [] if body is None else [Data("--data-raw", body.decode("utf-8", "surrogateescape"))]
    assert asks_to_stream(request_of(Curl("http://h/", data=data))) is told
