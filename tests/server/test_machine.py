"""Sessions against a small model: whatever is made, broken, asked, reset, reloaded, taken away or left to expire.

Over real sockets, by the control API alone. The model knows no matching, no plans and no HTTP: how often each fault was
asked, what was asked of whom, and what each cassette said last.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from served import Serving, serving_folder

LONG = os.environ.get("MOCKSSE_LONG") == "1"
TTL = 100.0
FAULTS = {
    # What they do, and (after, times): the counting that is put behind them.
    "crlf": (lambda body: body.replace(b"\n", b"\r\n"), 0, None),
    "crlf times=1": (lambda body: body.replace(b"\n", b"\r\n"), 0, 1),
    "leading-bom times=2": (lambda body: b"\xef\xbb\xbf" + body, 0, 2),
    "leading-bom after=1": (lambda body: b"\xef\xbb\xbf" + body, 1, None),
}
PATHS = ("/a", "/b")
NAMES = ("default", "one", "two")
LISTS = st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=2, unique_by=lambda text: text.split()[0])
SAID = st.one_of(LISTS, LISTS, LISTS, st.none(), st.just([]))


# --- The model


@dataclass
class Session:
    made: list[str]
    faults: list[str]
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    fired: Counter[tuple[str, str]] = field(default_factory=Counter)
    journal: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def request(self, path: str, recorded: bool) -> list[str]:
        """The faults that take hold."""
        firing = [text for text in self.faults if self._fires(path, text)] if recorded else []
        self.journal.append((path, 200 if recorded else 404, firing))
        return firing

    def _fires(self, path: str, text: str) -> bool:
        _, after, times = FAULTS[text]
        self.asked[path, text] += 1
        if self.asked[path, text] <= after or (times is not None and self.fired[path, text] >= times):
            return False
        self.fired[path, text] += 1
        return True

    def remade(self, made: list[str]) -> Session:
        return Session(made, list(made))


@dataclass
class Model:
    sessions: dict[str, Session] = field(default_factory=lambda: {"default": Session([], [])})
    played: dict[str, bytes] = field(default_factory=dict)
    """What the server has read, by path."""

    @property
    def base(self) -> list[str]:
        return self.sessions["default"].made

    def expire(self) -> None:
        self.sessions = {name: one for name, one in self.sessions.items() if name == "default"}


# --- The machine


class Machine(RuleBasedStateMachine):
    server: Serving
    folder: Path
    clock: list[float]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.client = self.server.client()
        for session in self.call("GET", "/sessions", 200)["sessions"]:
            if session["name"] != "default":
                self.call("DELETE", f"/sessions/{session['name']}", 204)
        self.call("PUT", "/sessions/default", 200, {"faults": []})
        self.disk = {path: f"data: {path}\n\n".encode() for path in PATHS}
        for path in PATHS:
            self._write(path)
        self.reload()

    def teardown(self) -> None:
        for name, session in self.model.sessions.items():
            found = self.call("GET", f"/sessions/{name}/requests?writes=false", 200)
            told = [
                (one["path"], one["status"], [text.split(" ")[0] for text in one["faults"]])
                for one in found["requests"]
            ]
            assert told == [
                (path, status, [text.split()[0] for text in fired]) for path, status, fired in session.journal
            ]
            assert [one["number"] for one in found["requests"]] == list(range(1, len(told) + 1))
            assert {one["session"] for one in found["requests"]} <= {name}
        self.client.sock.close()

    def call(self, method: str, path: str, status: int, value: Any = None) -> Any:
        body = b"" if value is None else json.dumps(value).encode()
        self.client.ask(f"/__mocksse{path}", method, "Content-Type: application/json", body=body)
        answer = self.client.answer(method)
        assert answer.status == status, answer.body
        return json.loads(answer.body) if answer.body else None

    def _write(self, path: str) -> None:
        """A cassette; gone where it has no stream."""
        file = self.folder / f"{path[1:]}.yaml"
        if data := self.disk.get(path):
            file.write_text(
                json.dumps({"mocksse": 1, "interactions": [{"path": path, "stream": [{"text": data.decode()}]}]})
            )
        else:
            file.unlink(missing_ok=True)

    @rule(name=st.sampled_from(NAMES), faults=SAID)
    def create(self, name: str, faults: list[str] | None) -> None:
        there = name in self.model.sessions
        self.call("POST", "/sessions", 409 if there else 201, {"name": name, "faults": faults})
        if not there:
            self.model.sessions[name] = Session([], []).remade(self.model.base if faults is None else faults)

    @rule(name=st.sampled_from(NAMES), faults=SAID)
    def put(self, name: str, faults: list[str] | None) -> None:
        there = name in self.model.sessions
        self.call("PUT", f"/sessions/{name}", 200 if there else 201, {"faults": faults})
        self.model.sessions[name] = Session([], []).remade(self.model.base if faults is None else faults)

    @rule(name=st.sampled_from(NAMES), faults=SAID)
    def patch(self, name: str, faults: list[str] | None) -> None:
        session = self.model.sessions.get(name)
        self.call("PATCH", f"/sessions/{name}", 200 if session else 404, {"faults": faults})
        if session and faults is not None:
            session.faults = list(faults)

    @rule(name=st.sampled_from(NAMES), faults=SAID, way=st.sampled_from(["PUT", "POST", "DELETE"]))
    def inject(self, name: str, faults: list[str] | None, way: str) -> None:
        session = self.model.sessions.get(name)
        there = {text.split()[0] for text in session.faults} if session and way == "POST" else set()
        more = [text for text in faults or [] if text.split()[0] not in there]
        value = None if way == "DELETE" else {"faults": more}
        self.call(way, f"/sessions/{name}/faults", (204 if way == "DELETE" else 200) if session else 404, value)
        if session:
            session.faults = [*(session.faults if way == "POST" else []), *(more if value else [])]

    @rule(name=st.sampled_from(NAMES), path=st.sampled_from(PATHS), times=st.integers(1, 3))
    def request(self, name: str, path: str, times: int) -> None:
        for _ in range(times):
            self.ask(name, path)

    @rule(name=st.sampled_from(NAMES))
    def again(self, name: str) -> None:
        """Each path counts for itself, and nothing of what was counted before is left."""
        for path in PATHS:
            self.request(name, path, 2)
        self.reset(name)
        for path in PATHS:
            self.request(name, path, 2)

    @rule(name=st.sampled_from(NAMES))
    def miss(self, name: str) -> None:
        self.ask(name, "/none")

    def ask(self, name: str, path: str) -> None:
        self.client.ask(path if name == "default" else f"/@{name}{path}")
        answer = self.client.answer()
        session, recorded = self.model.sessions.get(name), self.model.played.get(path)
        assert answer.status == (200 if session and recorded else 404), answer.body
        if session:
            fired = session.request(path, recorded is not None)
            if recorded is not None:
                body = recorded
                for text in sorted(fired):
                    body = FAULTS[text][0](body)
                assert answer.body == body

    @rule(name=st.sampled_from(NAMES))
    def reset(self, name: str) -> None:
        session = self.model.sessions.get(name)
        self.call("POST", f"/sessions/{name}/reset", 200 if session else 404)
        if session:
            self.model.sessions[name] = session.remade(session.made)

    @rule()
    def reset_all(self) -> None:
        self.call("POST", "/reset", 200)
        self.model.sessions = {name: one.remade(one.made) for name, one in self.model.sessions.items()}

    @rule(path=st.sampled_from(PATHS), words=st.none() | st.integers(0, 99))
    def edit(self, path: str, words: int | None) -> None:
        self.disk[path] = b"" if words is None else b"data: %d\n\n" % words
        self._write(path)

    @rule()
    def reload(self) -> None:
        changed = self.call("POST", "/cassettes/reload", 200)
        after = {path: data for path, data in self.disk.items() if data}
        assert changed["wrong"] == []
        expected = {path[1:] for path in PATHS if after.get(path) != self.model.played.get(path)}
        assert set(changed["changed"]) == expected or not self.model.played
        self.model.played = after

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        status = 409 if name == "default" else 204 if name in self.model.sessions else 404
        self.call("DELETE", f"/sessions/{name}", status)
        if status == 204:
            del self.model.sessions[name]

    @precondition(lambda self: len(self.model.sessions) > 1)
    @rule(name=st.sampled_from(NAMES))
    def expire(self, name: str) -> None:
        self.clock[0] += TTL + 1
        self.model.expire()
        self.ask(name, "/a")

    @invariant()
    def each_session_is_what_the_model_says(self) -> None:
        found = self.call("GET", "/sessions", 200)["sessions"]
        assert {one["name"]: (one["faults"], one["requests"]) for one in found} == {
            name: (session.faults, len(session.journal)) for name, session in self.model.sessions.items()
        }


def test_sessions_are_what_the_model_says() -> None:
    clock = [0.0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "a.yaml").write_text('{"mocksse": 1, "interactions": [{"path": "/a", "stream": [{"data": "1"}]}]}')
        server = stack.enter_context(serving_folder(folder, ttl=TTL, now=lambda: clock[0], journal_size=1000))
        there = {"server": server, "folder": folder, "clock": clock}
        # Unshrunk: to find the shortest way to a failure over sockets takes longer than a test may.
        size = settings(max_examples=40 * (25 if LONG else 1), stateful_step_count=30, phases=[Phase.generate])
        run_state_machine_as_test(type("ServedMachine", (Machine,), there), settings=size)
