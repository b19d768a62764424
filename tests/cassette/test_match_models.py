"""Which models recorded requests ask for: in the body, or in the path."""

from __future__ import annotations

import pytest

from mocksse.cassette.match import model_names, model_of
from mocksse.cassette.model import Request


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (Request("/v1/chat/completions", body=b'{"model":"m"}'), "m"),
        (Request("/v1/chat/completions", body=b'{"model":7}'), ""),
        (Request("/v1/chat/completions", body=b"no JSON"), ""),
        (Request("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse"), "gemini-2.5-pro"),
        (Request("/v1/projects/p/locations/l/publishers/google/models/g-1:generateContent"), "g-1"),
        (Request("/v1beta/models/{model}:generateContent"), ""),
        (Request("/model/us.amazon.nova-micro-v1%3A0/converse-stream"), "us.amazon.nova-micro-v1:0"),
        (Request("/openai/deployments/gpt-4o/chat/completions?api-version=1", body=b"{}"), "gpt-4o"),
        (Request("/models/m"), ""),
    ],
)
def test_the_model_of_a_request(request_: Request, name: str) -> None:
    assert model_of(request_) == name


def test_each_is_named_once_in_recorded_order() -> None:
    bodies = (b'{"model":"b"}', None, b'{"model":"a"}', b'{"model":"b"}')
    assert model_names(Request("/x", body=body) for body in bodies) == ("b", "a")
