"""The body of a request: read within limits, whether its length is given or it comes in chunks, and decompressed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import BinaryIO

MOST_BYTES = 16 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_MOST_MEMBERS = 64


class BodyError(Exception):
    """A body that is not taken; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def read_body(stream: BinaryIO, headers: Mapping[str, str], *, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the body that ``headers`` announce, as it was before compression.

    Raises:
        BodyError: it is too large, not as announced, or compressed in a way the viewer does not know.
    """
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        data = _read_chunks(stream, most_bytes)
    else:
        data = _read_exactly(stream, _length(headers, most_bytes))
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "gzip":
        return decompress(data, most_bytes=most_bytes)
    if encoding in ("identity", ""):
        return data
    raise BodyError(415, f"the content encoding {encoding!r} is not known here: send gzip or identity")


def decompress(data: bytes, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Return what ``data`` was before gzip, and never more than ``most_bytes`` of it, however small ``data`` is."""
    result = b""
    for _ in range(_MOST_MEMBERS):
        if not data:
            return result
        unpacker = zlib.decompressobj(_GZIP)
        try:
            result += unpacker.decompress(data, most_bytes + 1 - len(result))
        except zlib.error as error:
            raise BodyError(400, f"the body is not gzip: {error}") from None
        if len(result) > most_bytes:
            raise _too_large("unpacked body", most_bytes)
        if not unpacker.eof:
            raise BodyError(400, "the body is not gzip: it ends early")
        data = unpacker.unused_data  # a copy, which is why the number of members is bounded
    raise BodyError(400, f"the body consists of more than {_MOST_MEMBERS} gzip members: send one")


def _length(headers: Mapping[str, str], most_bytes: int) -> int:
    value = headers.get("Content-Length")
    if value is None:
        raise BodyError(411, "the request says neither Content-Length nor Transfer-Encoding: chunked")
    if not (value.isascii() and value.isdigit()):
        raise BodyError(400, f"Content-Length {value!r} is no number")
    if len(value) > 18 or int(value) > most_bytes:
        raise _too_large("body", most_bytes)
    return int(value)


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise BodyError(400, f"the body ends after {len(data)} of {length} bytes")
    return data


def _read_chunks(stream: BinaryIO, most_bytes: int) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while size := _chunk_size(stream):
        total += size
        if total > most_bytes:
            raise _too_large("body", most_bytes)
        chunks.append(_read_exactly(stream, size))
        _line(stream)
    while _line(stream):
        pass  # Trailers say nothing that the viewer wants to know.
    return b"".join(chunks)


def _chunk_size(stream: BinaryIO) -> int:
    size = _line(stream).split(b";")[0].strip()
    if not size or len(size) > 15 or size.strip(b"0123456789abcdefABCDEF"):
        raise BodyError(400, f"the chunk size {size[:20]!r} is no hexadecimal number")
    return int(size, 16)


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(1_000)
    if not line.endswith(b"\n"):
        raise BodyError(400, "a line of the chunked body is too long, or the body ends within it")
    return line.strip()


def _too_large(what: str, most_bytes: int) -> BodyError:
    return BodyError(413, f"the {what} has more than {most_bytes:,} bytes: send smaller batches")
