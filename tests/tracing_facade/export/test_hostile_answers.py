"""Transports under attack: what never ends is given up soon, and what was given up stays so."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from tests.support.collector import Collector
from tests.support.exporting import certificates
from tests.support.hostile_answers import GRPC, HTTP, silence
from tests.support.hostile_peer import HostilePeer, Victim
from tracing_facade.config.endpoint import parse_endpoint
from tracing_facade.config.types import TlsConfiguration
from tracing_facade.export.deadline_socket import DeadlineSocket
from tracing_facade.export.otlp_grpc import GrpcTransport
from tracing_facade.export.otlp_http import HttpTransport
from tracing_facade.export.request_headers import RequestHeaders
from tracing_facade.export.transport import Delivered, Outcome, Refused, Retry

LONG = 20.0
"""Seconds, none of which an attack may take."""


def http_to(port: int, tls: TlsConfiguration | None = None) -> HttpTransport:
    """Return a transport to a port of loopback."""
    return HttpTransport(parse_endpoint(f"127.0.0.1:{port}"), tls, RequestHeaders({}, {}), compress=False)


@pytest.mark.parametrize("attack", [name for name in HTTP if name.startswith(("endless", "chunks"))])
def test_an_endless_answer_over_http_is_given_up(attack: str) -> None:
    """Long before the deadline, so that reading it costs the application no time; whatever it repeats."""
    with HostilePeer(HTTP[attack]) as peer:
        transport = http_to(peer.port)
        outcome = transport.send(bytes(1_000), LONG)
        transport.close()
    assert isinstance(outcome, Retry)
    assert outcome.reason in ("bad_answer", "http_503")


def test_an_endless_answer_over_grpc_is_given_up() -> None:
    """gRPC would go on reading what it has refused, until the channel is closed."""
    gone = threading.Event()

    def attack(victim: Victim) -> None:
        try:
            GRPC["endless trailers"](victim)
        finally:
            gone.set()

    with HostilePeer(attack) as peer:
        transport = GrpcTransport(
            parse_endpoint(f"127.0.0.1:{peer.port}"), None, RequestHeaders({}, {}), compress=False
        )
        outcome = transport.send(bytes(1_000), LONG)
        assert isinstance(outcome, Refused)
        assert gone.wait(LONG)
        transport.close()


def test_the_last_answer_of_a_connection_is_read_to_its_end() -> None:
    """Also when its body comes later than its head; taking that for a failure would deliver the spans twice."""

    def answer(victim: Victim) -> None:
        body = ExportTraceServiceResponse(
            partial_success=ExportTracePartialSuccess(rejected_spans=1)
        ).SerializeToString()
        victim.receive(1_000)
        victim.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        victim.pause(0.05)
        victim.send(body)

    with HostilePeer(answer) as peer:
        transport = http_to(peer.port)
        assert transport.send(bytes(1_000), LONG) == Delivered(rejected=1)
        assert transport._connection is None


class Sender(threading.Thread):
    """Sends in the background."""

    def __init__(self, transport: HttpTransport, payload: bytes, seconds: float = LONG) -> None:
        super().__init__(daemon=True)
        self.outcome: Outcome | None = None
        self._transport = transport
        self._given = payload, seconds
        self.start()

    def run(self) -> None:
        """Send."""
        self.outcome = self._transport.send(*self._given)


def test_what_was_given_up_while_connecting_is_not_sent_later(tmp_path: Path) -> None:
    """Its spans have been counted as lost: a handshake that ends after the shutdown delivers nothing."""
    pki = certificates(tmp_path)
    handshake = threading.Event()
    with Collector(tls=pki.server) as collector:
        port = int(collector.http_endpoint.rpartition(":")[2])

        def hold_back(victim: Victim) -> None:
            handshake.wait(LONG)
            victim.pass_on(port)

        with HostilePeer(hold_back) as peer:
            transport = http_to(peer.port, pki.client)
            sender = Sender(transport, b"")
            peer.wait_for_a_victim()
            transport.close()
            handshake.set()
            sender.join(LONG)
            assert isinstance(sender.outcome, Retry)
            assert "shut down" in sender.outcome.detail
        assert collector.requests == []


def test_whoever_waits_for_a_connection_closes_it() -> None:
    """Otherwise the application's next connection could get its number, and spans would go there."""
    with HostilePeer(silence) as peer:
        plain = socket.create_connection(("127.0.0.1", peer.port))
        connected = DeadlineSocket(plain)
        connected.deadline = time.monotonic() + LONG
        received: list[bytes] = []
        waiting = threading.Thread(target=lambda: received.append(connected.receive()), daemon=True)
        waiting.start()
        connected.interrupt()
        waiting.join(LONG)
        assert received == [b""]
        assert plain.fileno() > 0
        connected.close()
        assert plain.fileno() == -1


def test_a_send_that_is_given_up_closes_its_connection() -> None:
    """At once, and nothing is left open."""
    with HostilePeer(silence) as peer:
        transport = http_to(peer.port)
        sender = Sender(transport, bytes(1_000))
        peer.wait_for_a_victim()
        transport.close()
        sender.join(LONG)
        assert isinstance(sender.outcome, Retry)
        assert transport._connection is None


def test_one_deadline_for_all_that_is_sent_over_tls(tmp_path: Path) -> None:
    """A peer that takes little at a time cannot hold a large request beyond its time."""
    pki = certificates(tmp_path)

    def sip(victim: Victim) -> None:
        secure = pki.server.http_context.wrap_socket(victim.connection, server_side=True)
        while secure.recv(16_384):
            victim.pause(0.02)

    with HostilePeer(sip) as peer:
        transport = http_to(peer.port, pki.client)
        begin = time.monotonic()
        outcome = transport.send(bytes(64 << 20), 0.5)
        took = time.monotonic() - begin
        transport.close()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "timeout"
    assert took < 5.0  # a busy machine; each part with a timeout of its own takes ten times as long
