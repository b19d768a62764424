"""Who may ask for what: tables over the guard, and the same over sockets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from served import serving, serving_folder
from wire_tapes import BODY, tape

from mocksse.server.guard import Guard, host_name, wrong_target
from mocksse.settings.model import SessionSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from served import Answer, Serving

OURS = ("localhost", "localhost:8080", "LOCALHOST.", "127.0.0.1", "127.1.2.3:9", "[::1]:8080", "[::1]", "app.localhost")
THEIRS = (
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:localhost",
    "localhost@evil.example",
    "[::1",
    "::1]",
    "8.8.8.8",
    "192.168.0.7:8080",
    "0.0.0.0",
    "2130706433",
    "0x7f.1",
    "127.0.0.1/",
    "local\u0131host",
)


@pytest.mark.parametrize("host", OURS)
def test_our_names(host: str) -> None:
    assert Guard().knows(host)


@pytest.mark.parametrize("host", THEIRS)
def test_names_that_are_not_ours(host: str) -> None:
    """A name that somebody's DNS points here (rebinding) is one of them."""
    assert not Guard().knows(host)


@pytest.mark.parametrize(
    ("guard", "host", "known"),
    [
        (Guard(names=frozenset({"mock"})), "mock:8080", True),
        (Guard(names=frozenset({"mock"})), "MOCK", True),
        (Guard(names=frozenset({"mock"})), "mock.evil.example", False),
        (Guard(local=False), "192.168.0.7:8080", True),  # an address can't be rebound
        (Guard(local=False), "[fd00::1]", True),
        (Guard(local=False), "evil.example", False),
    ],
)
def test_more_names(guard: Guard, host: str, known: bool) -> None:
    assert guard.knows(host) is known


@pytest.mark.parametrize(
    ("header", "name"),
    [("a:80", "a"), ("[::1]:80", "::1"), ("[::1]", "::1"), (" A. ", "a"), ("a:b", ""), ("a:80:90", ""), ("", "")],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


# --- The control API

LOCAL, TOKEN, OUT, OUT_TOKEN, OFF = (
    Guard(),
    Guard(token="secret"),
    Guard(local=False),
    Guard(local=False, token="secret"),
    Guard(control=False),
)
CONTROL = [
    # guard, Host, Origin, Authorization, what of the reason
    (LOCAL, "localhost:1", "", "", ""),
    (LOCAL, "localhost:1", "http://localhost:1", "", ""),
    (LOCAL, "LOCALHOST:1", "http://localhost:1", "", ""),
    (LOCAL, "localhost", "http://localhost:80", "", ""),
    (LOCAL, "localhost:1", "http://localhost:2", "", "another origin"),
    (LOCAL, "localhost:1", "https://localhost:1", "", "another origin"),
    (LOCAL, "localhost:1", "http://127.0.0.1:1", "", "another origin"),
    (LOCAL, "localhost:1", "null", "", "another origin"),
    (LOCAL, "localhost:99999", "null", "", "another origin"),  # neither of the two is an origin
    (LOCAL, "localhost:1", "file://", "", "another origin"),
    (LOCAL, "localhost:1", "http://evil.example", "", "another origin"),
    (LOCAL, "localhost:1", "http://localhost:1.evil.example", "", "another origin"),
    (LOCAL, "evil.example", "", "", "--allow-host evil.example"),
    (LOCAL, "evil.example", "http://evil.example", "", "--allow-host evil.example"),
    (LOCAL, "", "", "", "not a name of this server"),
    (Guard(names=frozenset({"mock"})), "mock:1", "http://mock:1", "", ""),
    (TOKEN, "localhost", "", "", "its token"),
    (TOKEN, "localhost", "", "Bearer wrong", "its token"),
    (TOKEN, "localhost", "", "Bearer secre", "its token"),
    (TOKEN, "localhost", "", "Bearer secrets", "its token"),
    (TOKEN, "localhost", "", "Bearer", "its token"),
    (TOKEN, "localhost", "", "secret", "its token"),
    (TOKEN, "localhost", "", "Basic secret", "its token"),
    (TOKEN, "localhost", "", "Bearer \udcff", "its token"),
    (TOKEN, "localhost", "", "Bearer secret", ""),
    (TOKEN, "localhost", "", "bearer  secret ", ""),
    (TOKEN, "localhost", "http://evil.example", "Bearer secret", "another origin"),
    (TOKEN, "evil.example", "", "Bearer secret", "not a name"),
    (OUT, "192.168.0.7", "", "", "serve --token"),
    (OUT, "localhost", "", "", "serve --token"),  # anybody can say so
    (OUT_TOKEN, "192.168.0.7", "", "", "its token"),
    (OUT_TOKEN, "192.168.0.7", "", "Bearer secret", ""),
    (OUT_TOKEN, "mock.example", "", "Bearer secret", "not a name"),
    (OFF, "localhost", "", "", "switched off"),
]


@pytest.mark.parametrize(("guard", "host", "origin", "authorization", "reason"), CONTROL)
def test_who_may_use_the_control_api(guard: Guard, host: str, origin: str, authorization: str, reason: str) -> None:
    said = guard.may_control(host, origin, authorization)
    assert reason in said
    assert bool(said) is bool(reason)
    assert "secret" not in said


@pytest.mark.parametrize(("guard", "host", "origin", "authorization", "reason"), CONTROL)
def test_who_may_open_the_page(guard: Guard, host: str, origin: str, authorization: str, reason: str) -> None:
    """It has nothing of the server's in it: whoever could use the API with the token gets it without."""
    said = guard.may_open(host, origin)
    assert bool(said) is (bool(reason) and reason != "its token")
    assert reason in said or reason == "its token"


def test_with_tls_the_origin_has_it_too() -> None:
    assert Guard().may_control("localhost:1", "https://localhost:1", "", tls=True) == ""
    assert Guard().may_control("localhost:1", "http://localhost:1", "", tls=True)


@pytest.mark.parametrize(
    ("host", "origin", "may"),
    [
        ("localhost", "https://app.example", True),
        ("localhost", "null", True),
        ("evil.example", "", True),
        ("evil.example", "http://evil.example", False),
    ],
)
def test_who_may_read_what_is_replayed(host: str, origin: str, may: bool) -> None:
    assert (Guard().replay(host, origin) == "") is may


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("127.0.0.1", True),
        ("192.168.0.7", True),
        ("172.17.0.1", True),
        ("fd00::1", True),
        ("fe80::1%eth0", True),
        ("", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("::ffff:192.168.0.7", True),
        ("2606:4700::1111", False),
    ],
)
def test_peers_of_the_open_internet(address: str, served: bool) -> None:
    assert (Guard(local=False).peer(address) == "") is served
    assert Guard(local=False, public=True).peer(address) == ""
    assert Guard().peer(address) == "", "nobody else can reach it"


# --- Targets

TARGETS = [
    ("GET", "/v1/a.b/c..d/...", True),
    ("GET", "/a?x=../..&y=http://z", True),
    ("GET", "/@x/v1", True),
    ("GET", "//a", True),
    ("GET", "/a/..", False),
    ("GET", "/../etc/passwd", False),
    ("GET", "/./a", False),
    ("GET", "/@x/../__mocksse/sessions", False),
    ("GET", "/%2e%2e/a", False),
    ("GET", "/.%2E/a", False),
    ("GET", "/a%2f..%2fb", False),
    ("GET", "/%252e%252e/a", False),
    ("GET", "/a\\..\\b", False),
    ("GET", "/a%5c..%5cb", False),
    ("GET", "http://evil.example/a", False),
    ("GET", "evil.example:80", False),
    ("GET", "", False),
    ("CONNECT", "evil.example:443", False),
    ("CONNECT", "/a", False),
    ("OPTIONS", "*", False),
]


@pytest.mark.parametrize(("method", "target", "taken"), TARGETS)
def test_targets(method: str, target: str, taken: bool) -> None:
    assert (wrong_target(method, target) == "") is taken


# --- Over sockets


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving(tape("/a"), named=[SessionSettings(name="x")]) as running:
        yield running


def ask(server: Serving, target: str, method: str, *headers: str, host: str = "localhost", body: bytes = b"") -> Answer:
    with server.client() as client:
        client.ask(target, method, *headers, host=host, body=body)
        return client.answer(method)


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("evil.example", ()),
        ("evil.example", ("Origin: http://evil.example",)),
        ("localhost", ("Origin: http://evil.example",)),
        ("localhost", ("Origin: null",)),
        ("localhost", ("Origin: http://localhost:1",)),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "sessions"), ("POST", "reset"), ("GET", "events"), ("GET", "x")])
def test_strangers_get_a_problem_and_no_page_may_read_it(
    server: Serving, host: str, headers: tuple[str, ...], method: str, path: str
) -> None:
    answer = ask(server, f"/__mocksse/{path}", method, *headers, host=host)
    assert (answer.status, answer.header("content-type")) == (403, "application/problem+json")
    assert not [name for name, _ in answer.headers if name.lower().startswith(b"access-control")]


def test_our_own_page_may(server: Serving) -> None:
    host = f"localhost:{server.port}"
    assert ask(server, "/__mocksse/sessions", "GET", f"Origin: http://{host}", host=host).status == 200


def test_a_preflight_of_the_control_api_allows_nothing(server: Serving) -> None:
    asks = ("Origin: http://evil.example", "Access-Control-Request-Method: POST")
    answer = ask(server, "/__mocksse/sessions", "OPTIONS", *asks)
    assert answer.status == 403
    assert not [name for name, _ in answer.headers if name.lower().startswith(b"access-control")]


def test_replay_is_for_pages_that_came_by_our_name(server: Serving) -> None:
    assert ask(server, "/a", "GET", "Origin: http://app.example").body == BODY
    assert ask(server, "/a", "GET", "Origin: http://evil.example", host="evil.example").status == 403
    assert ask(server, "/a", "GET", host="mock").body == BODY


@pytest.mark.parametrize(("method", "target"), [(m, t) for m, t, taken in TARGETS if not taken and t])
def test_targets_that_are_refused(server: Serving, method: str, target: str) -> None:
    before = [session.journal.begun for session in server.world.sessions]
    assert ask(server, target, method).status == 400
    assert [session.journal.begun for session in server.world.sessions] == before, "no session was asked"


def test_a_sessions_prefix_does_not_lead_into_the_control_api(server: Serving) -> None:
    answer = ask(server, "/@x/__mocksse/sessions", "GET")
    assert answer.status == 404
    assert b"no recording answers" in answer.body


@pytest.mark.parametrize(
    ("guard", "status"), [(Guard(token="t"), 403), (Guard(control=False), 403), (Guard(local=False), 403)]
)
def test_health_is_open_to_all(guard: Guard, status: int) -> None:
    with serving(tape("/a"), guard=guard) as server:
        assert ask(server, "/__mocksse/health", "GET").status == 200
        with server.client() as client:
            client.send(b"GET /__mocksse/health HTTP/1.0\r\n\r\n")
            assert client.answer().status == 200
        assert ask(server, "/__mocksse/version", "GET").status == status
        assert ask(server, "/__mocksse/events", "GET").status == status
        assert ask(server, "/a", "GET").body == BODY


@pytest.mark.parametrize(
    ("host", "headers"),
    [("evil.example", ()), ("localhost", ("Origin: http://evil.example",)), ("localhost", ("Origin: null",))],
)
@pytest.mark.parametrize(
    "path", ["/health", "/version", "/sessions", "/metrics", "/events", "/openapi.json", "/docs", "/"]
)
def test_no_strangers_page_has_anything_of_it(server: Serving, path: str, host: str, headers: tuple[str, ...]) -> None:
    assert ask(server, f"/__mocksse{path}", "GET", *headers, host=host).status == 403


def test_no_host_is_no_name_of_ours(server: Serving) -> None:
    with server.client() as client:
        client.send(b"GET /__mocksse/sessions HTTP/1.0\r\n\r\n")
        answer = client.answer()
    assert answer.status == 403
    assert json.loads(answer.body)["detail"] == "no Host header: not a name of this server"


def test_the_token_lets_in() -> None:
    with serving(tape("/a"), guard=Guard(token="t")) as server:
        assert server.call("GET", "/sessions", Authorization="Bearer t")[0] == 200


# --- Files

SECRET = """
mocksse: 1
interactions:
  - {name: secret, path: /secret, stream: [{after_ms: 777, data: hidden}, {after_ms: 7, data: hidden}]}
"""


def without(value: Any, name: str) -> str:
    return json.dumps(value).replace(json.dumps(name)[1:-1], "NAME")


@pytest.mark.parametrize("word", ["cassettes", "gap", "ttft"])
def test_no_name_in_a_call_leads_to_another_file(tmp_path: Path, word: str) -> None:
    inside, outside = tmp_path / "in", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text(SECRET)
    (inside / "tape.yaml").write_text(SECRET.replace("hidden", "shown"))
    with serving_folder(inside) as server:
        # Links that were made after the start, as an upload might.
        (inside / "link.yaml").symlink_to(outside)
        (inside / "folder").symlink_to(tmp_path)

        def refused(name: str) -> str:
            said = {"cassettes": [name]} if word == "cassettes" else {"pacing": {word: f"from:{name}"}}
            status, value = server.call("POST", "/sessions", said)
            assert status == 422
            return without(value, name)

        nobody = refused("qqqq")
        names = ["../secret.yaml", "../secret", str(outside), "/etc/passwd", "../../etc/passwd", "link.yaml", "link"]
        names += [
            "folder/secret.yaml",
            "~root/x",
            "~nobody-of-that-name/x",
            "~",
            f"{inside}/../secret.yaml",
            "/",
            "q\0q",
        ]
        assert {name: refused(name) for name in names} == dict.fromkeys(names, nobody)
        for name in ("tape", "tape.yaml", str(inside / "tape.yaml"), f"{inside}/x/../tape.yaml"):
            said = {"cassettes": [name]} if word == "cassettes" else {"pacing": {word: f"from:{name}"}}
            assert server.call("POST", "/sessions", said)[0] == 201
