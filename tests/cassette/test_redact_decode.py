"""Content codings, decoded bit by bit and within limits."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from mocksse import limits
from mocksse.cassette.redact.decode import Decoder, decoder
from mocksse.errors import LimitError, MocksseError

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"".join(b'data: {"n":%d}\n\n' % n for n in range(500))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def known(content_encoding: str) -> Decoder:
    found = decoder(content_encoding)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:])),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("deflate, identity, gzip", lambda data: gzip.compress(zlib.compress(data))),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 1000, 10**6])
def test_decodes_whatever_the_pieces(coding: str, encode: Callable[[bytes], bytes], size: int) -> None:
    decoding = known(coding)
    data = encode(TEXT)
    assert b"".join(decoding.feed(data[at : at + size]) for at in range(0, len(data), size)) == TEXT
    assert decoding.prompt
    assert not decoding.identity


def test_gives_at_once_what_was_flushed() -> None:
    packer = zlib.compressobj(wbits=31)
    decoding = known("gzip")
    for event in (b"data: 1\n\n", b"data: 2\n\n"):
        assert decoding.feed(packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)) == event


@pytest.mark.parametrize("coding", ["", "identity", " Identity ,"])
def test_nothing_to_decode(coding: str) -> None:
    assert known(coding).identity
    assert known(coding).feed(b"as it is") == b"as it is"


@pytest.mark.parametrize("coding", ["aws-chunked", "compress", "gzip, pack200", "pack200, gzip"])
def test_an_unknown_coding(coding: str) -> None:
    assert decoder(coding) is None


@pytest.mark.parametrize(
    ("coding", "data"),
    [("gzip", b"data: plain\n\n"), ("gzip", gzip.compress(TEXT)[:60] + b"\xff" * 60), ("deflate", b"x\x9cnonsense")],
)
def test_bytes_that_cannot_be_decoded(coding: str, data: bytes) -> None:
    with pytest.raises(MocksseError, match="can't be decoded"):
        known(coding).feed(data)


def test_a_bomb_stops_at_the_ratio() -> None:
    with pytest.raises(LimitError, match="decodes to more than"):
        known("gzip").feed(gzip.compress(bytes(10**7)))


def test_a_bomb_in_a_bomb_is_never_unpacked() -> None:
    with pytest.raises(LimitError):
        known("gzip, gzip").feed(gzip.compress(gzip.compress(bytes(5 * 10**7))))


def test_a_body_stops_at_the_cap() -> None:
    text = TEXT * 20
    decoding = known("gzip")
    with patch.object(limits, "MAX_DECODED_BYTES", len(text)):
        assert decoding.feed(gzip.compress(text)) == text
        with pytest.raises(LimitError):
            decoding.feed(gzip.compress(b"and one more"))


def test_brotli_where_it_is_installed() -> None:
    brotli = pytest.importorskip("brotli")
    data = brotli.compress(TEXT)
    decoding = decoder("br")
    if decoding is None:
        pytest.skip("a brotli that can't bound its output")
    assert b"".join(decoding.feed(data[at : at + 7]) for at in range(0, len(data), 7)) == TEXT
    with pytest.raises(LimitError):
        known("br").feed(brotli.compress(bytes(10**7)))
    with pytest.raises(MocksseError, match="can't be decoded"):
        known("br").feed(b"\xff" * 100)


def test_zstd_where_it_is_installed() -> None:
    zstd = zstd_module()
    data = zstd.compress(TEXT[:100]) + zstd.compress(TEXT[100:])
    decoding = known("zstd")
    assert not decoding.prompt
    assert b"".join(decoding.feed(data[at : at + 7]) for at in range(0, len(data), 7)) == TEXT
    with pytest.raises(LimitError):
        known("zstd").feed(zstd.compress(bytes(10**7)))
    with pytest.raises(MocksseError, match="can't be decoded"):
        known("zstd").feed(b"\xff" * 100)


def zstd_module() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    pytest.skip("no module for zstd")
