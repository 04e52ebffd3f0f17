"""What a collector can do to who sends it spans, over HTTP/1.1 and over gRPC, byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.support.hostile_peer import Attack, Victim

_OK = b"HTTP/1.1 200 OK\r\n"
_UNAVAILABLE = b"HTTP/1.1 503 Unavailable\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_SHORTEST_REQUEST = 200


def silence(victim: Victim) -> None:
    """Accept and say nothing; whoever expects TLS never gets a handshake."""
    victim.pause()


def slow_handshake(victim: Victim) -> None:
    """Begin a TLS record of 16 KiB and send it byte by byte."""
    victim.drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(16_384))


def reset_before_request(victim: Victim) -> None:
    """Break the connection at once."""
    victim.reset()


def reset_within_request(victim: Victim) -> None:
    """Break the connection after the beginning of a request."""
    victim.receive(30)
    victim.reset()


def _after_request(*answers: bytes) -> Attack:
    """Send all but the last of the answers once, and the last one endlessly."""

    def attack(victim: Victim) -> None:
        victim.receive(_SHORTEST_REQUEST)
        victim.send(b"".join(answers[:-1]))
        victim.send_endlessly(answers[-1])

    return attack


def _dripped(victim: Victim) -> None:
    victim.receive(_SHORTEST_REQUEST)
    victim.drip(_OK + b"X: y\r\n" * 1_000)


HTTP: dict[str, Attack] = {
    "silence": silence,
    "reset before the request": reset_before_request,
    "reset within the request": reset_within_request,
    "answer byte by byte": _dripped,
    "endless status line": _after_request(b"HTTP/1.1 200 ", b"O"),
    "endless zeros": _after_request(b"\0"),
    "endless headers": _after_request(_OK, b"X: y\r\n"),
    "endless header": _after_request(_OK + b"X: ", b"y"),
    "endless 100 Continue": _after_request(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
    "endless body": _after_request(_UNAVAILABLE + b"\r\n", b"z"),
    "endless chunks without content": _after_request(_CHUNKED, b"0;a=b\r"),
    "chunks of garbage": _after_request(_CHUNKED, b"zz\r\n"),
    "endless trailers": _after_request(_CHUNKED + b"0\r\n", b"X: y\r\n"),
}
TLS: dict[str, Attack] = {
    "no handshake": silence,
    "slow handshake": slow_handshake,
    "endless garbage instead of a handshake": lambda victim: victim.send_endlessly(b"\x15\x03"),
    "reset within the handshake": reset_within_request,
}

_DATA, _HEADERS, _RST_STREAM, _SETTINGS, _PING, _GOAWAY, _CONTINUATION = 0, 1, 3, 4, 6, 7, 9
_END_HEADERS, _END_STREAM = 4, 1
_PREFACE_BYTES = 24
_REFUSED_STREAM, _CANCEL, _NO_ERROR = 7, 8, 0
_LONG_TEXT = b"\x00\x01a\x7f\x81\x7e" + b"z" * 16_382
"""A header ``a`` of 16,381 bytes, without Huffman coding (HPACK, RFC 7541, 6.2.2)."""
_RESPONSE_HEADERS = b"\x88\x00\x0ccontent-type\x10application/grpc"


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _calls(victim: Victim) -> Iterator[int]:
    """Begin HTTP/2 and yield the streams of calls as they come."""
    victim.send(_frame(_SETTINGS, 0, 0))
    victim.receive(_PREFACE_BYTES)
    while True:
        size = int.from_bytes(victim.receive(3), "big")
        kind, _, stream = struct.unpack(">BBI", victim.receive(6))
        victim.receive(size)
        if kind == _HEADERS:
            yield stream


def _reset_streams(victim: Victim) -> None:
    for stream in _calls(victim):
        victim.send(_frame(_RST_STREAM, 0, stream, struct.pack(">I", _REFUSED_STREAM)))


def _cancel_streams(victim: Victim) -> None:
    for stream in _calls(victim):
        victim.send(_frame(_RST_STREAM, 0, stream, struct.pack(">I", _CANCEL)) * 1_000)


def _go_away(victim: Victim) -> None:
    next(_calls(victim))
    victim.send_endlessly(_frame(_GOAWAY, 0, 0, struct.pack(">II", 0, _NO_ERROR)))


def _go_away_at_once(victim: Victim) -> None:
    victim.send(_frame(_SETTINGS, 0, 0))
    victim.send_endlessly(_frame(_GOAWAY, 0, 0, struct.pack(">II", 0, _NO_ERROR)))


def _many_settings(victim: Victim) -> None:
    next(_calls(victim))
    victim.send_endlessly(_frame(_SETTINGS, 0, 0))


def _many_pings(victim: Victim) -> None:
    next(_calls(victim))
    victim.send_endlessly(_frame(_PING, 0, 0, b"12345678"))


def _endless_trailers(victim: Victim) -> None:
    stream = next(_calls(victim))
    victim.send(_frame(_HEADERS, _END_HEADERS, stream, _RESPONSE_HEADERS))
    victim.send(_frame(_HEADERS, _END_STREAM, stream))
    victim.send_endlessly(_frame(_CONTINUATION, 0, stream, _LONG_TEXT[:16_384]))


def _endless_message(victim: Victim) -> None:
    stream = next(_calls(victim))
    victim.send(_frame(_HEADERS, _END_HEADERS, stream, _RESPONSE_HEADERS))
    victim.send_endlessly(_frame(_DATA, 0, stream, b"\x00\x7f\xff\xff\xff" + bytes(16_379)))  # of 2 GiB


def _dripped_settings(victim: Victim) -> None:
    victim.drip(_frame(_SETTINGS, 0, 0, bytes(6) * 2_000))


GRPC_REFUSES = frozenset({"endless trailers", "endless message"})
"""gRPC says RESOURCE_EXHAUSTED then, which OTLP does not let anybody try again."""
GRPC: dict[str, Attack] = {
    "silence": silence,
    "reset before the request": reset_before_request,
    "reset within the request": reset_within_request,
    "settings byte by byte": _dripped_settings,
    "streams refused": _reset_streams,
    "streams cancelled a thousand times": _cancel_streams,
    "endless GOAWAY": _go_away,
    "endless GOAWAY before a call": _go_away_at_once,
    "endless settings": _many_settings,
    "endless pings": _many_pings,
    "endless trailers": _endless_trailers,
    "endless message": _endless_message,
    "HTTP/1.1": lambda victim: victim.send_endlessly(_OK + b"\r\n"),
}
