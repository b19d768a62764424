"""providers/api: routes. The paths of real APIs are in test_registry."""

from __future__ import annotations

import pytest

from mocksse.providers.api import Api, route

API = Api(
    name="x",
    title="X",
    routes=(
        route(r"(?P<base>.*)/special/answer", SPECIAL_URL="{origin}{base}"),
        route(r"(?P<base>.*)/answer", A="{origin}", B="{base}"),
    ),
    fragments=lambda _type, _payload: (),
    recognises=lambda _type, _payload: False,
)


@pytest.mark.parametrize("path", ["/answer", "/v1/answer", "/v1/answer/", "/v1/answer?a=/b", "/v1/special/answer"])
def test_serves(path: str) -> None:
    assert API.serves(path)


@pytest.mark.parametrize("path", ["", "/", "/answers", "/answer/1", "/x?y=/answer"])
def test_does_not_serve(path: str) -> None:
    assert not API.serves(path)
    assert API.environment(path, "http://h") == ()


def test_environment_is_that_of_the_first_route_that_fits() -> None:
    assert API.environment("/v1/special/answer?q", "http://h") == (("SPECIAL_URL", "http://h/v1"),)
    assert API.environment("/v1/answer", "http://h") == (("A", "http://h"), ("B", "/v1"))
    assert API.environment("/answer", "http://h/@test") == (("A", "http://h/@test"), ("B", ""))
