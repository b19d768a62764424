"""The grammar of faults: what is read, in which canonical form, and for what is none one line with the column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocksse.errors import UsageError
from mocksse.replay.faults.fault import Place
from mocksse.replay.faults.grammar import When, parse


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("reset", ["reset"]),
        ("  reset  ", ["reset"]),
        ("reset;", ["reset"]),
        ("reset at=event:5 times=1", ["reset at=event:5 times=1"]),
        ("reset times=1 at=event:5", ["reset at=event:5 times=1"]),
        ("reset at=event:05", ["reset at=event:5"]),
        ("reset at=percent:50.0", ["reset at=percent:50"]),
        ("reset at=byte:1234567", ["reset at=byte:1234567"]),
        ("reset;truncate ; stall for=1s", ["reset", "truncate", "stall for=1s"]),
        ("status 429", ["status code=429"]),
        ("status code=429", ["status code=429"]),
        ('comment-keepalive text="a; b"', ['comment-keepalive text="a; b"']),
        (r'comment-keepalive text="a \"b\" \\ c"', [r'comment-keepalive text="a \"b\" \\ c"']),
        ('comment-keepalive text=""', ['comment-keepalive text=""']),
        ('reset at="event:5"', ["reset at=event:5"]),
        ("ids every=2", ["ids every=2"]),
    ],
)
def test_what_is_said_has_one_canonical_form(said: str, canonical: list[str]) -> None:
    assert [spec.text for spec in parse(said)] == canonical
    assert [spec.text for text in canonical for spec in parse(text)] == canonical


def test_the_counting_words() -> None:
    (spec,) = parse("reset times=3 after=2 every=4 p=.5 on=resume")
    assert spec.when == When(3, 2, 4, 0.5, "resume")
    assert not spec.when.is_always
    assert parse("reset after=0 every=1 p=1")[0].when.is_always


def test_values_have_their_units() -> None:
    (stall,) = parse("stall at=ms:1.5 for=2.5s")
    assert (stall.args.at, stall.args.us("for")) == (Place("ms", 1.5), 2_500_000)
    (large,) = parse("large-event size=64KiB+1")
    assert large.args.count("size") == 65_537


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "fault '', column 1: an empty fault"),
        (";reset", "column 1: an empty fault"),
        ("reset;;truncate", "column 7: an empty fault"),
        ("resett", "column 1: no fault is called resett (did you mean reset?)"),
        ("RESET", "column 1: no fault is called RESET (did you mean reset?)"),
        ("xyzzy", "column 1: no fault is called xyzzy (mocksse faults lists them all)"),
        ("EMPTY_RESPONSE", "no fault is called EMPTY_RESPONSE (here it is empty-reply)"),
        ("at=event:5", "column 1: at= stands where a fault's name belongs"),
        ("reset; rest", "column 8: no fault is called rest (did you mean reset?)"),
        ("reset att=event:5", "column 7: reset has no att= (did you mean at?)"),
        ("reset nothing=5", "column 7: reset has no nothing= (reset takes at=, times=, after=, every=, p=, on=)"),
        ("reset event:5", "column 7: 'event:5' is no key=value (reset takes at=,"),
        ("reset at=evnt:5", "column 10: at=evnt:5: no place is called 'evnt:5' (did you mean event?)"),
        ("reset at=event", "column 10: at=event: event needs a number (such as event:5)"),
        ("reset at=event:-1", "column 10: at=event:-1: '-1' is not a whole number of 0 or more"),
        ("reset at=event:٣", "is not a whole number of 0 or more"),
        ("reset at=event:1.5", "'1.5' is not a whole number of 0 or more"),
        ("reset at=percent:101", "percent:101 is more than 100"),
        ("reset at=first_text", "no place is called 'first_text' (did you mean first-text?)"),
        ("truncate at=head", "use event:0"),
        ("stall for=10", "column 11: for=10: 10 of what? (a duration has its unit: 10ms or 10s)"),
        ("stall for=-1s", "'-1s' is no duration (such as 300ms, 10s or 5m)"),
        ("stall for=1e3s", "'1e3s' is no duration"),
        ("large-event size=1GiB", "'1GiB' is no size (such as 4096, 64KiB or 1MiB+1)"),
        ("large-event size=0", "is not from 1 byte to 64 MiB"),
        ("reset times=0", "column 13: times=0: '0' is not a whole number of 1 or more"),
        ("reset times=9999999999999999999", "is too large"),
        ("reset p=1.5", "'1.5' is not a probability from 0 to 1"),
        ("reset on=resumed", "'resumed' is neither first nor resume (did you mean resume?)"),
        ("reset at=end at=end", "column 14: at is said twice"),
        ('reset at="event:5', "column 10: a quote that is never closed"),
        ('reset at="event:5"x', "column 19: a space is missing behind the quote"),
        ('reset at=ev"ent', "column 12: a quote inside a word"),
        (r'comment-keepalive text="a\nb"', r"column 26: a backslash before 'n' means nothing (only \" and \\ do)"),
    ],
)
def test_what_is_wrong_and_where(said: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(said)
    assert message in str(caught.value)
    assert str(caught.value).startswith("fault '")
    assert "\n" not in str(caught.value)


def test_a_long_value_is_not_said_again() -> None:
    for said in ("stall for=" + "9" * 5000, "rechunk size=" + "9" * 5000, "reset at=event:" + "9" * 5000):
        with pytest.raises(UsageError) as caught:
            parse(said)
        assert len(str(caught.value)) < 400


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        specs = parse(text)
    except UsageError:
        return
    for spec in specs:
        assert parse(spec.text) == (spec,)
