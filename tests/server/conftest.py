"""What tests of the server share: a client of the `server` that the test's own file starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Client, Serving


@pytest.fixture
def client(server: Serving) -> Iterator[Client]:
    with server.client() as connected:
        yield connected
