"""Two sessions of one server over the same cassette, many clients at once: each gets its own session's plans."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from served import serving
from wire_tapes import tape

from mocksse.replay.draft import Context
from mocksse.server.asked import Asked
from mocksse.server.session import Session

CLIENTS = 50
FIRST, SECOND = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n"), (b"data: 1\n\n", b"data: 2\n\n")
MADE = {
    "cut": {
        "faults": ["missing-final-chunk times=20", "crlf after=10 every=2"],
        "pacing": {"speed": "instant"},
        "match": {"on_exhausted": "restart"},
    },
    "slow": {"faults": ["leading-bom times=30", "duplicate at=event:1 p=0.5"], "pacing": {"gap": 30}, "seed": 7},
}


def test_every_client_gets_its_own_sessions_plan() -> None:
    with serving(tape("/a", *FIRST, name="first"), tape("/a", *SECOND, name="second")) as server:
        for name, said in MADE.items():
            status, value = server.call("PUT", f"/sessions/{name}", said)
            assert (status, value["base_url"]) == (201, f"http://localhost/@{name}")

        async def ask(name: str, number: int) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            head = b"POST /@%b/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\n" % name
            writer.write(head + b'{"n": %2d}' % number)
            data = await reader.read()
            writer.close()
            return data

        async def ask_all() -> list[bytes]:
            # By turns: a cut, a slow, ...
            each = [ask(name.encode(), number) for number in range(CLIENTS) for name in MADE]
            return await asyncio.wait_for(asyncio.gather(*each), 20)

        got = asyncio.run(ask_all())
        for index, name in enumerate(MADE):
            session = server.world.sessions.get(name)
            assert session is not None
            # The same session again, asked one by one: no other has counted in it.
            alone = Session(server.world.stock, replace(session.settings, name=""))
            asked = Asked("POST", "/a", context=Context(close=True))
            plans = [playing.ready for _ in range(CLIENTS) if (playing := alone.play(asked)) is not None]
            expected = [b"".join(ready.sends.data) for ready in plans]
            assert len(set(expected)) >= 3, "there is something to tell apart"
            assert Counter(got[index :: len(MADE)]) == Counter(expected)

            status, value = server.call("GET", f"/sessions/{name}/requests")
            records = value["requests"]
            assert [record["number"] for record in records] == list(range(1, CLIENTS + 1))
            assert {record["session"] for record in records} == {name}
            assert [record["path"] for record in records] == ["/a"] * CLIENTS
            assert [record["plan"] for record in records] == [ready.plan for ready in plans]
            assert [record["faults"] for record in records] == [list(ready.faults) for ready in plans]
            numbers = {record["body"]["json"]["n"] for record in records}
            assert numbers == set(range(CLIENTS)), "each of its clients, once"
            ends = {record["end"]["at_ms"] for record in records}
            assert all(end < 30 for end in ends) if name == "cut" else all(end >= 30 for end in ends)
        assert server.session.journal.begun == 0
