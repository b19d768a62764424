"""The pacing words: what may be said, what it means, and that it is written as it can be read again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cassette_strategies import PACINGS
from hypothesis import given
from hypothesis import strategies as st

from mocksse.cassette.pacing import (
    INSTANT,
    Duration,
    Fixed,
    FromCassette,
    LogNormal,
    Normal,
    Pacing,
    decimal,
    parse_duration,
    parse_number,
    parse_speed,
    parse_word,
    words,
)
from mocksse.errors import UsageError


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("350", Fixed(350)),
        (" 0.5 ", Fixed(0.5)),
        ("0", Fixed(0)),
        ("normal:350,50", Normal(350, 50)),
        (" normal: 350 , 50 ", Normal(350, 50)),
        ("normal:mean=350,sd=50", Normal(350, 50)),
        ("lognormal:p50=350,p95=1200", LogNormal(350, 1200)),
        ("lognormal:p95=1200,p50=350", LogNormal(350, 1200)),
        ("lognormal:p50=350,p95=350", LogNormal(350, 350)),
        ("from:real.yaml", FromCassette("real.yaml")),
        ("from:C:/a b.yaml ", FromCassette("C:/a b.yaml ")),
    ],
)
def test_durations(text: str, duration: Duration) -> None:
    assert parse_duration(text, "gap") == duration


@pytest.mark.parametrize(
    "text",
    ["normal:350", "normal:1,2,3", "lognormal:350,1200", "lognormal:p50=0,p95=1", "lognormal:p50=2,p95=1",
     "lognormal:p50=1", "from:", "uniform:1,2", ":", "12:30"],
)  # fmt: skip
def test_no_durations(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_duration(text, "gap")
    assert str(caught.value) == (
        f"gap: {text!r} is no duration (use milliseconds, normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE)"
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", "-1", "+1", "1e3", "nan", "inf", "infinity", "1_000", "0x10", ".5", "1.", "1,5", "\u0661", "1 2"],
)
def test_no_numbers(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_number(text, "tps")
    assert str(caught.value) == f"tps: {text!r} is not a number of 0 or more"


@pytest.mark.parametrize("text", ["1" * 14, "9" * 400, "1000000000000.1"])
def test_numbers_that_no_wait_can_need(text: str) -> None:
    with pytest.raises(UsageError, match="is too large"):
        parse_number(text, "gap")


@pytest.mark.parametrize(("text", "speed"), [("2", 2.0), ("0.5x", 0.5), (" 10 ", 10.0), ("instant", INSTANT)])
def test_speeds(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize(
    ("name", "text", "pacing"),
    [
        ("speed", "2", Pacing(speed=2)),
        ("gap", "20", Pacing(gap=Fixed(20))),
        ("ttft", "normal:1,2", Pacing(ttft=Normal(1, 2))),
        ("tps", "30", Pacing(tps=30)),
        ("jitter", "20%", Pacing(jitter=20)),
        ("jitter", "100", Pacing(jitter=100)),
        ("max-gap", "500", Pacing(max_gap=500)),
        ("max_gap", "500", Pacing(max_gap=500)),
        ("seed", " -7 ", Pacing(seed=-7)),
        ("seed", "9" * 100, Pacing(seed=int("9" * 100))),
    ],
)
def test_words(name: str, text: str, pacing: Pacing) -> None:
    assert parse_word(name, text) == pacing


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("speed", "0", "speed: 0 would never end (use a factor such as 0.5 or 10, or instant)"),
        ("speed", "fast", "speed: 'fast' is not a number of 0 or more"),
        ("tps", "0", "tps: 0 would never end (use text events a second, such as 30)"),
        ("ttft", "1.5s", "ttft: '1.5s' has a unit (milliseconds alone: 1500)"),
        ("max_gap", "20 ms", "max_gap: '20 ms' has a unit (milliseconds alone: 20)"),
        ("jitter", "101", "jitter: '101' is more than 100 percent"),
        ("seed", "1.5", "seed: '1.5' is not a whole number"),
        ("seed", "x", "seed: 'x' is not a whole number"),
        ("seed", "9" * 5000, f"seed: '{'9' * 5000}' is not a whole number"),
        ("pace", "1", "'pace' is no pacing word (the words are speed, gap, ttft, tps, jitter, max_gap, seed)"),
    ],
)
def test_wrong_words(name: str, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_word(name, text)
    assert str(caught.value) == message


@given(PACINGS)
def test_what_is_written_reads_back(pacing: Pacing) -> None:
    said = Pacing()
    for word, value in words(pacing).items():
        text = value if isinstance(value, str) else decimal(value)
        said = replace(said, **{word: getattr(parse_word(word, text), word)})
    assert said == pacing


@given(st.floats(0, 1e12))
def test_decimal_digits_lose_nothing(value: float) -> None:
    assert parse_number(decimal(value), "gap") == value


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (350.0, "350"), (7, "7"), (0.1, "0.1"), (1e-7, "0.0000001"), (1e22, f"1{'0' * 22}")]
)
def test_decimal_digits(value: float, text: str) -> None:
    assert decimal(value) == text


WHOLE = Pacing(2, Fixed(20), Fixed(300), None, 10, 500, 7)


@pytest.mark.parametrize(
    ("upper", "lower", "both"),
    [
        (Pacing(), None, Pacing()),
        (Pacing(jitter=5), None, Pacing(jitter=5)),
        (Pacing(), WHOLE, WHOLE),
        (Pacing(jitter=0, seed=0), WHOLE, Pacing(2, Fixed(20), Fixed(300), None, 0, 500, 0)),
        (Pacing(ttft=Fixed(1)), WHOLE, Pacing(2, Fixed(20), Fixed(1), None, 10, 500, 7)),
        # speed silences every time below it,
        (Pacing(speed=INSTANT), WHOLE, Pacing(INSTANT, None, None, None, 10, 500, 7)),
        (Pacing(speed=1, gap=Fixed(5)), WHOLE, Pacing(1, Fixed(5), None, None, 10, 500, 7)),
        # and gap and tps each other.
        (Pacing(tps=30), WHOLE, Pacing(2, None, Fixed(300), 30, 10, 500, 7)),
        (Pacing(gap=Fixed(5)), Pacing(tps=30, seed=1), Pacing(gap=Fixed(5), seed=1)),
    ],
)
def test_a_layer_over_another(upper: Pacing, lower: Pacing | None, both: Pacing) -> None:
    assert upper.over(lower) == both
