"""A peer on loopback that does to each connection whatever it was made for, until it is healed."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType

_RESET = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends a reset at once."""


_LONGEST_SECONDS = 20.0


class Victim:
    """One connection of who is attacked.

    Args:
        connection: has just been accepted.
        stopped: set when the peer stops or heals.
    """

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self.sent = 0
        self._stopped = stopped

    def send(self, data: bytes) -> None:
        """Send and count; raises OSError when the victim has gone."""
        if self._stopped.is_set():
            raise OSError("the peer stops")
        self.connection.sendall(data)
        self.sent += len(data)

    def send_endlessly(self, data: bytes) -> None:
        """Send the same again and again, until the victim has gone."""
        block = data * max(1, 16_384 // len(data))
        while True:
            self.send(block)

    def drip(self, data: bytes, seconds: float = 0.05) -> None:
        """Send byte by byte, so slowly."""
        for position in range(len(data)):
            self.pause(seconds)
            self.send(data[position : position + 1])

    def pause(self, seconds: float = 1e6) -> None:
        """Do nothing for so long, or until the peer stops."""
        if self._stopped.wait(seconds):
            raise OSError("the peer stops")

    def receive(self, count: int) -> bytes:
        """Return exactly so many bytes; raises OSError when they do not come."""
        received = b""
        while len(received) < count:
            more = self.connection.recv(count - len(received))
            if not more:
                raise OSError("the victim has gone")
            received += more
        return received

    def pass_on(self, port: int) -> None:
        """Be a cable from the victim to a port where somebody behaves, until either end closes."""
        healthy = socket.create_connection(("127.0.0.1", port))
        back = threading.Thread(target=_copy, args=(healthy, self.connection), daemon=True, name="hostile-connection")
        back.start()
        _copy(self.connection, healthy)

    def reset(self) -> None:
        """Close with a reset instead of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()


Attack = Callable[[Victim], None]


class HostilePeer:
    """Attacks whoever connects until ``heal``; from then on it passes everything on to a port where somebody behaves.

    Args:
        attack: is called with each connection on a thread of its own, and may go on for ever.
    """

    def __init__(self, attack: Attack) -> None:
        self.victims: list[Victim] = []
        self._attack = attack
        self._stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def heal(self, port: int) -> None:
        """Attack nobody any more, and close the connections that are under attack."""
        self._attack = lambda victim: victim.pass_on(port)
        self._stopped.set()
        self._close(self._sockets)

    def wait_for_a_victim(self) -> None:
        """Return when somebody has connected; fails the test when nobody does."""
        end = time.monotonic() + _LONGEST_SECONDS
        while not self.victims:
            assert time.monotonic() < end, "nobody connects"
            time.sleep(0.005)

    def __enter__(self) -> HostilePeer:
        threading.Thread(target=self._accept, daemon=True, name="hostile-peer").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._close([self._listener, *self._sockets])

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._sockets.append(connection)
                threading.Thread(target=self._meet, args=(connection,), daemon=True, name="hostile-connection").start()

    def _meet(self, connection: socket.socket) -> None:
        victim = Victim(connection, self._stopped)
        self.victims.append(victim)
        with contextlib.suppress(OSError):
            self._attack(victim)
        connection.close()

    @staticmethod
    def _close(sockets: list[socket.socket]) -> None:
        for one in list(sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
