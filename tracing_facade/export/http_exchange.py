"""HTTP/1.1 as an exporter speaks it (RFC 9112): one POST and its answer, over a connection that has a deadline.

``http.client`` does the same and much more, and loads ``email``, ``http`` and ``ssl`` for it, which would be a quarter
of the time that ``configure`` takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.export.deadline_socket import DeadlineSocket

_LONGEST_HEAD = 65_536
"""Bytes of status line and headers; of an answer with more nothing is believed."""
_LONGEST_LINE = 1_024
"""Bytes of a line between the chunks of a body."""
_MOST_IN_ALL = 1 << 19
"""Bytes of all that comes; interim responses, chunks and trailers are short each, and may come without end."""

_STATUS_LINE = pattern_on_demand(r"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: |\Z)")
_LENGTH = pattern_on_demand(r"[0-9]{1,15}\Z")
_CHUNK_SIZE = pattern_on_demand(r"([0-9A-Fa-f]{1,15})[ \t]*(?:;|\Z)")


class BadAnswer(Exception):
    """What came is no answer in HTTP."""


class NoAnswer(BadAnswer, ConnectionResetError):
    """The peer closed the connection instead of answering."""


class Answer(NamedTuple):
    """What the peer said."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; several of one name are joined with commas."""
    body: bytes
    """The beginning, where the body is longer than was asked for."""
    reusable: bool
    """Whether the connection is good for another request."""


def request_head(host: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
    """Return what comes before the body of a POST.

    Args:
        host: with the port, as the peer is to see it, unless it is among the headers.
        path: beginning with a slash, with a query or without.
        headers: names in lower case, and values.
        length: bytes of the body.

    Raises:
        ValueError: a header or the path holds what would end its line, or is no ASCII.
    """
    fields = {"host": host, "accept-encoding": "identity", **headers, "content-length": str(length)}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    for line in lines:
        if "\r" in line or "\n" in line or "\0" in line:
            raise ValueError(f"{line.partition(':')[0]!r} cannot be sent: it holds more than one line")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def exchange(connection: DeadlineSocket, head: bytes, body: bytes, most: int) -> Answer:
    """Send a request and return the answer.

    Args:
        connection: has its deadline.
        head: of the request; see ``request_head``.
        body: of the request.
        most: bytes of the answer's body to wait for.

    Raises:
        BadAnswer: the peer does not answer in HTTP, or stops in the middle.
        NoAnswer: it closed the connection before it said anything.
        TimeoutError: the deadline has come.
        OSError: the connection is broken.
    """
    connection.send(head, body)
    answer = _Incoming(connection)
    status, minor, headers = answer.head()
    while status < 200:
        status, minor, headers = answer.head()  # an interim response, and the one that counts is still to come
    content, complete = (b"", True) if status in (204, 304) else answer.body(headers, most)
    closes = "close" in headers.get("connection", "").lower() or minor == "0"
    return Answer(status, headers, content, complete and not closes and not answer.has_more)


class _Incoming:
    """Reads what a connection brings, piece by piece."""

    def __init__(self, connection: DeadlineSocket) -> None:
        self._connection = connection
        self._unread = b""
        self._heard = 0

    @property
    def has_more(self) -> bool:
        """Whether something has come that was not read."""
        return bool(self._unread)

    def head(self) -> tuple[int, str, dict[str, str]]:
        """Return status, minor version of HTTP and headers."""
        text = self._until(b"\r\n\r\n", _LONGEST_HEAD).decode("latin-1")
        # A header that goes on in the next line is obsolete, and read all the same (RFC 9112, 5.2).
        status_line, *lines = text.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
        found = _STATUS_LINE.match(status_line)
        if found is None:
            raise BadAnswer(f"it begins with {status_line[:40]!r}")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return int(found[2]), found[1], headers

    def body(self, headers: Mapping[str, str], most: int) -> tuple[bytes, bool]:
        """Return the body, or ``most`` bytes of it, and whether it ended there (RFC 9112, 6.3)."""
        coding = headers.get("transfer-encoding")
        if coding is not None:
            if coding.lower() != "chunked":
                raise BadAnswer(f"nobody asked for the transfer coding {coding[:40]!r}")
            return self._chunks(most)
        length = headers.get("content-length")
        if length is None:
            return self._rest(most), False
        if not _LENGTH.match(length):
            raise BadAnswer(f"{length[:40]!r} is no length")
        return self._exactly(min(int(length), most)), int(length) <= most

    def _chunks(self, most: int) -> tuple[bytes, bool]:
        content = b""
        while True:
            found = _CHUNK_SIZE.match(self._until(b"\r\n", _LONGEST_LINE).decode("latin-1"))
            if found is None:
                raise BadAnswer("a chunk has no size")
            size = int(found[1], 16)
            if not size:
                break
            content += self._exactly(min(size, most - len(content)))
            if len(content) >= most:
                return content, False
            if self._exactly(2) != b"\r\n":
                raise BadAnswer("a chunk is longer than it says")
        trailer = b"any"
        while trailer:
            trailer = self._until(b"\r\n", _LONGEST_LINE)
        return content, True

    def _rest(self, most: int) -> bytes:
        more = True
        while more and len(self._unread) < most:
            more = self._receive()
        return self._taken(most)

    def _until(self, end: bytes, most: int) -> bytes:
        """Return what comes before ``end``, which is read too."""
        searched = 0
        while (place := self._unread.find(end, searched)) < 0:
            searched = max(0, len(self._unread) - len(end) + 1)
            if len(self._unread) > most:
                raise BadAnswer(f"{most} bytes without an end")
            self._receive_or_fail()
        found = self._taken(place)
        self._taken(len(end))
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._unread) < size:
            self._receive_or_fail()
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def _receive_or_fail(self) -> None:
        """Receive more.

        Raises:
            NoAnswer: the connection was closed, and nothing of an answer had come.
            BadAnswer: the connection was closed in the middle.
        """
        if not self._receive():
            raise BadAnswer("it ends in the middle") if self._heard else NoAnswer("it closed the connection")

    def _receive(self) -> bool:
        received = self._connection.receive()
        self._unread += received
        self._heard += len(received)
        if self._heard > _MOST_IN_ALL:
            raise BadAnswer("it does not end")
        return bool(received)
