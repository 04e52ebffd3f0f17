"""The HTTP server itself: TLS, slow clients, and a stop that loses nothing."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Response

from reference_server.certificates import write_self_signed
from reference_server.errors import StartupError
from reference_server.serving import load_certificate
from tests.support.api_server import ADMIN, listening, server_process


def test_the_url_has_the_port_that_was_free() -> None:
    """Port 0 picks one."""
    with listening(Response("ok")) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert server.port > 0


def test_drain_waits_for_what_is_under_way() -> None:
    """And tells when it took too long."""
    entered, release = threading.Event(), threading.Event()

    def slow(environ: Any, start_response: Any) -> list[bytes]:
        entered.set()
        release.wait(20)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with listening(slow) as server:
        assert server.drain(5)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/")
        assert entered.wait(10)
        assert not server.drain(0.05)
        release.set()
        assert connection.getresponse().read() == b"ok"
        assert server.drain(10)
        connection.close()


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give what a server and a client need."""
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    write_self_signed(certificate, key, ["127.0.0.1"])
    loaded = load_certificate(str(certificate), str(key))
    assert loaded is not None
    return loaded, ssl.create_default_context(cafile=str(certificate))


def test_a_client_that_does_not_shake_hands_holds_up_nobody(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """The handshake happens in the thread of the connection; plain HTTP and garbage are dropped quietly."""
    with listening(Response("ok"), tls[0]) as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
        silent[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
        connection = HTTPSConnection("127.0.0.1", server.port, timeout=10, context=tls[1])
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
        connection.close()
        for other in silent:
            other.close()


@pytest.mark.parametrize(
    ("certificate", "key", "message"),
    [
        ("server.crt", "", "belong together"),
        ("", "server.key", "belong together"),
        ("no.crt", "no.key", "cannot be used"),
    ],
)
def test_certificates_that_cannot_be_used(tmp_path: Path, certificate: str, key: str, message: str) -> None:
    """The message names the flags or the files."""
    with pytest.raises(StartupError, match=message):
        load_certificate(certificate and str(tmp_path / certificate), key and str(tmp_path / key))


def test_without_certificate_it_is_plain_http() -> None:
    """Neither file means neither."""
    assert load_certificate("", "") is None


def test_a_stop_finishes_what_is_under_way(tmp_path: Path) -> None:
    """SIGTERM with a request half sent: it is answered, the process ends with 0, new connections are refused."""
    with server_process(tmp_path) as server:
        host, _, port = server.url().removeprefix("http://").partition(":")
        body = b'{"apiVersion":"v1","kind":"Node","metadata":{"name":"late"}}'
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            headers = f"Host: x\r\nAuthorization: Bearer {ADMIN}\r\nContent-Length: {len(body)}"
            connection.sendall(f"POST /api/v1/nodes HTTP/1.1\r\n{headers}\r\n\r\n".encode())
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            connection.sendall(body)
            assert connection.recv(100).startswith(b"HTTP/1.1 201")
        assert server.process.wait(20) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)
