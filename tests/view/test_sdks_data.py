"""docs/sdks.json is written as it is read, and its table says what is in it."""

from __future__ import annotations

import pytest

from mocksse.view.sdks import Did, Met, Sdk, Sdks, encode, parse, section, words

SDKS = Sdks(
    [Sdk("openai-chat", "openai-python", "chat.completions", "openai", "1.2.3"), Sdk("x", "other", "ask", "o", "4")],
    [
        Met("reset at=head times=1", None, None, {"openai-chat": Did(None, "whole", 2), "x": Did("o.Lost", "none", 1)}),
        Met("ids; cr", None, None, {"openai-chat": Did("o.E", "part", 1), "x": Did(None, "whole", 1)}),
        Met("ids; hang", 0.5, None, {"openai-chat": Did(None, "part", 1), "x": Did("o.Late", "part", 1)}),
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
