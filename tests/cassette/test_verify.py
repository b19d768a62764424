"""Contradictions that the types allow, each with its line."""

from __future__ import annotations

import pytest
from handwritten import RIGHT

from mocksse.cassette.load import Lines, loads
from mocksse.cassette.verify import findings

RESPONSE = "interactions:\n  - path: /x\n    response:\n      "
STREAM = "path: /x\nstream:\n  - data: a\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (STREAM + "  - {data: b, more: true}\n", [(4, "more: on the last entry of the stream")]),
        (STREAM + "  - {text: b, of: 9}\n", [(4, "a chunk that was cut in a stream that ended complete")]),
        (STREAM + "  - {text: b, of: 9}\n  - data: c\n", [(4, "of: on an entry that is not the last")]),
        (
            "interactions:\n  - path: /y\n  - path: /x\n    stream:\n      - data: a\n      - {data: b, more: true}\n",
            [(6, "more: on the last entry of the stream")],
        ),
        (
            RESPONSE
            + "framing: close\n      stream:\n        - data: a\n        - {data: b, more: true}\n        - data: c\n",
            [(7, "more: or of: in a stream with framing close")],
        ),
        (
            RESPONSE + "framing: length\n      trailers: {a: b}\n",
            [(5, "trailers in a stream with framing length")],
        ),
        (RESPONSE + "status: 204\n      stream:\n      - data: a\n", [(6, "a body in an answer with status 204")]),
        (RESPONSE + "status: 304\n      stream: [{text: a}]\n", [(5, "a body in an answer with status 304")]),
        (
            "interactions:\n  - path: /x\n    method: HEAD\n    stream:\n      - data: a\n",
            [(5, "a body in an answer to HEAD")],
        ),
        (
            RESPONSE
            + "framing: close\n      trailers: {a: b}\n      stream:\n        - {text: a, of: 5, more: true}\n",
            [
                (7, "more: on the last entry of the stream"),
                (7, "a chunk that was cut in a stream that ended complete"),
                (7, "more: or of: in a stream with framing close"),
                (5, "trailers in a stream with framing close"),
            ],
        ),
        # What can be:
        (RESPONSE + "stream: [{data: a, more: true}, {data: b, of: 99}]\n      end: {how: cut}\n", []),
        (RESPONSE + "trailers: {a: b}\n", []),
        (RESPONSE + "status: 204\n", []),
        ("interactions:\n  - path: /x\n    method: HEAD\n", []),
    ],
)
def test_findings(text: str, found: list[tuple[int, str]]) -> None:
    assert [(finding.line(Lines(text)), finding.message) for finding in findings(loads(text.encode()))] == found


def test_every_finding_says_what_to_do() -> None:
    text = STREAM + "  - {text: b, of: 9, more: true}\n"
    assert all(finding.hint for finding in findings(loads(text.encode())))


@pytest.mark.parametrize("text", [text for text, _ in RIGHT.values()], ids=RIGHT)
def test_handwritten_examples_have_none(text: str) -> None:
    assert list(findings(loads(text.encode()))) == []
