"""Answers in HTTP/1.1 are read as the standard library reads them, in however many pieces they come."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tracing_facade.export.deadline_socket import DeadlineSocket
from tracing_facade.export.http_exchange import Answer, BadAnswer, NoAnswer, exchange, request_head

MOST = 1_000

_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWERS = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Tenant:  blue \r\n\r\nhello",
    "no reason": b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "chunks": _CHUNKED + b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n",
    "no chunk": _CHUNKED + b"0\r\n\r\n",
    "an interim answer": b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
    "a header in two lines": b"HTTP/1.1 200 OK\r\nLocation: http://a/\r\n b\r\nContent-Length: 0\r\n\r\n",
    "until it closes": b"HTTP/1.1 200 OK\r\n\r\nall there is",
    "an old server": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "a server that closes": b"HTTP/1.1 429 Slow down\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
}
CLOSING = {"until it closes", "an old server", "a server that closes"}


@contextmanager
def _asking(*pieces: bytes) -> Iterator[DeadlineSocket]:
    """Give a connection to a peer that reads the request, answers in these pieces, and closes."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        with theirs:
            theirs.recv(65_536)
            for piece in pieces:
                theirs.sendall(piece)
            theirs.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                theirs.recv(65_536)

    peer = threading.Thread(target=answer, daemon=True)
    peer.start()
    connection = DeadlineSocket(ours)
    connection.deadline = time.monotonic() + 10.0
    try:
        yield connection
    finally:
        connection.close()
        peer.join()


def _ask(*pieces: bytes) -> Answer:
    with _asking(*pieces) as connection:
        return exchange(connection, request_head("host", "/", {}, 4), b"body", MOST)


class _FileSocket:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, *_mode: Any) -> io.BytesIO:
        return io.BytesIO(self._content)


@pytest.mark.parametrize("by_the_byte", [False, True], ids=["at once", "by the byte"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_the_standard_library_reads(name: str, by_the_byte: bool) -> None:
    """Status, body and headers, and whether another request may follow."""
    raw = ANSWERS[name]
    expected = http.client.HTTPResponse(_FileSocket(raw))  # type: ignore[arg-type]  # all it uses of a socket
    expected.begin()
    body = expected.read()
    answer = _ask(*([raw[at : at + 1] for at in range(len(raw))] if by_the_byte else [raw]))
    assert (answer.status, answer.body) == (expected.status, body)
    for key in ("x-tenant", "retry-after", "content-length"):
        assert answer.headers.get(key) == (expected.headers[key].strip() if key in expected.headers else None)
    assert answer.reusable == (name not in CLOSING)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", "begins with 'SSH-2.0-OpenSSH'"),
        (b"HTTP/2 200\r\n\r\n", "begins with"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "'-1' is no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "'1, 2' is no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "ends in the middle"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "ends in the middle"),
        (b"HTTP/1.1 200 OK\r\n", "ends in the middle"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "nobody asked for the transfer coding"),
        (_CHUNKED + b"xyz\r\n", "a chunk has no size"),
        (_CHUNKED + b"1\r\nabc\r\n0\r\n\r\n", "longer than it says"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "bytes without an end"),
    ],
    ids=["another protocol", "another version", "no length", "two lengths", "a body cut off", "no body", "no end",
         "another coding", "no size", "a wrong size", "a head without end"],
)  # fmt: skip
def test_what_is_no_answer_is_refused(raw: bytes, message: str) -> None:
    """With a message that says what is wrong with it."""
    with pytest.raises(BadAnswer, match=message) as caught:
        _ask(raw)
    assert not isinstance(caught.value, NoAnswer)


def test_a_peer_that_says_nothing_is_told_apart() -> None:
    """So that a request may be sent again over a new connection: an idle one is closed by either side."""
    with pytest.raises(NoAnswer):
        _ask()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5_000,
        _CHUNKED + b"64\r\n" + b"x" * 100 + b"\r\n" + b"f00\r\n" + b"x" * 3_840,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000,
    ],
    ids=["a length", "chunks", "until it closes"],
)  # fmt: skip
def test_of_a_long_body_the_beginning_is_read(raw: bytes) -> None:
    """And the connection, on which the rest may still come, is not used again."""
    assert _ask(raw)[2:] == (b"x" * MOST, False)


def test_a_line_that_is_no_header_is_passed_over() -> None:
    """A collector's proxy may write odd things; what is right beside them counts."""
    answer = _ask(b"HTTP/1.1 307 Go\r\nLocation: http://a/\r\nodd\r\nContent-Length: 0\r\n\r\n")
    assert (answer.status, answer.headers["location"], answer.headers["content-length"]) == (307, "http://a/", "0")


def test_what_nobody_asked_for_ends_the_connection() -> None:
    """Bytes after an answer would be taken for the next one."""
    assert _ask(ANSWERS["a length"] + b"HTTP/1.1 200 OK\r\n\r\n").reusable is False


def test_the_request_is_what_a_server_expects() -> None:
    """Its own length cannot be contradicted, and a header may name another host."""
    head = request_head("a:1", "/v1/traces", {"x": "y", "content-length": "7", "host": "b"}, 4)
    assert head == (
        b"POST /v1/traces HTTP/1.1\r\nhost: b\r\naccept-encoding: identity\r\nx: y\r\ncontent-length: 4\r\n\r\n"
    )


@pytest.mark.parametrize("value", ["two\nlines", "two\rlines", "a\0b", "ümlaut"])
def test_a_header_that_would_forge_another_is_refused(value: str) -> None:
    """A token from a file is as good as the file; the message does not repeat it."""
    with pytest.raises(ValueError, match=r"authorization|ascii") as caught:
        request_head("a", "/", {"authorization": value}, 0)
    assert value not in str(caught.value)
