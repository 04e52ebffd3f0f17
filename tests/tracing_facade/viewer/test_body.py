"""Request bodies, read within limits."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib

import pytest

from tracing_facade.viewer.body import BodyError, decompress, read_body

CHUNKED = {"Transfer-Encoding": "chunked"}


def _read(data: bytes, headers: dict[str, str] | None = None, most: int = 1_000) -> bytes:
    given = {"Content-Length": str(len(data))} if headers is None else headers
    return read_body(io.BytesIO(data), given, most_bytes=most)


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        pytest.param(b"hello", {"Content-Length": "5"}, id="length"),
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", CHUNKED, id="one chunk"),
        pytest.param(b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: 1\r\n\r\n", CHUNKED, id="chunks, extension, trailer"),
    ],
)
def test_a_body_is_read_however_it_is_framed(data: bytes, headers: dict[str, str]) -> None:
    """A given length and chunks lead to the same bytes."""
    assert _read(data, headers) == b"hello"


def test_gzip_is_unpacked() -> None:
    """A gzip body reads as what it was before, also when it has several members."""
    packed = gzip.compress(b"hel") + gzip.compress(b"lo")
    assert _read(packed, {"Content-Length": str(len(packed)), "Content-Encoding": "gzip"}) == b"hello"


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        pytest.param(b"x" * 1_001, {"Content-Length": "1001"}, 413, id="too long"),
        pytest.param(b"", {"Content-Length": "9" * 50}, 413, id="absurd length"),
        pytest.param(b"3e9\r\n" + b"x" * 1001, CHUNKED, 413, id="chunk too long"),
        pytest.param(b"short", {"Content-Length": "9"}, 400, id="ends early"),
        pytest.param(b"", {"Content-Length": "-1"}, 400, id="negative length"),
        pytest.param(b"", {"Content-Length": "1_0"}, 400, id="no number"),
        pytest.param(b"", {}, 411, id="no length"),
        pytest.param(b"zz\r\n", CHUNKED, 400, id="chunk size is no number"),
        pytest.param(b"0x5\r\nhello", CHUNKED, 400, id="chunk size with prefix"),
        pytest.param(b"5\r\nhel", CHUNKED, 400, id="chunk ends early"),
        pytest.param(b"x", {"Content-Length": "1", "Content-Encoding": "br"}, 415, id="unknown encoding"),
        pytest.param(b"x", {"Content-Length": "1", "Content-Encoding": "gzip"}, 400, id="not gzip"),
    ],
)
def test_a_body_that_is_not_taken_says_why(data: bytes, headers: dict[str, str], status: int) -> None:
    """Each refusal has the status that HTTP has for it."""
    with pytest.raises(BodyError) as caught:
        _read(data, headers)
    assert caught.value.status == status


def test_a_gzip_that_ends_early_is_refused() -> None:
    """Half a body is not taken for a whole one."""
    with pytest.raises(BodyError, match="ends early"):
        decompress(gzip.compress(b"hello" * 100)[:-12])


def test_a_decompression_bomb_takes_no_memory() -> None:
    """Unpacking stops at the limit instead of finding out afterwards."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    tracemalloc.start()
    try:
        with pytest.raises(BodyError, match="more than 1,000,000 bytes"):
            decompress(bomb, most_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_gzip_of_many_members_takes_no_time() -> None:
    """Each member copies what is behind it; half a million of them would take minutes."""
    with pytest.raises(BodyError, match="more than 64 gzip members"):
        decompress(gzip.compress(b"") * 500_000)
    assert decompress(gzip.compress(b"a") * 3) == b"aaa"
