"""All stages together: over recorded streams only the listed kinds of things change, in any cutting."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse.cassette.library import shelve
from mocksse.cassette.redact import BodyRedactor, Rules, Secrets, comparable
from mocksse.wire import eventstream

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEY = b"sk-proj-Ab1Cd2Ef3Gh4Ij5Kl6"
FRAMES = "application/vnd.amazon.eventstream"
RULES = Rules(jsonpaths=("$..email",), patterns=("acme",))


def redacted(
    body: bytes, kind: str = "text/event-stream", size: int = 0, rules: Rules = RULES, coding: str = ""
) -> tuple[bytes, BodyRedactor]:
    redactor = BodyRedactor(Secrets((b"Quite1secret",)), kind, coding, rules)
    size = size or max(1, len(body))
    pieces = [redactor.feed(body[at : at + size]) for at in range(0, len(body), size)]
    return b"".join([*pieces, redactor.flush()]), redactor


BODY = (
    b'data: {"user_id":"u1","text":"Quite1secret of acme","email":"me@h","k":"' + KEY + b'"}\n\n'
    b'data: {"arn":"arn:aws:iam::601427279990:role/x","signature":"acm"}\n\n'
)
CLEAN = (
    b'data: {"user_id":"xx","text":"xxxxxxxxxxxx of xxxx","email":"xxxx","k":"' + b"x" * len(KEY) + b'"}\n\n'
    b'data: {"arn":"arn:aws:iam::xxxxxxxxxxxx:role/x","signature":"acm"}\n\n'
)


def test_everything_at_once_in_any_cutting() -> None:
    for size in range(len(BODY)):
        out, redactor = redacted(BODY, size=size)
        assert out == CLEAN
        assert redactor.blotted
    assert redactor.what == (
        "a credential; a key of a known kind; a JSONPath of your own; a pattern of your own; "
        "an identifying field: user_id; an account's number"
    )


def test_frames_get_their_checksum_made_right() -> None:
    payloads = [line.removeprefix(b"data: ") for line in BODY.split(b"\n\n")[:2]]
    clean = [line.removeprefix(b"data: ") for line in CLEAN.split(b"\n\n")[:2]]
    headers = ((":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event"))
    body = b"".join(eventstream.encode(headers, payload) for payload in payloads)
    for size in (0, 1, 7, 50):
        out, _ = redacted(body, FRAMES, size)
        assert out == b"".join(eventstream.encode(headers, payload) for payload in clean)


def test_compressed_bytes_with_a_key_stop_and_what_identifies_is_told() -> None:
    for secret in (KEY, b'{"email":"me"}\n', b"acme"):
        assert redacted(gzip.compress(b"data: " + secret + b"\n\n"), coding="gzip")[1].found
    body = gzip.compress(b'data: {"user_id":"u1"}\n\n')
    out, redactor = redacted(body, coding="gzip")
    assert out == body
    assert (redactor.found, redactor.identified) == (False, True)


def test_a_request_is_compared_as_it_was_stored() -> None:
    body = b'{"user":"me-1","api_key":"Quite1secret","n":1,"metadata":{"user_id":"u"},"messages":[{"email":"a"}]}'
    stored = b'{"user":"xxxx","api_key":"xxxxxxxxxxxx","n":1,"metadata":{"user_id":"x"},"messages":[{"email":"a"}]}'
    assert comparable(body) == stored
    assert comparable(stored) == stored
    assert comparable(body, RULES) == stored.replace(b'"email":"a"', b'"email":"x"')


PARTS = st.sampled_from(
    [
        KEY,
        KEY[:9],
        KEY[9:],
        b"Quite1secret",
        b"Quite1",
        b"acme",
        b"acm",
        b'{"user":"',
        b'"}',
        b'{"email":"',
        b"\n",
        b"\n\n",
    ]
)


@given(st.lists(PARTS | st.binary(max_size=6), max_size=10).map(b"".join), st.lists(st.integers(0, 300), max_size=6))
@settings(max_examples=200, deadline=None)
def test_law_cuts_change_nothing(body: bytes, cuts: list[int]) -> None:
    whole, _ = redacted(body)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    redactor = BodyRedactor(Secrets((b"Quite1secret",)), "text/event-stream", "", RULES)
    pieces = [redactor.feed(body[low:high]) for low, high in itertools.pairwise(edges)]
    assert b"".join([*pieces, redactor.flush()]) == whole
    assert len(whole) == len(body)


# What may change in a body that somebody recorded: these, and nothing else.
LISTED = re.compile(
    rb"""
    (?<="user_id":")[^"]* | (?<="safety_identifier":")[^"]* | (?<="user":")[^"]* | (?<="prompt_cache_key":[ ]")[^"]*
    | (?<="prompt_cache_key":")[^"]* | arn:aws[a-z-]*:[a-z-]*:[a-z0-9-]*:[0-9]{12}
    """,
    re.VERBOSE,
)
ENDINGS = {".sse": "text/event-stream", ".ndjson": "application/x-ndjson", ".json": "application/json"}


def blotted_as_listed(body: bytes) -> bytes:
    return LISTED.sub(lambda m: m[0][:-12] + b"x" * 12 if m[0].startswith(b"arn") else b"x" * len(m[0]), body)


def test_recorded_streams_keep_all_that_is_not_listed(streams: Path) -> None:
    changed = seen = 0
    for path in sorted(streams.rglob("*")):
        if path.name.endswith(".meta.json") or path.name == "manifest.json" or not path.is_file():
            continue
        body = path.read_bytes()
        out, _ = redacted(body, ENDINGS.get(path.suffix, ""), 997, Rules())
        assert out == blotted_as_listed(body), path
        seen, changed = seen + 1, changed + (out != body)
    assert seen > 130
    assert 0 < changed < 20


def test_recorded_frames_stay_frames(streams: Path) -> None:
    for path in sorted((streams / "bedrock").glob("*.eventstream")):
        body = path.read_bytes()
        out, _ = redacted(body, FRAMES, 500, Rules())
        frames = list(eventstream.parse(out))
        assert all(isinstance(frame, eventstream.Frame) for frame in frames)
        assert len(frames) == len(list(eventstream.parse(body)))


def without_who(body: object) -> object:
    who = {"user", "metadata", "prompt_cache_key"}
    return {key: value for key, value in body.items() if key not in who} if isinstance(body, dict) else body


def test_recorded_requests_keep_what_was_asked(streams: Path) -> None:
    paths = sorted(streams.rglob("*.meta.json"))
    assert paths
    for path in paths:
        asked = json.loads(path.read_bytes()).get("request_body")
        out = json.loads(comparable(json.dumps(asked).encode()))
        assert without_who(out) == without_who(asked), path


def test_the_shipped_cassettes_keep_every_byte(pytestconfig: pytest.Config) -> None:
    for shelved in shelve([pytestconfig.rootpath / "cassettes"]):
        for interaction in shelved.cassette:
            response = interaction.response
            redactor = BodyRedactor(Secrets(), response.header("content-type"), response.header("content-encoding"))
            assert redactor.feed(response.body) + redactor.flush() == response.body
            assert comparable(interaction.request.body or b"") == (interaction.request.body or b"")
