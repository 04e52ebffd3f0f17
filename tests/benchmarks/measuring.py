"""What is measured, in groups; each runs in a process of its own, with one engine beside OpenTelemetry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import tracing_facade as tracing
from tests.benchmarks import (
    attribute_figures,
    export_figures,
    facade,
    opentelemetry_peer,
    process_figures,
    rounds,
    tail_figures,
    traced_requests,
)
from tests.benchmarks.rounds import Candidate, Loop

GROUPS = ("paths", "attributes", "export", "tail", "processes")


def paths(rounds_of_turns: int = 200) -> dict[str, dict[str, float]]:
    """Return by figure the microseconds that the facade and OpenTelemetry add."""
    found = {}
    with side_by_side() as (candidates, between):
        for name, (ours, theirs) in candidates.items():
            named = {"facade": ours, "OpenTelemetry": theirs}
            found[name] = _microseconds(rounds.medians(rounds.added_nanoseconds(named, rounds_of_turns, between)))
    return found


@contextmanager
def side_by_side(
    only: Collection[str] = (),
) -> Iterator[tuple[dict[str, tuple[Candidate, Candidate]], Callable[[], object]]]:
    """Set up both; return by figure the facade and OpenTelemetry, and what lets both export between two turns.

    Args:
        only: the figures that are wanted; empty for all.
    """
    peer = opentelemetry_peer.Peer()
    theirs = peer.loops()

    def between() -> None:
        tracing.flush()
        peer.flush()

    with facade.tracing_on():
        yield (
            {
                name: (Candidate(ours, _bare(name)), Candidate(theirs[name], _bare(name)))
                for name, ours in facade.loops().items()
                if not only or name in only
            },
            between,
        )


def _microseconds(nanoseconds: dict[str, float]) -> dict[str, float]:
    return {name: value / 1e3 for name, value in nanoseconds.items()}


def _bare(name: str) -> Loop:
    if "call" in name:
        application = traced_requests.calling(traced_requests.stub_session())
        return traced_requests.driven(application, traced_requests.SAMPLED)
    if "request" in name:
        return traced_requests.driven(traced_requests.bare, traced_requests.SAMPLED)
    return rounds.nothing


def attributes() -> dict[str, dict[str, float]]:
    """Return what one attribute costs while the policy is on, in microseconds."""
    return {
        "in the request": _microseconds(attribute_figures.in_the_request(200)),
        "until it is encoded": _microseconds(attribute_figures.until_encoded(15)),
    }


def export() -> dict[str, Any]:
    """Return throughput and memory; the slower a candidate, the fewer spans it is given."""
    return {
        "throughput": {
            "facade": export_figures.throughput(1_000_000),
            "OpenTelemetry": export_figures.opentelemetry_throughput(100_000),
        },
        "memory": {
            "facade": export_figures.memory(200_000),
            "OpenTelemetry": export_figures.opentelemetry_memory(50_000),
        },
    }


def tail() -> dict[str, Any]:
    """Return the latency of paced requests under live export."""
    return tail_figures.latencies(1_000, 3.0, 7)


def processes() -> dict[str, Any]:
    """Return import times and what becomes of ``shutdown``."""
    return {"imports": process_figures.imports(21), "shutdowns": process_figures.shutdowns()}
