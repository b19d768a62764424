import time

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st
from terminal import Terminal

from mocksse.view.screen import Screen


def screen(width: int = 21, *, colors: bool = True) -> tuple[Screen, Terminal]:
    terminal = Terminal(width)
    return Screen(terminal.write, width, colors=colors), terminal


def test_text_types_itself_and_breaks_between_words() -> None:
    drawn, terminal = screen()
    for word in ("Hello", " there,", " you", " all", " of", " you\nand", " me"):
        drawn.type(word)
        drawn.draw()
    assert terminal.text == ["Hello there, you all", "of you", "and me"]


def test_the_line_below_is_always_below_and_goes_in_the_end() -> None:
    drawn, terminal = screen()
    drawn.status("1 event")
    drawn.type("Hello there, you")
    drawn.draw()
    assert terminal.text == ["Hello there, you", "1 event"]
    drawn.status("2 events")
    drawn.type(" all of you")
    drawn.draw()
    assert terminal.text == ["Hello there, you all", "of you", "2 events"]
    drawn.close()
    assert terminal.text == ["Hello there, you all", "of you", ""]


def test_borders_and_narrow_lines() -> None:
    drawn, terminal = screen(40)
    drawn.type("before")
    drawn.end_line()
    drawn.border("│ ", " │")
    drawn.narrow(12)
    drawn.type("one two three")
    drawn.draw()
    assert terminal.text == ["before", "│ one two  │", "│ three    │"]
    drawn.end_line()
    drawn.border()
    drawn.narrow(None)
    drawn.line("a line of its own that is longer than forty")
    drawn.close()
    assert terminal.text[3:] == ["a line of its own that is longer than …", ""]


def test_wide_characters_take_two_columns() -> None:
    drawn, terminal = screen()
    drawn.type("東京" * 6)
    drawn.status("below")
    drawn.draw()
    assert terminal.text == ["東京" * 5, "東京", "below"]


def test_somebody_else_s_lines_stand_above() -> None:
    drawn, terminal = screen()
    drawn.type("typing")
    drawn.status("below")
    drawn.draw()
    drawn.aside("an access line\n")
    drawn.type(" on")
    drawn.draw()
    assert terminal.text == ["an access line", "typing on", "below"]


def test_what_a_terminal_would_obey_is_not_sent_to_it() -> None:
    drawn, terminal = screen(80)
    drawn.type("\x1b[2J\x07\x9b")
    drawn.line("\x1b]0;title\x07")
    drawn.close()
    assert terminal.text == ["·[2J··", "·]0;title·", ""]


@pytest.mark.parametrize(("colors", "styled"), [(True, True), (False, False)])
def test_without_colours_nothing_has_a_style(colors: bool, styled: bool) -> None:
    drawn, terminal = screen(colors=colors)
    drawn.type("red", fg="red")
    drawn.styled("\x1b[31mours\x1b[0m")
    drawn.close()
    assert terminal.text == ["red", "ours", ""]
    assert (terminal.styles > 0) is styled


@given(st.lists(st.text(max_size=30), max_size=12), st.integers(5, 60))
def test_no_line_is_too_long_and_no_word_is_lost(texts: list[str], width: int) -> None:
    drawn, terminal = screen(max(width, 24))
    for text in texts:
        drawn.type(text)
        drawn.draw()
    drawn.close()
    letters = [c for c in "".join(texts) if c.isalnum()]
    assert [c for c in "".join(terminal.text) if c.isalnum()] == letters


@pytest.mark.parametrize("text", ["word ", "x"])
def test_a_fragment_takes_time_linear_in_its_length(text: str) -> None:
    def cpu_seconds(size: int) -> float:
        drawn = Screen(lambda _: None, 81)
        start = time.process_time()
        drawn.type(text * size)
        drawn.close()
        return time.process_time() - start

    assert_linear(cpu_seconds, 4_000, 3.0)
