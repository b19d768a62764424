"""A page of a real browser whose `onerror` opens a second EventSource beside the first: it is caught."""

from __future__ import annotations

import os

import pytest
from planted.meant import SECOND, check, report

from mocksse.torture.clients.chromium_eventsource import executable
from mocksse.torture.document import document
from mocksse.torture.suite import Options

pytestmark = pytest.mark.long


@pytest.mark.skipif(
    executable() is None and not os.environ.get("MOCKSSE_REQUIRE_CHROMIUM"), reason="no Chromium on the PATH"
)
def test_a_page_that_opens_a_second_source_is_caught() -> None:
    found = report("sse", "/stream", "page_bug.py", only=(SECOND.meant,))
    (case,) = document([found], Options(), [])["reports"][0]["cases"]
    check(SECOND, case["answers"][0])
