"""What a fault does to a body is a matter of the body: however that was cut in chunks, the same bytes come out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from breaking import broken, got, quick, recording
from hypothesis import given, settings
from hypothesis import strategies as st
from tapes_of_apis import TAPES

from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.registry import FAULTS

BODILY = sorted(fault.name for fault in FAULTS.values() if fault.edits is not None)
"""Faults that say which bytes of the body change, and no more."""


def outcome(faults: str, *chunks: bytes, path: str, content_type: str) -> bytes | str:
    """The body, or why there is none."""
    try:
        return got(broken(faults, recording(*chunks, path=path, content_type=content_type))).body
    except Refused as refused:
        return refused.reason


@pytest.mark.parametrize("name", BODILY)
@settings(max_examples=25)
@given(tape=st.sampled_from(sorted(TAPES)), ends=st.lists(st.integers(1, 5000), max_size=9))
def test_however_the_body_was_cut(name: str, tape: str, ends: list[int]) -> None:
    clean = TAPES[tape]
    body, path, type_ = clean.response.body, clean.request.path, clean.response.header("content-type") or ""
    bounds = sorted({0, len(body), *(end % len(body) for end in ends)})
    chunks = [body[start:end] for start, end in pairwise(bounds)]
    for faults in {name.replace("endless-line", "endless-line size=70000"), quick(name)}:
        whole = outcome(faults, body, path=path, content_type=type_)
        assert outcome(faults, *chunks, path=path, content_type=type_) == whole
