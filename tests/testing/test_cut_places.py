"""Where an answer can be cut, and what a client can know by then."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mocksse.cassette.load import load
from mocksse.cassette.shipped import shipped
from mocksse.errors import UsageError
from mocksse.replay.draft import PLAIN
from mocksse.replay.layout import lay_out
from mocksse.testing.cuts import applies, cuts_of, sampled
from mocksse.testing.plays import inline

(RIVERS,) = load(shipped() / "openai-chat.yaml").interactions
BODY = RIVERS.response.body


def test_a_byte_is_cut_behind_each_but_the_last() -> None:
    cuts = cuts_of(RIVERS, "byte", "split")
    assert [cut.offset for cut in cuts] == list(range(1, len(BODY)))
    assert cuts[56].fault == "split at=byte:57"


def test_events_are_cut_between_and_before_them() -> None:
    cuts = cuts_of(RIVERS, "event", "reset")
    assert [cut.fault for cut in cuts[:2]] == ["reset at=event:0", "reset at=event:1"]
    assert cuts[0].offset == 0
    assert cuts[-1].offset == len(BODY)
    assert all(BODY[: cut.offset].endswith(b"\n\n") for cut in cuts[1:])


def test_anchors_are_the_named_places_in_their_order() -> None:
    assert [cut.fault for cut in cuts_of(RIVERS, "anchor", "stall for=1s")] == [
        "stall for=1s at=first-text",
        "stall for=1s at=finish",
        "stall for=1s at=done",
    ]


def test_what_can_be_known_grows_to_the_whole() -> None:
    cuts = cuts_of(RIVERS, "event", "truncate")
    texts = [cut.turn.first.text for cut in cuts]
    assert texts[0] == ""
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert texts[-1].startswith("The river")
    complete = [cut.is_complete for cut in cuts]
    assert complete == [False] * (len(cuts) - 1) + [True]


def test_half_an_event_is_not_known() -> None:
    cut = cuts_of(RIVERS, "byte", "truncate")[-1]
    assert cut.offset == len(BODY) - 1
    assert not cut.is_complete
    assert cut.around.endswith("[DONE]\\n│\\n")


def test_a_cut_at_the_very_end_is_none() -> None:
    cuts = cuts_of(RIVERS, "event", "truncate")
    layout = lay_out(RIVERS, PLAIN)
    assert [applies(RIVERS, cut, layout) for cut in cuts] == [True] * (len(cuts) - 1) + [False]


def test_a_sample_has_both_ends_and_is_the_same_for_the_same_seed() -> None:
    cuts = cuts_of(RIVERS, "byte", "split")
    first = sampled(cuts, 50, 1)
    assert (first[0], first[-1], len(first)) == (0, len(cuts) - 1, 50)
    assert first == sorted(set(first)) == sampled(cuts, 50, 1) != sampled(cuts, 50, 2)
    assert sampled(cuts[:10], 50, 1) == list(range(10))


@pytest.mark.parametrize(("at", "word"), [("bytes", "byte"), ("anchors", "anchor"), ("everywhere", "no kind of cut")])
def test_a_wrong_word_is_said(at: str, word: str) -> None:
    with pytest.raises(UsageError) as error:
        cuts_of(RIVERS, at, "truncate")
    assert word in str(error.value)


def test_a_stream_of_no_api_has_no_anchors() -> None:
    plain = inline(["data: a"], "*", None, 200, "text/event-stream", {}, "inline")
    with pytest.raises(UsageError):
        cuts_of(plain, "anchor", "truncate")
    assert len(cuts_of(plain, "byte", "truncate")) == len("data: a\n\n") - 1
