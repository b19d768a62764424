import pytest

from mocksse.figures import bytes_text, percentile, plural, printable, seconds_text, us_text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (6949, "6.9 kB"), (1_250_000, "1.2 MB")]
)
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 ms"), (0.0004, "0.4 ms"), (0.0123, "12 ms"), (0.9994, "999 ms"), (1.2345, "1.23 s"), (125, "2 min 5 s")],
)
def test_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text
    assert us_text(round(seconds * 1e6)) == text


def test_plural() -> None:
    assert [plural(n, "event") for n in (0, 1, 1200)] == ["0 events", "1 event", "1,200 events"]


def test_printable() -> None:
    assert printable("a\nb\tc\r\x00\x1b\x9b\u202e") == "a⏎b⇥c␍····"
    assert printable("ü 河 🌊") == "ü 河 🌊"


def test_percentiles() -> None:
    assert percentile([], 0.5) == 0
    assert percentile([7], 0.99) == 7
    assert percentile(range(1, 101), 0.5) == 51
    assert percentile(range(1, 101), 0.99) == 100
