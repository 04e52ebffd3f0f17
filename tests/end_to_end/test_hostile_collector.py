"""A collector that attacks: nobody waits for it, `shutdown` keeps its time, memory stays bounded, and nothing is lost.

All attacks run at the same time, each on a buffer and a worker of its own, since most of them take the time they are
allowed to take.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import PROTOCOLS, Protocol
from tests.support.hostile_answers import GRPC, GRPC_REFUSES, HTTP, TLS
from tests.support.hostile_peer import Attack, HostilePeer
from tracing_facade._engine import engine
from tracing_facade.export.starting import start_worker
from tracing_facade.export.worker import ExportWorker
from tracing_facade.sampling import RatioSampler
from tracing_facade.selfmetrics import COUNTERS

PLAIN: dict[Protocol, dict[str, Attack]] = {"grpc": GRPC, "http/protobuf": HTTP}
MOST_BYTES_TAKEN = 16 << 20
"""What may be taken of one endless answer over HTTP: mostly what the system keeps on the way, for both ends."""
MOST_CONNECTIONS = 12
RECORDED = 20
"""Spans, each time."""

both = pytest.mark.parametrize("protocol", PROTOCOLS)


def _may_refuse(protocol: Protocol, attack: str) -> bool:
    """Tell whether spans may be lost by an attack, and are counted then."""
    return protocol == "grpc" and attack in GRPC_REFUSES


class Exporter(NamedTuple):
    """An exporter whose collector is under the control of a test."""

    worker: ExportWorker
    buffer: Any
    recorder: Any

    def record(self, count: int, name: str) -> float:
        """End so many spans; returns the seconds that the slowest of them took."""
        slowest = 0.0
        for _ in range(count):
            begin = time.monotonic()
            self.recorder.start(name).end()
            slowest = max(slowest, time.monotonic() - begin)
        return slowest


@contextmanager
def exporting(endpoint: str, protocol: Protocol, timeout: float) -> Iterator[Exporter]:
    """Export to ``endpoint``, as ``configure`` would, beside other exporters."""
    configuration = tracing.TracingConfiguration(
        endpoint=endpoint, protocol=protocol, export_timeout_seconds=timeout, export_interval_seconds=0.02
    )
    buffer = engine.new_buffer(10_000)
    worker = start_worker(configuration, buffer, dict)
    try:
        yield Exporter(worker, buffer, engine.new_recorder(buffer, RatioSampler(1_000_000)))
    finally:
        worker.shutdown(0.1)


def under_all(attacks: dict[str, Attack], examine: Callable[[str, HostilePeer], object]) -> dict[str, object]:
    """Examine every attack at the same time; returns what was found, by the name of the attack."""

    def one(name: str) -> object:
        with HostilePeer(attacks[name]) as peer:
            return examine(name, peer)

    with ThreadPoolExecutor(len(attacks)) as threads:
        return dict(zip(attacks, threads.map(one, attacks), strict=True))


@both
def test_what_was_recorded_under_attack_arrives_afterwards(protocol: Protocol) -> None:
    """Attempts fail, little is read of what never ends, nobody dials all the time; then the collector recovers."""
    with Collector() as collector:
        endpoint = collector.grpc_endpoint if protocol == "grpc" else collector.http_endpoint

        def examine(name: str, peer: HostilePeer) -> object:
            with exporting(f"http://127.0.0.1:{peer.port}", protocol, timeout=0.5) as exporter:
                exporter.record(RECORDED, name)
                failed = not exporter.worker.flush(1.0)
                peer.wait_for_a_victim()
                exporter.record(RECORDED, name)
                most = max((victim.sent for victim in peer.victims), default=0)
                is_bounded = protocol == "grpc" or most <= MOST_BYTES_TAKEN
                connections = len(peer.victims)
                peer.heal(int(endpoint.rpartition(":")[2]))
                arrives = exporter.worker.flush(20.0) or exporter.worker.flush(20.0)
                lost = exporter.buffer.progress().lost
                return failed, is_bounded or most, 0 < connections <= MOST_CONNECTIONS or connections, arrives, lost

        attacks = PLAIN[protocol]
        found = under_all(attacks, examine)
        arrived = Counter(name for name, _ in {(span.name, span.span_id) for span in collector.spans()})
        refused = {name: 2 * RECORDED - arrived[name] for name in attacks if _may_refuse(protocol, name)}
        assert found == {name: (True, True, True, True, refused.get(name, 0)) for name in attacks}
        assert arrived == {name: 2 * RECORDED - refused.get(name, 0) for name in attacks}


@both
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_shutdown_keeps_its_time_under_attack(protocol: Protocol, secure: bool) -> None:
    """It says False, what is lost is counted, and no span waited for the collector."""
    allowed = 10.0

    def examine(name: str, peer: HostilePeer) -> object:
        with exporting(f"http{'s' * secure}://127.0.0.1:{peer.port}", protocol, allowed) as exporter:
            slowest = exporter.record(5, name)
            exporter.worker.flush(0.3)
            slowest = max(slowest, exporter.record(5, name))
            begin = time.monotonic()
            verdict = exporter.worker.shutdown(1.0)
            took = time.monotonic() - begin
            return verdict, took < 2.0 or took, slowest < allowed / 10 or slowest

    COUNTERS.reset()
    attacks = TLS if secure else PLAIN[protocol]
    assert under_all(attacks, examine) == dict.fromkeys(attacks, (False, True, True))
    dropped = {reason: count for (name, reason), count in COUNTERS.snapshot().items() if name == "spans_dropped"}
    refused = dropped.pop("refused", 0)
    assert dropped == {"shutdown": 10 * len(attacks) - refused}
    assert refused <= 10 * sum(_may_refuse(protocol, name) for name in attacks)
