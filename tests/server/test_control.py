"""The control API is what its description says: schemathesis finds no other answer, and each call here fits it too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import openapi_spec_validator
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from served import serving_folder

from mocksse import limits
from mocksse.server.control.openapi import description
from mocksse.server.control.routes import OPERATIONS, PREFIX, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Answer, Serving

ROOT = Path(__file__).parents[2]
JSON = "Content-Type: application/json"
PROBLEM = "application/problem+json"


TAPE = """
mocksse: 1
interactions:
  - {name: a, path: /a, stream: [{data: 1}, {data: 2}]}
  - {name: b, path: /b?x=1, stream: [{data: 3}]}
"""


@contextmanager
def asked(folder: Path) -> Iterator[Serving]:
    """A server with something in its journal."""
    (folder / "tape.yaml").write_text(TAPE)
    with serving_folder(folder) as running:
        with running.client() as client:
            for path in ("/a", "/b?x=1", "/none"):
                client.ask(path, "POST", JSON, body=b'{"n": 1}')
                client.answer()
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with asked(tmp_path_factory.mktemp("tapes")) as running:
        yield running


# --- The description


def test_the_description_is_openapi() -> None:
    assert description()["openapi"].startswith("3.1.")
    openapi_spec_validator.validate(description())


def test_every_endpoint_is_described_once() -> None:
    names = [one["operationId"] for methods in description()["paths"].values() for one in methods.values()]
    assert sorted(names) == sorted([*(operation.name for operation in OPERATIONS), "events"])
    assert len(set(names)) == len(names)


@pytest.mark.long
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """As anybody runs it; schemathesis.toml says which checks are left out for which operations, and why."""
    long = os.environ.get("MOCKSSE_LONG") == "1"
    size = ["-n", "50"] if long else ["-n", "1", "--phases", "coverage,stateful", "--generation-deterministic"]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml"), "run"]
    with asked(tmp_path) as server:
        found = subprocess.run(
            [*command, f"http://127.0.0.1:{server.port}{PREFIX}/openapi.json", *size, "--no-color"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "127.0.0.1"},
        )
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr
    assert f"Tested: {len(OPERATIONS) - 1}\n" in found.stdout, "all but the document, which it has read already"


def fits_the_description(answer: Answer, operation: dict[str, Any]) -> None:
    """Raises where the operation is said to give no such answer."""
    said = operation["responses"][str(answer.status)]
    if "content" not in said:
        assert answer.body == b""
        return
    (kind,) = said["content"]
    assert answer.header("content-type").partition(";")[0] == kind
    if "json" in kind and answer.body:
        resource = DRAFT202012.create_resource(description())
        shape = {"$ref": f"urn:api{said['content'][kind]['schema']['$ref']}"}
        validator = jsonschema.Draft202012Validator(shape, registry=Registry().with_resource("urn:api", resource))
        validator.validate(json.loads(answer.body))


def operation_of(method: str, target: str) -> dict[str, Any] | None:
    found, _, _ = find(method, target.partition("?")[0])
    return None if found is None else description()["paths"][f"{PREFIX}{found.path}"][found.method.lower()]


# --- Calls as nobody should make them

SESSIONS = [
    (b"", 201),
    (b"{}", 201),
    (b'{"name": null}', 201),
    (b'{"name": "a.b-C_9"}', 201),
    (b'{"name": "default"}', 409),
    (b'{"seed": 123456789012345678901234567890}', 201),
    (b'{"seed": 1, "seed": 2}', 201),
    (b"[]", 422),
    (b"null", 422),
    (b"5", 422),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b'{"seed": NaN}', 400),
    (b'{"seed": Infinity}', 400),
    (b'{"seed": ' + b"9" * 5000 + b"}", 400),
    (b"[" * 100_000, 400),
    (b'{"seed": 1e999}', 422),
    (b'{"seed": 1.5}', 422),
    (b'{"seed": true}', 422),
    (b'{"seed": "1"}', 422),
    (b'{"nmae": "x"}', 422),
    (b'{"upstream": "http://127.0.0.1:1"}', 422),
    (b'{"record": "all"}', 422),
    (b'{"name": 5}', 422),
    (b'{"name": ""}', 422),
    (b'{"name": ".."}', 422),
    (b'{"name": "@"}', 422),
    (b'{"name": "a/b"}', 422),
    (b'{"name": "a b"}', 422),
    (b'{"name": "a\\n"}', 422),
    ('{"name": "é"}'.encode(), 422),
    (b'{"name": "\\ud800"}', 422),
    (b'{"name": "%b"}' % (b"n" * 64), 201),
    (b'{"name": "%b"}' % (b"n" * 65), 422),
    (b'{"faults": ["\\ud800"]}', 422),
    (b'{"faults": "reset at=event:1"}', 201),
    (b'{"faults": "reset at=event:1; nonsense"}', 422),
    (b'{"faults": ["crlf"' + b', "crlf"' * limits.MAX_FAULTS + b"]}", 422),
    (b'{"pacing": {"speed": 1e999}}', 422),
    (b'{"pacing": {"speed": -1}}', 422),
    (b'{"pacing": {"gap": "from:tape"}}', 201),
    (b'{"pacing": {"gap": "from:tape.yaml", "ttft": "from:none"}}', 422),
    (b'{"match": {"ignore": ["$..["]}}', 422),
    (b'{"match": {"headers": ["\\u0000"]}}', 422),
    (b'{"routes": {"/x": "nobody"}}', 422),
    (b'{"routes": {"/\\ud800": "/a"}}', 422),
]


@pytest.mark.parametrize(("body", "status"), SESSIONS, ids=lambda value: repr(value)[:40])
def test_what_a_session_is_asked_to_be(server: Serving, body: bytes, status: int) -> None:
    with server.client() as client:
        client.ask(f"{PREFIX}/sessions", "POST", JSON, body=body)
        answer = client.answer()
    assert answer.status == status, answer.body
    operation = operation_of("POST", "/sessions")
    assert operation is not None
    fits_the_description(answer, operation)


CALLS = [
    ("HEAD", "/sessions", (), b"", 200, ""),
    ("HEAD", "/sessions/none", (), b"", 404, ""),
    ("OPTIONS", "/sessions", (), b"", 405, "GET, HEAD, POST"),
    ("OPTIONS", "/health", ("Access-Control-Request-Method: GET",), b"", 405, "GET, HEAD"),
    ("DELETE", "/sessions", (), b"", 405, "GET, HEAD, POST"),
    ("PATCH", "/sessions/default/faults", (JSON,), b"{}", 405, "DELETE, GET, HEAD, POST, PUT"),
    ("HEAD", "/reset", (), b"", 405, "POST"),
    ("POST", "/events", (), b"", 405, "GET, HEAD"),
    ("TRACE", "/health", (), b"", 405, "GET, HEAD"),
    ("GET", "/", (), b"", 200, ""),
    ("GET", "", (), b"", 200, ""),
    ("HEAD", "/", (), b"", 200, ""),
    ("POST", "/", (JSON,), b"{}", 405, "GET, HEAD"),
    ("GET", "/session", (), b"", 404, ""),
    ("GET", "/sessions//requests", (), b"", 404, ""),
    ("GET", "/events?after=soon", (), b"", 400, ""),
    ("GET", "/events?after=-1", (), b"", 400, ""),
    ("GET", "/sessions/default/requests/1", (), b"", 200, ""),
    ("GET", "/sessions/default/requests/0", (), b"", 404, ""),
    ("GET", "/sessions/default/requests/-1", (), b"", 404, ""),
    ("GET", f"/sessions/default/requests/{10**30}", (), b"", 404, ""),
    ("GET", "/sessions/default/requests/%D9%A1", (), b"", 404, ""),  # a digit, but no ASCII
    ("GET", "/sessions/default/requests?after=1&limit=1&writes=false", (), b"", 200, ""),
    ("GET", f"/sessions/default/requests?after={10**15}", (), b"", 200, ""),
    ("GET", f"/sessions/default/requests?after={10**15 + 1}", (), b"", 400, ""),
    ("GET", "/sessions/default/requests?after=%D9%A1", (), b"", 400, ""),
    ("GET", "/sessions/default/requests?limit=0", (), b"", 400, ""),
    ("GET", "/sessions/default/requests?writes=yes", (), b"", 400, ""),
    ("GET", "/sessions/%64efault", (), b"", 200, ""),
    ("GET", "/sessions/%FF%00", (), b"", 404, ""),
    ("GET", "/sessions/a%2Fb", (), b"", 404, ""),
    ("PUT", "/sessions/a%2Fb", (), b"", 422, ""),
    ("PUT", "/sessions/%40", (), b"", 422, ""),
    ("PUT", "/sessions/%C3%A9", (), b"", 422, ""),
    ("PUT", "/sessions/" + "n" * 65, (), b"", 422, ""),
    ("PUT", "/sessions/one", (JSON,), b'{"name": "two"}', 422, ""),
    ("PATCH", "/sessions/default", (JSON,), b'{"name": "two"}', 422, ""),
    ("PATCH", "/sessions/none", (JSON,), b"{}", 404, ""),
    ("DELETE", "/sessions/default", (), b"", 409, ""),
    ("DELETE", "/sessions/none", (), b"", 404, ""),
    ("POST", "/sessions", ("Content-Type: text/plain",), b"{}", 415, ""),
    ("POST", "/sessions", (), b"{}", 415, ""),
    ("POST", "/sessions", ("Content-Type: APPLICATION/JSON; charset=utf-8",), b"{}", 201, ""),
    ("POST", "/reset", ("Content-Type: application/x-www-form-urlencoded",), b"a=b", 415, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b"", 400, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b"{}", 422, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b'{"faults": [1]}', 422, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b'{"faults": null}', 422, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b'{"faults": [], "more": 1}', 422, ""),
    ("PUT", "/sessions/default/faults", (JSON,), b'{"faults": []}', 200, ""),
    ("GET", "/sessions/default/requests/1/timeline", (), b"", 200, ""),
    ("GET", "/sessions/default/requests/3/timeline", (), b"", 404, ""),
    ("GET", "/sessions/default/requests/99/timeline", (), b"", 404, ""),
    ("GET", "/sessions/none/requests/1/timeline", (), b"", 404, ""),
    ("GET", "/timelines", (), b"", 200, ""),
    ("GET", "/timelines?session=none", (), b"", 404, ""),
    ("GET", "/timelines?fault=nonsense", (), b"", 422, ""),
    ("GET", "/faults", (), b"", 200, ""),
    ("GET", "/plan?interaction=none", (), b"", 404, ""),
    ("GET", "/plan?session=none", (), b"", 404, ""),
    ("GET", "/plan?play=10001", (), b"", 400, ""),
    ("GET", "/plan?fault=nonsense", (), b"", 422, ""),
    ("GET", "/plan?fault=reset%20at=event:1", (), b"", 200, ""),
    ("GET", "/plan", (), b"", 200, ""),
    ("GET", "/cassettes", (), b"", 200, ""),
    ("GET", "/sessions/default/requests", (), b"", 200, ""),
    ("GET", "/sessions/default/verdict", (), b"", 200, ""),
    ("GET", "/metrics", (), b"", 200, ""),
    ("GET", "/docs", (), b"", 200, ""),
    ("GET", "/openapi.json", (), b"", 200, ""),
    ("GET", "/version", (), b"", 200, ""),
    ("GET", "/health", (JSON,), b"{", 200, ""),  # nobody asked for a body
]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status", "allow"), CALLS, ids=lambda value: repr(value)[:40]
)
def test_a_call_gets_what_is_described(
    server: Serving, method: str, target: str, headers: tuple[str, ...], body: bytes, status: int, allow: str
) -> None:
    with server.client() as client:
        client.ask(f"{PREFIX}{target}", method, *headers, body=body)
        answer = client.answer(method)
        assert (answer.status, answer.header("allow")) == (status, allow), answer.body
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("cache-control") == "no-store"
        if status >= 400:
            assert answer.header("content-type") == PROBLEM
        if (operation := operation_of(method, target)) is not None:
            fits_the_description(answer, operation)
        client.ask(f"{PREFIX}/health")
        assert client.answer().status == 200, "the connection lives on"


def test_a_body_that_is_too_large_is_refused_before_it_is_there(server: Serving) -> None:
    with server.client() as client:
        client.send(
            b"POST %b/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n{" % (PREFIX.encode(), limits.MAX_CONTROL_BODY_BYTES + 1)
        )
        answer = client.answer("POST")
    assert (answer.status, answer.header("content-type")) == (413, PROBLEM)


def test_a_body_of_chunks_that_is_too_large_is_refused(server: Serving) -> None:
    size = limits.MAX_CONTROL_BODY_BYTES + 1
    with server.client() as client:
        client.ask(f"{PREFIX}/sessions", "POST", JSON, "Transfer-Encoding: chunked")
        client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (size, b" " * size))
        answer = client.answer("POST")
    assert (answer.status, answer.header("content-type")) == (413, PROBLEM)
