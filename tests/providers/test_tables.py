"""Every API against the table of its own test file: what each event says, and that no oddity makes it raise."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from api_cases import assert_tolerant

from mocksse.providers.registry import APIS

if TYPE_CHECKING:
    from api_cases import Case

    from mocksse.providers.api import Api
    from mocksse.providers.fragment import Fragment


def cases_of(api: Api) -> list[Case]:
    """Those of the API's test file: an API that has none is an error."""
    cases: list[Case] = import_module(f"test_{api.name.replace('-', '_')}").CASES
    return cases


ROWS = [pytest.param(api, *case[1:], id=f"{api.name}-{case[0]}") for api in APIS for case in cases_of(api)]


@pytest.mark.parametrize(("api", "type_", "payload", "expected"), ROWS)
def test_an_event_says(api: Api, type_: str, payload: Any, expected: list[Fragment]) -> None:
    assert list(api.fragments(type_, payload)) == expected


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_no_oddity_raises(api: Api) -> None:
    assert_tolerant(api, cases_of(api))
