"""A cassette with a key planted anywhere: found, blotted, and nothing else touched."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.dump import dumps
from mocksse.cassette.library import shelve
from mocksse.cassette.model import Cassette, End, Interaction, Piece, Recorded, Request, Response
from mocksse.cassette.redact import Rules
from mocksse.cassette.scrub import scrub

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-Zq8w_Rt5yU1iOp3aSd/fGh4jK6lQ+zXc7vBn9mWe2"
RAW = KEY.encode()
BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
HEADERS = ((b"Content-Type", b"text/event-stream"),)
PLAIN = Interaction(
    "one",
    Request("/v1/chat", "POST", (("content-type", "application/json"),), BODY),
    Response(200, HEADERS, "chunked", (Piece(0, b"data: a\n\n"), Piece(0, b"data: b\n\n"))),
    Recorded("2026-01-01T00:00:00Z", "http://127.0.0.1:1", "mocksse"),
)


def asked(**changes: object) -> Interaction:
    return replace(PLAIN, request=replace(PLAIN.request, **changes))


def told(**changes: object) -> Interaction:
    return replace(PLAIN, response=replace(PLAIN.response, **changes))


def streamed(*data: bytes) -> Interaction:
    return told(pieces=tuple(Piece(0, piece) for piece in data))


HALF = len(RAW) // 2
PLANTED = {
    "authorization": asked(headers=(("Authorization", f"Bearer {KEY}"),)),
    "basic": asked(headers=(("authorization", f"Basic {b64encode(b'me:' + RAW).decode()}"),)),
    "x-api-key": asked(headers=(("x-api-key", KEY),)),
    "a key without a shape": asked(headers=(("x-api-key", "Quite1secret"),)),
    "a short key": asked(headers=(("api-key", "hunter2"),)),
    "cookie": asked(headers=(("cookie", f"theme=dark; session={KEY}"),)),
    "query": asked(path=f"/v1/chat?alt=sse&key={quote(KEY, safe='')}"),
    "json": asked(body=json.dumps({"api_key": KEY}).encode()),
    "text of the body": asked(body=b"my key is " + RAW),
    "upstream": replace(PLAIN, recorded=Recorded("", f"http://me:{quote(KEY, safe='')}@127.0.0.1:1", "")),
    "short password": replace(PLAIN, recorded=Recorded("", "http://me:pw1@127.0.0.1:1", "")),
    "name": replace(PLAIN, name=f"with {KEY}"),
    "faults": replace(PLAIN, faults=("reset at=event:1", f'error message="bad key {KEY}"')),
    "reason": told(reason=b"No " + RAW),
    "response header": told(headers=(*HEADERS, (b"X-Echo", RAW))),
    "header that is a credential": told(headers=(*HEADERS, (b"x-auth-token", b"Quite1secret"))),
    "set-cookie": told(headers=(*HEADERS, (b"Set-Cookie", b"__cf_bm=" + RAW + b"; Path=/"))),
    "request id": told(headers=(*HEADERS, (b"X-Request-Id", b"req_" + RAW[5:15]))),
    "trailer": told(trailers=((b"X-Echo", RAW),)),
    "body": streamed(b'data: {"text":"' + RAW + b'"}\n\n'),
    "error message": streamed(b'{"error":{"message":"Incorrect API key provided: ' + RAW + b'. See"}}'),
    "comment": streamed(b": " + RAW + b"\n\n"),
    "two entries": streamed(b"data: " + RAW[:HALF], RAW[HALF:] + b"\n\n"),
    "json-escaped": streamed(b'data: "' + "".join(f"\\u{byte:04x}" for byte in RAW).encode() + b'"\n\n'),
    "json in json": streamed(b"data: " + json.dumps(json.dumps(KEY).replace("/", "\\/")).encode() + b"\n\n"),
    "percent-encoded": streamed(b"data: " + quote(KEY, safe="").encode() + b"\n\n"),
    "all percent-encoded": streamed(b"data: " + "".join(f"%{byte:02x}" for byte in RAW).encode() + b"\n\n"),
    "base64": streamed(b"data: " + b64encode(b'{"k":"' + RAW + b'"}') + b"\n\n"),
    "base64 at another place": streamed(b"data: " + b64encode(b'{"kk":"' + RAW + b'"}') + b"\n\n"),
    "behind the end": told(end=End(rest=(Piece(0, b"x " + RAW[:9]), Piece(0, RAW[9:])))),
    "over the end": told(pieces=(Piece(0, b"data: " + RAW[:9]),), end=End(rest=(Piece(0, RAW[9:] + b"\n"),))),
    "user": asked(body=b'{"user":"me-1234"}'),
    "user_id": streamed(b'data: {"user_id":"user_2abc"}\n\n'),
    "ARN": streamed(b'data: {"arn":"arn:aws:bedrock:us-east-1:601427279990:agent/X"}\n\n'),
}
SECRETS = [KEY, RAW[:12].decode(), "Quite1secret", "hunter2", "pw1", "me-1234", "user_2abc", "601427279990"]


def written(*interactions: Interaction) -> bytes:
    return dumps(Cassette(interactions)).encode()


@pytest.mark.parametrize("place", PLANTED)
def test_a_key_anywhere(place: str) -> None:
    raw = written(PLANTED[place])
    scrubbed = scrub(raw)
    assert scrubbed.findings
    (new,) = scrubbed.cassette
    clean = written(new)
    for secret in SECRETS:
        assert secret.encode() not in clean
        assert all(secret not in finding.what for finding in scrubbed.findings)
    again = scrub(clean)
    assert again.findings == ()
    assert again.cassette == scrubbed.cassette
    assert [len(p.data) for p in new.response.pieces] == [len(p.data) for p in PLANTED[place].response.pieces]
    assert len(new.request.body or b"") == len(PLANTED[place].request.body or b"")


def test_what_one_interaction_tells_holds_for_the_others() -> None:
    first = asked(headers=(("x-api-key", "Quite1secret"),))
    second = replace(streamed(b"data: Quite1", b"secret\n\n"), name="two")
    _, clean = scrub(written(first, second)).cassette
    assert clean.response.body == b"data: xxxxxxxxxxxx\n\n"


def test_findings_say_where_and_what() -> None:
    text = f"""\
mocksse: 1
# the key is {KEY}
interactions:
  - name: one
    request:
      path: /x?key={KEY.replace("+", "%2B")}
      headers: {{x-api-key: {KEY}}}
      json: {{user: someone}}
    response:
      headers:
        - [Content-Type, text/event-stream]
        - [CF-Ray, 9abc]
      stream:
        - data: one
        - data: {{"user_id": "u1"}}
        - data: {KEY}
"""
    assert [(finding.line, finding.what) for finding in scrub(text.encode()).findings] == [
        (6, "a credential in the path"),
        (7, "a credential in the request header x-api-key"),
        (8, "an identifying field: user, in the request's body"),
        (12, "cf-ray, in the response's headers"),
        (15, "an identifying field: user_id"),
        (16, "a credential"),
    ]


def test_a_key_in_a_comment_of_the_file() -> None:
    found = scrub(f"path: /x # {KEY}\nstream: [{{data: a}}]\n".encode()).findings
    assert [(finding.line, finding.what) for finding in found] == [
        (1, "a key of a known kind in a comment of the file")
    ]


def test_names_stay_apart() -> None:
    other = KEY.replace("Z", "Y")
    new = scrub(written(replace(PLAIN, name=KEY), replace(PLAIN, name=other))).cassette
    assert [i.name for i in new] == ["x" * len(KEY), "x" * len(KEY) + "-2"]


def test_what_is_compressed_stays_and_is_told() -> None:
    headers = (*HEADERS, (b"Content-Encoding", b"gzip"))
    body = gzip.compress(b"data: " + RAW + b"\n\n")
    scrubbed = scrub(written(told(headers=headers, pieces=(Piece(0, body),))))
    assert [finding.stays for finding in scrubbed.findings] == [True]
    (new,) = scrubbed.cassette
    assert new.response.body == body
    clean = told(headers=headers, pieces=(Piece(0, gzip.compress(b"data: a\n\n")),))
    assert scrub(written(clean)).findings == ()


def test_rules_and_kept_headers() -> None:
    raw = written(PLANTED["request id"])
    assert scrub(raw, rules=Rules(keep_headers=("x-request-id",))).findings == ()
    rules = Rules(headers=("content-type",), jsonpaths=("$..content",), patterns=("data: (b)",))
    (new,) = scrub(written(PLAIN), rules=rules).cassette
    assert new.request.headers == (("content-type", "x" * 16),)
    assert new.request.body == BODY.replace(b'"hi"', b'"xx"')
    assert new.response.body == b"data: a\n\ndata: x\n\n"


def test_placeholders_are_no_findings() -> None:
    headers = (("authorization", "Bearer sk-test"), ("x-api-key", "YOUR_API_KEY"))
    one = replace(asked(headers=headers, path="/x?key=test"), recorded=Recorded("", "http://me:password@h", ""))
    assert scrub(written(one)).findings == ()


def test_the_shipped_cassettes_have_none(pytestconfig: pytest.Config) -> None:
    shipped: Path = pytestconfig.rootpath / "cassettes"
    for shelved in shelve([shipped]):
        assert scrub(shelved.path.read_bytes()).findings == ()


WORDS = st.sampled_from(
    [
        KEY,
        KEY[:9],
        KEY[9:],
        '{"user":"',
        '"}',
        "\n\n",
        "user_id",
        '"',
        "arn:aws:iam::123456789012:",
        "%",
        "\\",
        " ",
        "é",
    ]
)
TEXTS = st.lists(WORDS, max_size=6).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS, TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_law_scrubbed_is_scrubbed(pieces: list[str], body: str, value: str, rest: str) -> None:
    one = replace(
        streamed(*(piece.encode() for piece in pieces)),
        request=replace(PLAIN.request, body=body.encode(), headers=(("x-api-key", value.replace("\n", "")),)),
    )
    one = replace(one, response=replace(one.response, end=End(rest=(Piece(0, rest.encode()),))))
    first = scrub(written(one))
    second = scrub(dumps(first.cassette).encode())
    assert second.cassette == first.cassette
    assert second.findings == ()
