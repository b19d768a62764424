"""Every fault of the registry, present and future, is held to its law, whatever the recording and however it is cut."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from breaking import events, got, shortened
from hypothesis import given, settings
from hypothesis import strategies as st
from tapes_of_apis import TAPES

from mocksse import limits
from mocksse.cassette.model import Piece
from mocksse.cassette.pacing import Pacing
from mocksse.errors import UsageError
from mocksse.providers.framing import frames
from mocksse.replay.compile import Play, PlayMoment
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.draft import Context, Draft
from mocksse.replay.faults import spot
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import Spec, parse
from mocksse.replay.faults.inject import inject
from mocksse.replay.faults.registry import FAULTS
from mocksse.replay.faults.values import parse_size
from mocksse.replay.layout import begin, lay_out
from mocksse.replay.lower import lower
from mocksse.replay.pacing import schedule
from mocksse.replay.reshape import edited
from mocksse.wire import http1

if TYPE_CHECKING:
    from mocksse.cassette.model import Interaction
    from mocksse.replay.plan import Plan

ALONE = sorted(FAULTS.keys() - {"resume"})  # that does nothing until a client comes back
PLACES = ("event:0", "event:1", "event:3", "byte:7", "percent:0", "percent:33", "percent:99.9", "ms:115", "end")
NAMED = ("first-text", "reasoning", "tool-args", "finish", "done", "head")
CONTEXTS = (
    Context(),
    Context(),
    Context(method="HEAD"),
    Context(http="1.0", close=True),
    Context(close=True),
    Context(origin="http://a"),
)


def recut(tape: Interaction, ends: list[int]) -> Interaction:
    """The same body in other chunks."""
    body = tape.response.body
    bounds = sorted({0, len(body), *(end % (len(body) or 1) for end in ends)})
    cut = tuple(Piece(10_000, body[a:b]) for a, b in pairwise(bounds))
    return replace(tape, response=replace(tape.response, pieces=cut))


def alone(name: str) -> str:
    """The fault as its example has it, without the others that may stand there."""
    return next(shortened(spec) for spec in parse(FAULTS[name].example) if spec.fault.name == name)


@cache
def fitting(name: str) -> list[str]:
    """The recordings over which the fault can be played as its example has it."""
    fits = []
    for key, tape in TAPES.items():
        with suppress(Refused):
            compile_plan(tape, Pacing(), faults=parse(alone(name)), strict=True)
            fits.append(key)
    assert fits
    return fits


@st.composite
def tapes(draw: st.DrawFn, names: list[str]) -> Interaction:
    tape = TAPES[draw(st.sampled_from(names))]
    if draw(st.booleans()):
        tape = recut(tape, draw(st.lists(st.integers(0, 5000), max_size=12)))
    return tape


@st.composite
def uses(draw: st.DrawFn, name: str) -> str:
    """The fault as its example has it, or by itself, or at any place, or with any of the words of its parameters."""
    fault = FAULTS[name]
    example = alone(name)
    if draw(st.booleans()):
        return example
    said = [name]
    for param in fault.params:
        if param.unit == "place" and draw(st.booleans()):
            said.append(f"{param.name}={draw(st.sampled_from(PLACES + NAMED))}")
        elif param.unit == "size" and param.default and parse_size(param.default) > 100_000:
            said.append(f"{param.name}=100000")
        elif param.unit == "word" and draw(st.booleans()):
            said.append(f"{param.name}={draw(st.sampled_from(param.words))}")
    return " ".join(said)


def drafts(tape: Interaction, specs: tuple[Spec, ...], context: Context, seed: int) -> tuple[Draft, Draft] | None:
    """The clean draft and the broken one; None where it is refused, as it may be."""
    layout = lay_out(tape, context)
    times = schedule(tape.response, Pacing(), lambda: 0.5)
    play = Play(seed, "f#a", 1, "/v1/x?y=z", lambda: 1_800_000_000.0)
    clean = begin(tape.response, layout, times)
    before = lower(clean).digest
    try:
        faulty = inject(clean, specs, play.moment, strict=True)
    except Refused:
        return None
    assert lower(clean).digest == before, "the draft that came in has changed"
    assert clean.layout is layout
    return clean, faulty


def is_sound(plan: Plan) -> None:
    """Any plan at all: writes in order, an end behind them, within the limits."""
    times = [write.at_us for write in plan.writes]
    assert times == sorted(times)
    assert all(at >= 0 for at in times)
    assert plan.end_us >= max(times, default=0)
    assert sum(len(write.data) for write in plan.writes) <= 2 * limits.MAX_PLAN_BYTES
    assert plan.status == 0 or 100 <= plan.status <= 599
    assert (plan.status == 0) == (not plan.writes)


@pytest.mark.parametrize("name", sorted(FAULTS))
@settings(max_examples=settings().max_examples // 3)
@given(st.data())
def test_a_fault_keeps_its_law(name: str, data: st.DataObject) -> None:
    tape = data.draw(tapes(fitting(name)))
    try:
        specs = parse(data.draw(uses(name)))
    except UsageError:
        return  # `at=head` for a fault that needs a place in the body
    context = data.draw(st.sampled_from(CONTEXTS))
    found = drafts(tape, specs, context, 1)
    if found is None:
        return
    clean, faulty = found
    plan = lower(faulty)
    is_sound(plan)
    assert plan.marks, "it says where it took hold"
    again = drafts(tape, specs, context, 1)
    assert again is not None
    assert lower(again[1]).digest == plan.digest, "the same seed, the same plan"
    LAWS[FAULTS[name].law](clean, faulty, specs[0])


def shaping(clean: Draft, faulty: Draft, _spec: Spec) -> None:
    assert faulty.body == clean.body
    assert (faulty.layout.whole, faulty.layout.rest) == (clean.layout.whole, clean.layout.rest)
    there = got(lower(faulty))
    assert there.body == clean.body
    assert there.whole or faulty.layout.framing == "close"
    assert faulty.last_us >= clean.head_us


def reframing(clean: Draft, faulty: Draft, _spec: Spec) -> None:
    there = got(lower(faulty))
    body = there.body
    if there.header("content-encoding") == "gzip":
        body = zlib.decompress(body, 31)
    if clean.layout.unit == "sse":
        assert events(body) == events(clean.body)
    else:
        said = clean.layout.content_type
        assert [(f.type, f.data) for f in frames(said, body) if f.kind == "event"] == [
            (f.type, f.data) for f in clean.layout.events
        ]
    assert there.whole or faulty.layout.framing == "close"


def lossy(clean: Draft, faulty: Draft, _spec: Spec) -> None:
    if clean.body.startswith(faulty.body):
        return
    left = iter([(f.type, f.data) for f in clean.layout.events])
    for event in faulty.layout.events:
        assert (event.type, event.data) in left, "not a subsequence"


def corrupting(clean: Draft, faulty: Draft, spec: Spec) -> None:
    if spec.fault.edits is None:
        # It may touch all of the body, and touches some of it; how is asserted where the fault is.
        assert got(lower(faulty)).body != got(lower(clean)).body
        return
    assert faulty.body != clean.body
    # What the edits leave is there, in order, and nothing else is but what they put in.
    edits = sorted(spec.fault.edits(clean.layout, spot.find(clean, spec.args.at), spec.args), key=lambda e: e.start)
    at = 0
    parts = []
    for edit in edits:
        assert at <= edit.start <= edit.end <= len(clean.body)
        parts += [clean.body[at : edit.start], edit.data]
        at = edit.end
    assert b"".join([*parts, clean.body[at:]]) == faulty.body == edited(clean.layout, edits).layout.body


def gating(clean: Draft, faulty: Draft, _spec: Spec) -> None:
    delayed = faulty.head_us > clean.head_us or faulty.drip is not None
    assert delayed or faulty.layout.headless or faulty.layout.head != clean.layout.head


def ending(clean: Draft, faulty: Draft, _spec: Spec) -> None:
    assert faulty.body == clean.body
    assert faulty.at_us == clean.at_us
    assert faulty.head_us == clean.head_us


LAWS = {
    "SHAPING": shaping,
    "REFRAMING": reframing,
    "LOSSY": lossy,
    "CORRUPTING": corrupting,
    "GATING": gating,
    "ENDING": ending,
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_canonical_text_says_the_same(name: str) -> None:
    for spec in parse(FAULTS[name].example):
        (again,) = parse(spec.text)
        assert (again.text, again.args, again.when) == (spec.text, spec.args, spec.when)


@given(st.sampled_from(["byte", "event", "ms", "percent"]), st.integers(0, 10**11), st.integers(0, 999))
def test_two_places_are_one_text_only_where_they_are_one_place(kind: str, whole: int, part: int) -> None:
    number = str(whole % 101 if kind == "percent" else whole)
    if kind in {"ms", "percent"} and part and number != "100":
        number += f".{part:03d}"
    (spec,) = parse(f"reset at={kind}:{number}")
    assert parse(spec.text)[0].args == spec.args
    assert spec.args.at is not None
    assert spec.args.at.number == float(number)


@given(st.data())
def test_any_two_faults_make_a_sound_plan_or_say_why_not(data: st.DataObject) -> None:
    tape = data.draw(tapes(sorted(TAPES)))
    try:
        specs = tuple(spec for _ in range(2) for spec in parse(data.draw(st.sampled_from(ALONE).flatmap(uses))))
    except UsageError:
        return
    plan = compile_plan(
        tape, Pacing(), Play(3, "f#a", now=lambda: 1.8e9), context=data.draw(st.sampled_from(CONTEXTS)), faults=specs
    )
    is_sound(plan)
    got(plan)
    assert len(plan.notes) + len({mark.fault for mark in plan.marks}) >= 1


class Noted(Play):
    """A play that notes who draws what."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, "f#a", 1, "/v1/x", lambda: 1_800_000_000.0)
        self.drawn: dict[str, list[float]] = {}

    def moment(self, who: str) -> PlayMoment:
        made = super().moment(who)
        drawn = self.drawn.setdefault(who, [])

        class Noting(PlayMoment):
            def random(self) -> float:
                drawn.append(made.random())
                return drawn[-1]

        return Noting(self, who)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_more_leaves_the_draws_of_the_others_alone(name: str) -> None:
    tape = TAPES[fitting(name)[0]]
    one, among = Noted(5), Noted(5)
    specs = parse(alone(name))
    compile_plan(tape, Pacing(), one, faults=specs)
    more = parse("stall at=event:0 for=1s; rechunk size=5 upto=9; close-delimited")
    compile_plan(tape, Pacing(), among, faults=(*more[:1], *specs, *more[1:]))
    for who, drawn in one.drawn.items():
        assert among.drawn[who][: len(drawn)] == drawn


@pytest.mark.parametrize("name", ALONE)
def test_broken_is_an_answer_that_a_client_can_not_read_to_its_end(name: str) -> None:
    for key in fitting(name):
        for context in (Context(), Context(close=True)):
            plan = compile_plan(TAPES[key], Pacing(), context=context, faults=parse(alone(name)))
            client = http1.ResponseParser("GET")
            malformed = any(isinstance(part, http1.Broken) for part in client.feed(plan.wire))
            client.close()
            reads_on = client.done and not malformed and plan.finish not in {"reset", "hold"}
            # Of a Content-Length that is too small the client knows nothing, and yet lacks the rest.
            assert plan.broken is (not reads_on or name == "content-length-mismatch"), (key, context)
