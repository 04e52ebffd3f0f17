"""A socket whose operations all end by one deadline, however slowly the peer sends."""

from __future__ import annotations

import contextlib
import io
import select
import socket
import ssl
import time
from typing import Any


class DeadlineSocket:
    """What ``http.client`` needs of a socket, each operation with the time that is left.

    A timeout of a plain socket starts anew with every byte, so a peer that trickles could hold a request for ever.

    Args:
        plain: a connected socket, with TLS or without.
    """

    def __init__(self, plain: socket.socket | ssl.SSLSocket) -> None:
        self._plain = plain
        self.deadline = 0.0

    def prepare(self) -> None:
        """Give the next operation the time that is left.

        Raises:
            TimeoutError: none is left.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._plain.settimeout(left)

    def is_stale(self) -> bool:
        """Tell whether an idle connection is of no use any more: the peer has closed it or says what nobody asked."""
        poll = select.poll()
        poll.register(self._plain, select.POLLIN)
        return bool(poll.poll(0))

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything by the deadline."""
        self.prepare()
        self._plain.sendall(data, flags)  # its timeout is for all of the data

    def makefile(self, mode: str, *_buffering: Any) -> io.BufferedReader:
        """Return a reader; ``http.client`` asks for no other mode."""
        return io.BufferedReader(_Reader(self, self._plain))

    def close(self) -> None:
        """Close the connection, also under the feet of a thread that is waiting for it."""
        with contextlib.suppress(OSError):  # it is not connected any more
            self._plain.shutdown(socket.SHUT_RDWR)
        self._plain.close()

    def forget(self) -> None:
        """Close this process's copy of the connection; the process that it was forked from goes on with it."""
        self._plain.close()


class _Reader(io.RawIOBase):
    def __init__(self, owner: DeadlineSocket, plain: socket.socket | ssl.SSLSocket) -> None:
        self._owner = owner
        self._plain = plain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._owner.prepare()
        return self._plain.recv_into(buffer)
