"""The tap while it sends: large bodies, early answers, peers that hang up before they have read it all."""

from __future__ import annotations

import socket

import pytest
from tap_servers import PATIENCE, RawServer, read_head, reset
from tap_ways import HEAD, ROUTES, WayTo, assert_end, run, take, take_all

from mocksse.record.tap import _TapProtocol


@pytest.mark.parametrize("kind", ROUTES)
def test_the_body_follows_expect_100_continue_at_once(kind: str, way_to: WayTo) -> None:
    def script(sock: socket.socket, server: RawServer) -> None:
        while not server.request.endswith(b"the body"):
            server.request += sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    async def main() -> None:
        async with way.open(("Expect", "100-continue"), method="POST", body=b"the body") as tap:
            data, lost = await take_all(tap)
            assert (data, lost.how) == (b"HTTP/1.1 200 OK\r\n\r\n", "fin")

    with way_to(kind, script) as way:
        run(main())
        assert b"Expect: 100-continue\r\nContent-Length: 8\r\n\r\nthe body" in way.server.request


@pytest.mark.parametrize("kind", ["plain", "tls", "connect"])
def test_sent_is_when_a_large_body_has_left(kind: str, way_to: WayTo) -> None:
    body = bytes(range(256)) * 80_000  # more than the kernels at both ends take in

    def script(sock: socket.socket, server: RawServer) -> None:
        server.wait_go()
        got = bytearray()
        while not got.endswith(body[-256:]) or len(got) < len(body):
            got += sock.recv(1 << 20)
        assert got.partition(b"\r\n\r\n")[2] == body
        sock.sendall(HEAD)

    async def main() -> None:
        async with way.open(method="POST", body=body) as tap:
            assert await tap.next(0.05) is None
            assert tap.sent_ns is None
            way.server.go.set()
            first = await take(tap)
            assert tap.sent_ns is not None
            assert tap.sent_ns < first.at_ns

    with way_to(kind, script) as way:
        run(main())


@pytest.mark.parametrize("kind", ["plain", "tls"])
@pytest.mark.parametrize("how", ["fin", "reset", "close"])
@pytest.mark.parametrize("stuck", [False, True])
def test_an_answer_before_the_whole_body_is_sent(stuck: bool, how: str, kind: str, way_to: WayTo) -> None:
    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 50000\r\n\r\n" + bytes(50_000)

    def script(sock: socket.socket, server: RawServer) -> None:
        read_head(sock)
        if stuck:
            server.wait_heard()
        sock.sendall(answer)
        if how == "fin":
            sock.shutdown(socket.SHUT_WR)
            server.wait_go()
        elif how == "reset":
            reset(sock)
        # close() is a reset with some of the request unread, else a FIN and then a reset for what comes too late.

    async def main() -> None:
        async with way.open(method="POST", body=bytes(20_000_000)) as tap:
            if stuck:
                assert await tap.next(0.05) is None
                way.server.heard.release()
            data, lost = await take_all(tap)
            # Nobody waits until the server has read the rest.
            await tap._protocol.gone.wait()
            way.server.go.set()
            assert data == answer
            if how == "close":
                assert lost.how in {"fin", "reset"}
            else:
                assert_end(lost, how, kind)

    with way_to(kind, script) as way:
        run(main())


def test_an_answer_and_a_reset_before_the_request_is_sent(way_to: WayTo, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 503 Service Unavailable\r\n\r\n" + bytes(20_000)

    def script(sock: socket.socket, server: RawServer) -> None:
        server.wait_go()
        sock.sendall(answer)
        reset(sock)

    send = _TapProtocol.send

    def send_too_late(protocol: _TapProtocol, data: bytes) -> None:
        way.server.go.set()
        assert way.done.wait(PATIENCE)
        send(protocol, data)

    monkeypatch.setattr(_TapProtocol, "send", send_too_late)

    async def main() -> None:
        async with way.open() as tap:
            data, lost = await take_all(tap)
            assert (data, lost.how) == (answer, "reset")

    with way_to("plain", script) as way:
        run(main())


@pytest.mark.parametrize("kind", ROUTES)
def test_leaving_does_not_wait_for_what_is_unsent(kind: str, way_to: WayTo) -> None:
    def script(_: socket.socket, server: RawServer) -> None:
        server.wait_go()

    async def main() -> None:
        async with way.open(method="POST", body=bytes(20_000_000)) as tap:
            assert await tap.next(0.02) is None
        assert tap.sent_ns is None
        way.server.go.set()

    with way_to(kind, script) as way:
        run(main())
