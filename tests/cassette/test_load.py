"""Files to values: what hand-written ones mean, what is refused and where, and what may be read at all."""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING

import pytest
from cassette_strategies import AWKWARD
from handwritten import RIGHT, WRONG
from hypothesis import given, settings
from hypothesis import strategies as st

from mocksse import limits
from mocksse.cassette.load import line_of, load, loads, read
from mocksse.errors import CassetteError

if TYPE_CHECKING:
    from pathlib import Path

    from mocksse.cassette.model import Cassette


def refusal(raw: bytes) -> str:
    with pytest.raises(CassetteError) as caught:
        loads(raw, "f")
    return str(caught.value)


@pytest.mark.parametrize(("text", "cassette"), RIGHT.values(), ids=RIGHT)
def test_what_it_means(text: str, cassette: Cassette) -> None:
    assert loads(text.encode()) == cassette


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_with_it(text: str, message: str) -> None:
    assert refusal(text.encode()) == f"f:{message}"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"path: /x\nstream:\n  - data: \xff\n", "f:3: not UTF-8 (save the file as UTF-8)"),
        ("path: /x\n".encode("utf-16"), "f:1: not UTF-8 (save the file as UTF-8)"),
        ("path: é\n".encode("latin-1"), "f:1: not UTF-8 (save the file as UTF-8)"),
        (b"data: {}\n\ndata: {}\n\n", "f:1: a recorded body and no cassette (mocksse import makes one of it)"),
        (b": hi\n\n", "f:1: a recorded body and no cassette (mocksse import makes one of it)"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "f:1: a recorded body and no cassette (mocksse import makes one of it)"),
        (b"path: /\xed\xa0\x80\n", "f:1: not UTF-8 (save the file as UTF-8)"),
        (
            "path: /x\n".encode("utf-16-le"),
            "f:1: not YAML: the character U+0000 (write it as an escape in double quotes, or as base64)",
        ),
    ],
)
def test_other_encodings(raw: bytes, message: str) -> None:
    assert refusal(raw) == message


KEYS = "path stream data interactions request response headers json after_ms end how rest events retry pacing speed 1"


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["1", "-1.5", "x", "/x", "null", "true", "''", "POST", "1e3", "'*'"]),
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
            | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4).map(
                lambda found: f"{{{', '.join(f'{k}: {v}' for k, v in found.items())}}}"
            )
        ),
        max_leaves=15,
    )
)
def test_any_document_is_a_cassette_or_one_refusal(text: str) -> None:
    try:
        assert loads(text.encode(), "f").interactions
    except CassetteError as error:
        assert_one_line(error)


@settings(max_examples=100, deadline=None)
@given(st.binary() | AWKWARD.map(str.encode))
def test_any_bytes_are_a_cassette_or_one_refusal(raw: bytes) -> None:
    try:
        loads(raw, "f")
    except CassetteError as error:
        assert_one_line(error)


def assert_one_line(error: CassetteError) -> None:
    assert error.where.startswith("f:")
    assert "\n" not in str(error)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("path: /x\nstream: [{data: a}]\n")
    assert load(path) == loads(path.read_bytes())
    assert load(path).source == str(path)
    path.write_text("path: /x\nsteam: []\n")
    with pytest.raises(CassetteError) as caught:
        load(path)
    assert str(caught.value) == f"{path}:2: a cassette has no 'steam' (did you mean stream?)"
    assert (caught.value.where, caught.value.exit_code) == (f"{path}:2", 2)


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EISDIR, errno.ENAMETOOLONG])
def test_what_cannot_be_read(code: int, tmp_path: Path) -> None:
    name = {errno.ENOENT: "none.yaml", errno.EISDIR: "", errno.ENAMETOOLONG: "x" * 300}[code]
    with pytest.raises(CassetteError) as caught:
        load(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: can't be read: {os.strerror(code)}"


@pytest.mark.parametrize("size", [10, 11])
def test_the_size_is_looked_at_first(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 10)
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * size)
    if size <= 10:
        assert read(path) == b"#" * size
        return
    with pytest.raises(CassetteError) as caught:
        read(path)
    assert str(caught.value) == f"{path}:1: larger than a cassette may be: 0 MiB (split it into several files)"


def test_a_sparse_file_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(CassetteError, match="larger than a cassette may be: 64 MiB"):
        read(path)


def test_a_pipe_is_read_to_its_end_or_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    os.mkfifo(path)

    def feed(data: bytes) -> threading.Thread:
        thread = threading.Thread(target=path.write_bytes, args=(data,))
        thread.start()
        return thread

    writer = feed(b"path: /x\n")
    assert load(path).interactions
    writer.join()
    monkeypatch.setattr(limits, "MAX_CASSETTE_BYTES", 5)
    writer = feed(b"path: /x\n")
    with pytest.raises(CassetteError, match="larger than a cassette may be"):
        load(path)
    writer.join()


def test_the_line_of_a_path_or_of_what_is_around_it() -> None:
    text = "path: /x\nstream:\n  - data: a\n  - data: b\n"
    assert line_of(text, ("stream", 1, "data")) == 4
    assert line_of(text, ("stream", 1, "more")) == 4
    assert line_of(text, ("interactions", 0, "stream", 1), ("stream", 1)) == 4
    assert line_of(text, ("interactions", 0)) == 1
    assert line_of("", ("a",)) == 1
