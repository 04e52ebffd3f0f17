"""A socket whose operations all end by one deadline, however slowly the peer sends."""

from __future__ import annotations

import contextlib
import io
import select
import socket
import ssl
import time
from typing import Any

from tracing_facade._engine import engine

_LONGEST_HELD = 8_192


class DeadlineSocket:
    """What ``http.client`` needs of a socket, each operation with the time that is left.

    A timeout of a plain socket starts anew with every byte, so a peer that trickles could hold a request for ever.

    Where there is a native engine it sends and receives without the interpreter's lock in between, as long as the
    socket is the standard library's own: one of gevent's lets other greenlets run meanwhile.

    Args:
        plain: a connected socket, with TLS or without.
    """

    def __init__(self, plain: socket.socket | ssl.SSLSocket) -> None:
        self._plain = plain
        self._native = engine.loaded() if type(plain).__module__ == "socket" else None
        self._held = b""
        self.deadline = 0.0

    def prepare(self) -> float:
        """Give the next operation the seconds that are left, and return them.

        Raises:
            TimeoutError: none is left.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._plain.settimeout(left)
        return left

    def is_stale(self) -> bool:
        """Tell whether an idle connection is of no use any more: the peer has closed it or says what nobody asked."""
        if self._native is not None:
            return self._native.is_readable(self._plain.fileno())  # type: ignore[no-any-return]  # a module's function
        poll = select.poll()
        poll.register(self._plain, select.POLLIN)
        return bool(poll.poll(0))

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything by the deadline; the head of a request is held until its body or the reader is asked for."""
        if self._native is None:
            self.prepare()
            self._plain.sendall(data, flags)  # its timeout is for all of the data
        elif not self._held and len(data) < _LONGEST_HELD:
            self._held = bytes(data)
        else:
            self._send_held(bytes(data))

    def receive_into(self, buffer: Any) -> int:
        """Receive something by the deadline; returns how many bytes, 0 when the peer has closed the connection."""
        left = self.prepare()
        if self._native is None:
            return self._plain.recv_into(buffer)
        return self._native.receive_into(self._plain.fileno(), buffer, left)  # type: ignore[no-any-return]  # likewise

    def _send_held(self, more: bytes) -> None:
        held, self._held = self._held, b""
        if self._native is not None and (held or more):
            self._native.send_all(self._plain.fileno(), held, more, self.prepare())

    def makefile(self, mode: str, *_buffering: Any) -> io.BufferedReader:
        """Return a reader; ``http.client`` asks for no other mode."""
        self._send_held(b"")
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Close the connection, also under the feet of a thread that is waiting for it."""
        with contextlib.suppress(OSError):  # it is not connected any more
            self._plain.shutdown(socket.SHUT_RDWR)
        self._plain.close()

    def forget(self) -> None:
        """Close this process's copy of the connection; the process that it was forked from goes on with it."""
        self._plain.close()


class _Reader(io.RawIOBase):
    def __init__(self, owner: DeadlineSocket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._owner.receive_into(buffer)
