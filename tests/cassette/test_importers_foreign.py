from __future__ import annotations

import pytest

from mocksse.cassette.importers.foreign import refuse
from mocksse.errors import EXIT_USAGE, UsageError

VCRPY = b"interactions:\n- request:\n    uri: http://example/\n  response:\n    body: {string: ''}\nversion: 1\n"
RUBY = b"---\nhttp_interactions:\n- request:\n    method: get\nrecorded_with: VCR 6.0.0\n"
GO = b"---\nversion: 2\ninteractions:\n    - id: 0\n      duration: 1.2s\n"
HAND_MADE = b"interactions:\n  - path: /x\n    stream:\n      - data: a\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (VCRPY, "is a vcrpy cassette, which can't be imported"),
        (b"# a comment\n" + VCRPY, "a vcrpy cassette"),
        (b'{"version": 1, "interactions": [{"request": {}}]}', "is a VCR cassette, which can't be imported"),
        (b'{"http_interactions": [{}], "recorded_with": "betamax"}', "a VCR cassette"),
        (RUBY, "is a cassette of Ruby's VCR, which can't be imported"),
        (GO, "is a go-vcr cassette, which can't be imported"),
        (b'{"log": {"version": "1.2", "creator": {}, "entries": []}}', "is a HAR file, which can't be imported"),
        (b'{\n  "log": {\n    "_recordingName": "x",\n    "creator": {}', "a HAR file"),
        (b"mocksse: 1\ninteractions: []\n", "is a mocksse cassette already"),
        (b"# yaml-language-server: $schema=x\nmocksse: 1\nbroken: [", "is a mocksse cassette already"),
        (HAND_MADE, "is a mocksse cassette already"),
        ("data: x\n\n".encode("utf-16"), "is UTF-16"),
        (b"\xfe\xff\0d", "is UTF-16"),
        (
            b"*   Trying 127.0.0.1:80...\n> POST /x HTTP/1.1\n> Host: a\n< HTTP/1.1 200 OK\ndata: x\n\n",
            "what curl -v says",
        ),
        (b"  % Total\r100 1{ [5 bytes data]\n> GET / HTTP/2\n\n< HTTP/2 200 \n", "what curl -v says"),
    ],
)
def test_what_is_recognised_and_refused(data: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        refuse(data, "a.yaml")
    assert caught.value.exit_code == EXIT_USAGE
    assert caught.value.message.startswith("a.yaml: ")
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"data: x\n\n",
        b"data: interactions:\nversion: 1\n\n",
        b'{"log": {"level": "info"}}\n{"log": {"level": "info"}}\n',
        b'{"log": "version"}',
        b'{"version": "1", "text": "interactions"}',
        b'{"interactions": 3}',
        b"version: 3\nservices: {}\n",
        b"interactions: none so far\n",
        b"> GET / HTTP/1.1 is how a request begins\n",
        b"HTTP/1.1 200 OK\r\n\r\ninteractions:\nversion: 1\n",
    ],
)
def test_what_only_looks_like_it(data: bytes) -> None:
    refuse(data, "x")
