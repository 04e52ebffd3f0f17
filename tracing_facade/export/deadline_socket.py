"""A socket whose operations all end by one deadline, however slowly the peer sends."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import TYPE_CHECKING

from tracing_facade._engine import engine

if TYPE_CHECKING:
    import ssl

_MOST_AT_ONCE = 8_192


class DeadlineSocket:
    """Sends and receives, each time with the time that is left.

    A timeout of a plain socket starts anew with every byte, so a peer that trickles could hold a request for ever.

    Where there is a native engine it sends and receives without the interpreter's lock in between, as long as the
    socket is the standard library's own: one of gevent's lets other greenlets run meanwhile.

    Args:
        plain: a connected socket, with TLS or without.
    """

    def __init__(self, plain: socket.socket | ssl.SSLSocket) -> None:
        self._plain = plain
        self._native = engine.loaded() if type(plain).__module__ == "socket" else None
        self._room = bytearray(_MOST_AT_ONCE)
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

    def send(self, head: bytes, body: bytes) -> None:
        """Send both by the deadline."""
        left = self.prepare()
        if self._native is None:
            # Not `sendall`: the one of TLS, and gevent's, give every part of the data the whole timeout anew.
            rest = memoryview(head + body)
            while rest:
                self.prepare()
                rest = rest[self._plain.send(rest) :]
        else:
            self._native.send_all(self._plain.fileno(), head, body, left)

    def receive(self) -> bytes:
        """Receive something by the deadline; nothing when the peer has closed the connection."""
        left = self.prepare()
        if self._native is None:
            return self._plain.recv(_MOST_AT_ONCE)
        received = self._native.receive_into(self._plain.fileno(), self._room, left)
        return bytes(self._room[:received])

    def interrupt(self) -> None:
        """End what another thread waits for, and leave it to that thread to close the connection.

        Closing gives the number of the descriptor back: the next connection of the application may get it, and the
        other thread would read from that or write spans into it.
        """
        with contextlib.suppress(OSError):  # it is not connected any more
            self._plain.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, which no other thread is using."""
        self.interrupt()
        self._plain.close()

    def forget(self) -> None:
        """Close this process's copy of the connection; the process that it was forked from goes on with it."""
        self._plain.close()
