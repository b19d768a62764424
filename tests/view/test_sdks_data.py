"""docs/sdks.json is written as it is read, and its table says what is in it."""

from __future__ import annotations

import pytest

from mocksse.view.sdks import Did, Met, Sdk, Sdks, cell, encode, parse, section, words

OPENAI = Sdk("openai", "openai-chat", "openai-python", "chat.completions", "openai", "1.2.3")
OTHER = Sdk("new", "x", "other", "ask", "o", "4")
LATE = Sdk("late", "x", "met but one", "ask", "l", "5")


def met(fault: str, *did: Did, timeout_s: float | None = None) -> Met:
    keys = (OPENAI.key, OTHER.key, LATE.key)
    return Met(fault, timeout_s, None, dict(zip(keys, did, strict=False)))


SDKS = Sdks(
    [OPENAI, OTHER, LATE],
    [
        met("reset at=head times=1", Did(None, "whole", 2), Did("o.Lost", "none", 1), Did(None, "whole", 1)),
        met("ids; cr", Did("o.E", "part", 1), Did(None, "whole", 1)),
        met("ids; hang", Did(None, "part", 1), Did("o.Late", "part", 1), timeout_s=0.5),
    ],
)


def test_it_is_read_as_it_was_written() -> None:
    assert parse(encode(SDKS)) == SDKS


def test_the_table_has_a_row_for_each_fault_and_a_column_for_each_sdk() -> None:
    assert "".join(section(SDKS)).splitlines()[-5:] == [
        "| fault | openai-python `chat.completions` | other `ask` |",
        "| --- | --- | --- |",
        "| [reset](#reset) `at=head times=1` | the whole answer, 2 requests | `o.Lost` |",
        "| [ids](#ids); [cr](#cr) | **part of the text, then `o.E`** | the whole answer |",
        "| [ids](#ids); [hang](#hang), the client's timeout 0.5 s "
        "| **part of the answer and no error** | part of the text, then `o.Late` |",
    ]


def test_a_cell_that_was_not_measured_is_empty() -> None:
    assert [cell(met, LATE) for met in SDKS.faults] == ["the whole answer", "", ""]


@pytest.mark.parametrize(
    ("did", "spacing_s", "said"),
    [
        (Did(None, "whole", 1), None, "the whole answer"),
        (Did(None, "whole", 2), 1.0, "the whole answer, 2 requests at least 1 s apart"),
        (Did(None, "whole", 1), 1.0, "the whole answer"),
        (Did(None, "none", 1), None, "**no text and no error**"),
        (Did(None, "other", 1), None, "**another text and no error**"),
        (Did("a.B", "none", 3), None, "`a.B`, 3 requests"),
        (Did("a.B", "whole", 1), None, "all of the text, then `a.B`"),
        (Did("a.B", "other", 1), None, "other text, then `a.B`"),
    ],
)
def test_what_it_did_in_words(did: Did, spacing_s: float | None, said: str) -> None:
    assert words(did, spacing_s) == said
