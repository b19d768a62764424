"""The pytest plugin: fixtures, markers, options. pytest loads it in every suite, so it imports nothing but pytest.

What it does is in `fixture`, `sweep` and `recording`, which are loaded when a test asks for the fixture `mocksse`.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from mocksse.testing.fixture import Mocksse
    from mocksse.testing.server import MockServer

_MARKERS = (
    "mocksse(*cassettes, fault='', speed='instant', match={}, allow_unmatched=False, allow_unused=False, ...): "
    "what the fixture mocksse plays in this test",
    "mocksse_apis(*apis): run the test over the same answer in the format of each API",
    "mocksse_cuts(cassette, at='event', fault='truncate', limit=500, seed=0): "
    "run the test at every cut of a recorded answer, and report the smallest that fails",
)
_NAMES = ("mocksse", "mocksse_apis", "mocksse_cuts")
_RECORD = ("none", "once", "new", "all")
_STASH: pytest.StashKey[Any] = pytest.StashKey()
"""A test's session, for the hooks around it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in `pytest --help` under mocksse."""
    group = parser.getgroup("mocksse", "LLM streams, replayed and broken")
    group.addoption(
        "--mocksse-record",
        choices=_RECORD,
        default="none",
        help="ask the upstream: none (default), once (where a test has no cassette), new (what none answers), all",
    )
    group.addoption("--mocksse-cut", metavar="FAULT", help="of tests marked mocksse_cuts, run this one cut alone")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def mocksse_server(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """The server of this test process, with the settings file of the suite's root."""
    from mocksse.settings.resolve import settings_of
    from mocksse.testing.server import MockServer
    from mocksse.testing.sockets import allow_loopback

    allow_loopback(request.node)
    with _told():
        server = MockServer(settings=settings_of({}, os.environ, request.config.rootpath)).start()
    yield server
    server.stop()


@pytest.fixture
def mocksse_config() -> dict[str, Any]:
    """What holds for all tests of a folder or module; override it: words of `mocksse.testing.Config` and of a pace."""
    return {}


@pytest.fixture
def mocksse_cassette_dir(request: pytest.FixtureRequest) -> Path:
    """Where names of cassettes are looked for first, and where recordings go: `cassettes` beside the test's file."""
    return request.path.parent / "cassettes"


@pytest.fixture
def mocksse_api(request: pytest.FixtureRequest) -> str | None:
    """The API of this run of a test marked `mocksse_apis`."""
    api: str | None = getattr(request, "param", None)
    return api


@pytest.fixture
def mocksse(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    mocksse_server: MockServer,
    mocksse_config: dict[str, Any],
    mocksse_cassette_dir: Path,
    mocksse_api: str | None,
) -> Iterator[Mocksse]:
    """This test's own session of the server."""
    from mocksse.testing.fixture import opened

    with ExitStack() as stack:
        with _told():
            session = stack.enter_context(
                opened(request.node, mocksse_server, mocksse_config, mocksse_cassette_dir, mocksse_api, monkeypatch)
            )
        request.node.stash[_STASH] = session
        yield session
        del request.node.stash[_STASH]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A run for each API that is asked for."""
    marker = metafunc.definition.get_closest_marker("mocksse_apis")
    if marker is not None and "mocksse_api" in metafunc.fixturenames:
        metafunc.parametrize("mocksse_api", marker.args, indirect=True, ids=list(map(str, marker.args)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test for what was asked in vain, or never, and for a marker that nothing came of."""
    yield
    session = item.stash.get(_STASH, None)
    if session is not None:
        session.check()
    elif ours := [marker.name for marker in item.own_markers if marker.name in _NAMES]:
        pytest.fail(f"mocksse: a test marked {ours[0]} takes the fixture mocksse, and this one does not", pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run a test at every cut, where it is marked so: sync or async, as it is run by whoever runs it."""
    session = pyfuncitem.stash.get(_STASH, None)
    if session is None or session.cut is not None or pyfuncitem.get_closest_marker("mocksse_cuts") is None:
        return (yield)
    from mocksse.testing.sweep import Sweep

    with _told():
        sweep = Sweep(pyfuncitem, session)
    sweep.run()
    try:
        result = yield
        session.check()
    except BaseException as error:
        sweep.run_last(error)
        raise
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the server saw below a test that failed."""
    report = yield
    session = item.stash.get(_STASH, None)
    if session is not None and report.failed and (seen := session.timeline()):
        shown = f"{seen}\n{cure}" if (cure := session.cure) and cure not in report.longreprtext else seen
        report.sections.append(("mocksse: what the server saw", shown))
    return report


@contextmanager
def _told() -> Iterator[None]:
    """What the test says wrong is one line, and not a traceback."""
    from mocksse.errors import MocksseError

    try:
        yield
    except MocksseError as error:
        text = str(error)
        raise pytest.fail.Exception(text if text.startswith("mocksse") else f"mocksse: {text}", pytrace=False) from None
