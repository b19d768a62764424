import pytest
from recordings import DONE, delta, finish, recording

from mocksse.providers.usage import output_tokens
from mocksse.view.stats import measure, stalls, stats


def test_all_figures() -> None:
    told = stats(
        recording(
            (90, delta(role="assistant", content="")),
            (100, delta(reasoning_content="Hm")),
            (200, delta(content="Hel")),
            (20, delta(content="lo")),
            (20, delta(content="!") + b": ping\n\n"),
            (10, delta(tool_calls=[{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}])),
            (5, finish("tool_calls", usage={"completion_tokens": 35}) + DONE),
            after_ms=1,
        )
    )
    assert told == {
        "head_ms": 10.0,
        "first_byte_ms": 100.0,
        "first_event_ms": 100.0,
        "first_reasoning_ms": 200.0,
        "first_text_ms": 400.0,
        "first_tool_ms": 450.0,
        "duration_ms": 456.0,
        "end": "complete",
        "bytes": told["bytes"],
        "chunks": 7,
        "events": 8,
        "comments": 1,
        "events_per_chunk": 1.143,
        "event_gap_ms": {"p50": 20.0, "p95": 200.0, "p99": 200.0, "max": 200.0},
        "token_gap_ms": {"p50": 20.0, "p95": 200.0, "p99": 200.0, "max": 200.0},
        "output_tokens": 35,
        "tokens_per_s": 140.0,
        "stalls": [],
    }


def test_what_never_came_is_none() -> None:
    told = stats(recording(end="cut"))
    assert {key: value for key, value in told.items() if value is not None} == {
        "head_ms": 10.0,
        "duration_ms": 10.0,
        "end": "cut",
        "bytes": 0,
        "chunks": 0,
        "events": 0,
        "comments": 0,
        "stalls": [],
    }


def test_tokens_that_came_at_one_moment_have_no_speed() -> None:
    whole = recording((5, delta(content="a") + delta(content="b") + finish(usage={"completion_tokens": 2})))
    assert (measure(whole).output_tokens, measure(whole).tokens_per_s) == (2, None)


def test_reasoning_that_was_not_streamed_is_not_in_the_speed() -> None:
    usage = {"completion_tokens": 110, "completion_tokens_details": {"reasoning_tokens": 100}}
    hidden = recording((5, delta(content="a")), (1000, delta(content="b") + finish(usage=usage)))
    shown = recording((5, delta(reasoning="a")), (1000, delta(content="b") + finish(usage=usage)))
    assert measure(hidden).tokens_per_s == 10.0
    assert measure(shown).tokens_per_s == 110.0
    assert measure(hidden).output_tokens == 110


@pytest.mark.parametrize(
    ("usage", "tokens", "without_reasoning"),
    [
        ({"completion_tokens": 5}, 5, 5),
        ({"output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 4}}, 9, 5),
        ({"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}}, 9, 5),
        ({"candidatesTokenCount": 7, "thoughtsTokenCount": 2}, 9, 7),
        ({"thoughtsTokenCount": 2}, 2, None),
        ({"billed_units": {"output_tokens": 3}, "tokens": {"output_tokens": 8}}, 8, 8),
        ({"outputTokens": 4}, 4, 4),
        ({"eval_count": 6, "eval_duration": 1}, 6, 6),
        ({"tokens_predicted": 2}, 2, 2),
        ({"generated_tokens": 3}, 3, 3),
        ({"completion_tokens": None}, None, None),
        ({"completion_tokens": True}, None, None),
        ({"completion_tokens": -1}, None, None),
        ({"completion_tokens": "5"}, None, None),
        ({}, None, None),
    ],
)
def test_output_tokens(usage: dict[str, object], tokens: int | None, without_reasoning: int | None) -> None:
    assert output_tokens(usage) == tokens
    assert output_tokens(usage, reasoning=False) == without_reasoning


@pytest.mark.parametrize(
    ("times_ms", "end_ms", "found"),
    [
        ([100, 120, 140, 1140], 1140, [(1140, 1000)]),
        ([100, 120, 140, 1139], 1139, []),
        ([5000, 5020, 5040], 5040, []),  # the first wait is none
        ([0, 2000, 4000, 6000], 6000, []),  # that is its pace
        ([0, 300, 600, 1900], 1900, []),  # not five times the median
        ([0, 300, 600, 2100], 2100, [(2100, 1500)]),
        ([0, 20, 40], 3040, [(3040, 3000)]),
        ([], 9000, []),
    ],
)
def test_stalls(times_ms: list[int], end_ms: int, found: list[tuple[int, int]]) -> None:
    told = stalls([ms * 1000 for ms in times_ms], end_ms * 1000)
    assert [(stall.at_us // 1000, stall.gap_us // 1000) for stall in told] == found
