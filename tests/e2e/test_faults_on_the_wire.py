"""For each fault of the registry the very bytes of its plan, read from a real socket, and the very end: RST is not FIN.

What is read is compared with the plan, time with the plan's times and never with the wall: a stall is asserted as data,
and played short.
"""

from __future__ import annotations

import errno
import select
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from breaking import quick
from served import Client, serving
from tapes_of_apis import TAPES

from mocksse.cassette.pacing import INSTANT, Pacing
from mocksse.replay.compile import Play
from mocksse.replay.compile import compile as compile_plan
from mocksse.replay.faults.fault import Refused
from mocksse.replay.faults.grammar import parse
from mocksse.replay.faults.registry import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Serving

    from mocksse.replay.plan import Plan

NOW = Pacing(speed=INSTANT)


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    named = [
        replace(tape, name=name, request=replace(tape.request, path=f"/{name}{tape.request.path}"))
        for name, tape in TAPES.items()
    ]
    with serving(*named) as running:
        yield running


def tape_for(spec: str) -> tuple[str, Plan]:
    """The first tape over which the fault can be played, and the plan."""
    reasons = []
    for name, tape in TAPES.items():
        named = replace(tape, name=name, request=replace(tape.request, path=f"/{name}{tape.request.path}"))
        target = named.request.path
        try:
            plan = compile_plan(named, NOW, Play(0, f"tape#{name}", 1, target), faults=parse(spec), strict=True)
        except Refused as refused:
            reasons.append(f"{name}: {refused.reason}")
            continue
        return name, plan
    raise AssertionError(reasons)


def read_all(client: Client, size: int) -> tuple[bytes, str]:
    """That many bytes, and what is behind them: `reset`, `fin`, or `open` where nothing is."""
    data = b""
    try:
        while len(data) < size:
            more = client.sock.recv(1 << 16)
            if not more:
                return data, "fin"
            data += more
        if not select.select([client.sock], [], [], 0.06)[0]:
            return data, "open"
        return data, "fin" if not client.sock.recv(1) else "more"
    except OSError as error:
        return data, {errno.ECONNRESET: "reset"}.get(error.errno or 0, str(error))


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - {"resume"}))  # that is for a client that comes back
def test_the_bytes_are_the_plans_and_so_is_the_end(name: str, server: Serving) -> None:
    spec = quick(name)
    tape, plan = tape_for(spec)
    tapes = {t.interaction.name: t for t in server.session.tapes}
    server.session.reset()  # what a fault draws depends on which play it is
    client = server.client()
    try:
        path = tapes[tape].interaction.request.path
        client.ask(path, "POST", f"x-mocksse-fault: {spec}")
        size = len(plan.wire)
        if plan.finish == "reset" and not size:
            data, end = read_all(client, 1)
        else:
            data, end = read_all(client, size)
        assert data == plan.wire
        expected = {"complete": "open", "hold": "open", "close-on-next-request": "open"}.get(plan.finish, plan.finish)
        assert end == expected
        if plan.finish == "complete":
            client.ask(path, "POST")
            assert client.answer().status == 200
        elif plan.finish == "close-on-next-request":
            client.ask(path, "POST")
            assert client.sock.recv(4) == b""
    finally:
        client.sock.close()
    played = server.next_played()
    assert [mark.partition(" ")[0] for mark in played.answer.faults] == [one.fault.name for one in parse(spec)]
    assert not played.answer.notes
    if plan.finish == "complete":
        assert not server.next_played().answer.faults


def test_truncation_is_counted_in_bytes_of_the_body(server: Serving) -> None:
    tape = TAPES["chat"]
    size = tape.response.size
    for count in (0, 1, 100, size - 1, size):
        with server.client() as client:
            client.ask("/chat/v1/chat/completions", "POST", f"x-mocksse-fault: truncate at=byte:{count}")
            answer = client.answer()
            assert (len(answer.body), answer.end) == (count, "complete")
        server.next_played()


def test_a_stall_is_the_plans_and_a_client_that_leaves_ends_it(server: Serving) -> None:
    client = server.client()
    client.ask("/chat/v1/chat/completions", "POST", "x-mocksse-fault: stall at=event:2 for=10m")
    assert client.sock.recv(1 << 16).startswith(b"HTTP/1.1 200")
    assert client.is_silent()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.sock.close()
    played = server.next_played()
    assert played.broken_off == "the client left"
    at_us = played.answer.sends.at_us
    assert max(at_us) - min(at_us) == 600_000_000
    assert played.seconds < 10
    assert len(server.app._clock) == 0
