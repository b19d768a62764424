"""The pacing words, as data: what a user may say about time, in a file, in an option or in a header.

Nothing here draws or computes a time; that is `replay.pacing`. The words and their units:

    speed=2 | speed=instant     recorded times divided by a factor, or none at all
    ttft=MS                     request to the first piece of the body
    gap=MS                      between chunks (between reads, where the body is not chunked)
    tps=N                       text events a second: the gap before every event that carries text
    jitter=PERCENT              each gap times a factor drawn from 1-p..1+p
    max_gap=MS                  no wait is longer
    seed=N                      what the draws start from

`ttft` and `gap` also take a distribution, drawn for each request: `normal:MEAN,SD`, `lognormal:p50=MS,p95=MS`,
`from:CASSETTE` (the gaps of a real recording). What is said nearer to the request wins, word by word:
command line, then interaction, then file, then the recording itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace

from mocksse import limits
from mocksse.errors import UsageError, nearest

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_UNITED = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s)")
INSTANT = math.inf
"""`speed` at which no recorded time is left."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same, in milliseconds."""

    ms: float


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal distribution in milliseconds; what falls below 0 counts as 0."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Log-normal distribution by two percentiles, in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class FromCassette:
    """The times of a real recording: the file's name, and in microseconds what was found in it."""

    path: str
    sample_us: tuple[int, ...] = ()


Duration = Fixed | Normal | LogNormal | FromCassette


@dataclass(frozen=True, slots=True)
class Pacing:
    """One layer of pacing words; None is "not said here"."""

    speed: float | None = None
    gap: Duration | None = None
    ttft: Duration | None = None
    tps: float | None = None
    jitter: float | None = None
    max_gap: float | None = None
    seed: int | None = None

    def over(self, lower: Pacing | None) -> Pacing:
        """These words, and where nothing is said those of `lower`.

        A higher layer's `speed` silences every time below it (`--speed instant` is instant whatever the file
        says); its `gap` or `tps` silences the other of the two.
        """
        if lower is None:
            return self
        if self.speed is not None:
            lower = replace(lower, ttft=None, gap=None, tps=None)
        elif self.gap is not None or self.tps is not None:
            lower = replace(lower, gap=None, tps=None)
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name)) is not None}
        return replace(lower, **said)


def parse_duration(text: str, word: str) -> Duration:
    """`350`, `normal:350,50`, `lognormal:p50=350,p95=1200` or `from:FILE`; UsageError with the right form."""
    kind, colon, rest = text.partition(":")
    kind = kind.strip()
    if not colon:
        return Fixed(_milliseconds(kind, word))
    if kind == "from" and rest:
        return FromCassette(rest)
    values = [part.partition("=") for part in rest.split(",")]
    if kind == "normal" and len(values) == 2:
        mean, sd = (parse_number(value or key, word) for key, _, value in values)
        return Normal(mean, sd)
    if kind == "lognormal" and {key.strip() for key, _, _ in values} == {"p50", "p95"}:
        given = {key.strip(): parse_number(value, word) for key, _, value in values}
        if 0 < given["p50"] <= given["p95"]:
            return LogNormal(given["p50"], given["p95"])
    raise UsageError(
        f"{word}: {text!r} is no duration",
        "use milliseconds, normal:MEAN,SD, lognormal:p50=MS,p95=MS or from:CASSETTE",
    )


def parse_number(text: str, word: str, *, least: float = 0.0) -> float:
    """A decimal number of at least `least`; UsageError otherwise, and for one that no wait or factor can need."""
    if not _DECIMAL.fullmatch(text.strip()) or (value := float(text)) < least:
        raise UsageError(f"{word}: {text!r} is not a number of {least:g} or more")
    if value > limits.MAX_WAIT_MS:
        raise UsageError(f"{word}: {text} is too large", f"{limits.MAX_WAIT_MS:,} is the most")
    return value


def _milliseconds(text: str, word: str) -> float:
    if united := _UNITED.fullmatch(text.strip()):
        value = float(united[1]) * (1 if united[2] == "ms" else 1000)
        raise UsageError(f"{word}: {text!r} has a unit", f"milliseconds alone: {decimal(value)}")
    return parse_number(text, word)


def parse_speed(text: str) -> float:
    """A factor above 0, or `instant`."""
    if text.strip() == "instant":
        return INSTANT
    value = parse_number(text.strip().removesuffix("x"), "speed")
    if value == 0:
        raise UsageError("speed: 0 would never end", "use a factor such as 0.5 or 10, or instant")
    return value


def parse_word(name: str, text: str) -> Pacing:
    """One word as a layer of its own, e.g. `("ttft", "normal:350,50")`."""
    name = name.replace("-", "_")
    match name:
        case "speed":
            return Pacing(speed=parse_speed(text))
        case "gap":
            return Pacing(gap=parse_duration(text, name))
        case "ttft":
            return Pacing(ttft=parse_duration(text, name))
        case "tps":
            tps = parse_number(text, name)
            if tps == 0:
                raise UsageError("tps: 0 would never end", "use text events a second, such as 30")
            return Pacing(tps=tps)
        case "jitter":
            jitter = parse_number(text.strip().removesuffix("%"), name)
            if jitter > 100:
                raise UsageError(f"jitter: {text!r} is more than 100 percent")
            return Pacing(jitter=jitter)
        case "max_gap":
            return Pacing(max_gap=_milliseconds(text, name))
        case "seed":
            if not re.fullmatch("-?[0-9]{1,4000}", text.strip()):
                raise UsageError(f"seed: {text!r} is not a whole number")
            return Pacing(seed=int(text))
    known = [field.name for field in fields(Pacing)]
    raise UsageError(f"{name!r} is no pacing word", nearest(name, known) or f"the words are {', '.join(known)}")


def words(pacing: Pacing) -> dict[str, str | int | float]:
    """The layer as a file has it; `parse_word` reads each back."""
    found: dict[str, str | int | float] = {}
    for field in fields(pacing):
        value = getattr(pacing, field.name)
        match value:
            case None:
                continue
            case Fixed(ms):
                found[field.name] = _plain(ms)
            case Normal(mean, sd):
                found[field.name] = f"normal:{decimal(mean)},{decimal(sd)}"
            case LogNormal(p50, p95):
                found[field.name] = f"lognormal:p50={decimal(p50)},p95={decimal(p95)}"
            case FromCassette(path):
                found[field.name] = f"from:{path}"
            case _:
                found[field.name] = "instant" if value == INSTANT else _plain(value)
    return found


def decimal(value: float) -> str:
    """A number as `parse_number` reads it: all its digits, no exponent."""
    text = repr(value).removesuffix(".0")
    if "e" in text:
        from decimal import Decimal

        text = f"{Decimal(text):f}"
    return text


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value
