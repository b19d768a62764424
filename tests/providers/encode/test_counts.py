"""Token counts, from every provider's usage and into that of the six."""

from __future__ import annotations

from typing import Any

import pytest

from mocksse.providers.encode.counts import Counts, counts_of, usage_of
from mocksse.providers.encode.registry import ENCODERS


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}, Counts(3, 5)),
        (
            {"prompt_tokens": 3, "completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 2}},
            Counts(3, 5, 2),
        ),
        ({"completion_tokens": 5, "completion_tokens_details": None}, Counts(0, 5)),
        ({"input_tokens": 3, "output_tokens": 5, "output_tokens_details": {"thinking_tokens": 4}}, Counts(3, 5, 4)),
        ({"promptTokenCount": 3, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}, Counts(3, 7, 2)),
        ({"promptTokenCount": 3, "thoughtsTokenCount": 2}, Counts(3, 2, 2)),
        ({"billed_units": {"input_tokens": 1}, "tokens": {"input_tokens": 3, "output_tokens": 5}}, Counts(3, 5)),
        ({"billed_units": {"input_tokens": 3, "output_tokens": 5}}, Counts(3, 5)),
        ({"tokens": {"input_tokens": 3.0, "output_tokens": 5.0}}, Counts(3, 5)),
        ({"prompt_tokens": True, "completion_tokens": 5}, Counts(0, 5)),
        ({"inputTokenCount": 3, "outputTokenCount": 5}, Counts(3, 5)),
        ({"prompt_eval_count": 3, "eval_count": 5, "total_duration": 7}, Counts(3, 5)),
        ({"inputTokens": 3, "outputTokens": 5}, Counts(3, 5)),
        ({"generated_tokens": 5}, Counts(0, 5)),
        ({"total_duration": 7}, None),
        ({"prompt_tokens": "3"}, None),
        ({}, None),
    ],
)
def test_counts_are_found_in_every_providers_usage(usage: dict[str, Any], counts: Counts | None) -> None:
    assert counts_of(usage) == counts


@pytest.mark.parametrize("api", ENCODERS)
def test_what_is_written_is_read_back(api: str) -> None:
    assert counts_of(usage_of(api, Counts(3, 5))) == Counts(3, 5)
    told = counts_of(usage_of(api, Counts(3, 5, 2)))
    assert told == (Counts(3, 5) if api in {"cohere", "ollama"} else Counts(3, 5, 2))
