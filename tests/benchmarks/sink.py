"""A process that takes OTLP/HTTP requests as fast as they come and counts the spans when it is asked to."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.gunicorn_server import processor_seconds
from tracing_facade._engine.protobuf import fields, message

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n\r\n%s"


class Sink:
    """A running sink, from the outside."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._pid = pid
        self.endpoint = f"http://127.0.0.1:{port}"

    def count(self) -> int:
        """Return how many spans have come since the last call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", "/count")
        number = int(connection.getresponse().read())
        connection.close()
        return number

    def processor_seconds(self) -> float:
        """Return the processor time that it has used so far."""
        return processor_seconds(self._pid)


@contextmanager
def running() -> Iterator[Sink]:
    """Run a sink in another process, so that it takes no time from the one that is measured."""
    command = [sys.executable, "-m", "tests.benchmarks.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Sink(int(process.stdout.readline()), process.pid)
        finally:
            process.kill()


def _serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    bodies: list[bytes] = []
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer_all, args=(connection, bodies), daemon=True).start()


def _answer_all(connection: socket.socket, bodies: list[bytes]) -> None:
    with connection, connection.makefile("rb", 1 << 20) as stream:
        while line := stream.readline():
            length = 0
            while (header := stream.readline().strip()) != b"":
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            bodies.append(stream.read(length))
            content = b""
            if line.startswith(b"GET"):
                content = b"%d" % sum(map(_spans_in, bodies))
                bodies.clear()
            connection.sendall(_ANSWER % (len(content), content))


def _spans_in(request: bytes) -> int:
    spans = 0
    for _, resource_spans in fields(request):
        for number, scope_spans in fields(message(resource_spans)):
            if number == 2:
                spans += sum(1 for inner, _ in fields(message(scope_spans)) if inner == 2)
    return spans


if __name__ == "__main__":
    _serve()
