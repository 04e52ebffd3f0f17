"""One round of the attack: a configuration, applications that misbehave, and what must hold afterwards."""

from __future__ import annotations

import contextlib
import gc
import random
import signal
import sys
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import tracing_facade as tracing
from tests.fuzzing.application import Application, run_on_threads
from tracing_facade import _facade
from tracing_facade._facade import replace_runtime
from tracing_facade._runtime import Runtime, serve_third_parties
from tracing_facade.config import effective_configuration
from tracing_facade.export.transport import Delivered, Outcome, Retry
from tracing_facade.policy.settings import Policy

_POLICIES = (
    Policy(),
    Policy(max_distinct_values=2, max_distinct_names=2, max_value_length=50, max_key_length=10),
    Policy(detect_secrets=False),
    Policy(max_span_bytes=90, max_spans_per_trace=20),
)


class Interrupted(BaseException):
    """Comes from the handler of a signal."""


class CheckedTransport:
    """Reads whatever it is given as a collector would; refuses at times."""

    def __init__(self, chosen: random.Random) -> None:
        self._chosen = chosen
        self.spans = 0

    def send(self, payload: bytes, timeout: float) -> Outcome:
        """Take one request."""
        request = ExportTraceServiceRequest.FromString(payload)
        if self._chosen.random() < 0.2:
            return Retry("later", "not now")
        for scopes in request.resource_spans:
            for scope in scopes.scope_spans:
                self.spans += len(scope.spans)
                assert all(len(span.trace_id) == 16 and len(span.span_id) == 8 for span in scope.spans)
        return Delivered()

    def close(self) -> None:
        """Do nothing."""

    def reset_after_fork(self) -> None:
        """Do nothing."""


def run_round(seed: int, steps: int = 150) -> bool:
    """Attack for a moment.

    Returns:
        Whether the process may go on: one that was interrupted may have been so with a lock of the standard library in
        its hands, which nobody gives back.

    Raises:
        AssertionError: something reached the application, or arrived that nobody can read.
    """
    chosen = random.Random(seed)
    number = chosen.choice([1, 1, 3])
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(chosen.choice([1e-6, 5e-3]))
    gc.freeze()  # so that a collection looks at little else than what the round makes
    gc.set_threshold(chosen.choice([1, 10, 700]))
    _reconfigure(chosen)
    # A fork beside other threads may find a lock of the C library taken for ever; CPython says so itself.
    applications = [Application(seed * 10 + n, lambda: _reconfigure(chosen), number == 1) for n in range(number)]
    try:
        interrupted = chosen.random() < 0.2
        if interrupted:
            _run_interrupted(applications[0], steps, chosen)
        else:
            raised = run_on_threads(applications, steps) if number > 1 else _raised_by(applications[0], steps)
            for error in raised:
                raise AssertionError(f"seed {seed}: {error!r} reached the application") from error
        _check(_facade.runtime())
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)
    if chosen.random() < 0.5:
        tracing.shutdown(0.05)
    return not interrupted


def _raised_by(application: Application, steps: int) -> list[BaseException]:
    try:
        application.run(steps)
    except BaseException as error:
        return [error]
    return []


def _reconfigure(chosen: random.Random) -> None:
    configuration = tracing.TracingConfiguration(
        sampling_rate_per_million=chosen.choice([0, 500_000, 1_000_000, 1_000_000]),
        queue_size=chosen.choice([1, 3, 100, 2000]),
        batch_size=1,
        policy=chosen.choice(_POLICIES),
        export_interval_seconds=0.01,
    )
    replaced = replace_runtime(Runtime.exporting(effective_configuration(configuration, {}), CheckedTransport(chosen)))
    replaced.shutdown(0.01)
    serve_third_parties(_facade._start_foreign)


def _run_interrupted(application: Application, steps: int, chosen: random.Random) -> None:
    """Run while the handler of a signal raises again and again; what is raised then is not judged."""

    def interrupt(number: int, frame: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.0001 + chosen.random() / 50)
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        for _ in range(20):
            _raised_by(application, steps // 20)
    except Interrupted:
        pass
    finally:
        with contextlib.suppress(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _check(runtime: Any) -> None:
    buffer = runtime._buffer
    if buffer is None:
        return  # a hostile value has shut tracing down
    assert 0 <= len(buffer) <= buffer.capacity
    progress = buffer.progress()
    assert progress.settled <= buffer.mark()
