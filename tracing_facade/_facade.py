"""The process-wide state of tracing: one runtime, replaced as a whole by ``configure`` and ``shutdown``."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import propagation, selfmetrics
from tracing_facade._engine import engine
from tracing_facade._engine.incoming import ExtractedScope
from tracing_facade._engine.passive import NO_SPAN
from tracing_facade._engine.spans import span_in, stand_in_for
from tracing_facade._runtime import Runtime, serve_third_parties
from tracing_facade.errors import ConfigurationError
from tracing_facade.trust import NOBODY

if TYPE_CHECKING:
    from logging import Logger

    from tracing_facade._engine.interface import Link, Span
    from tracing_facade.config import TracingConfiguration
    from tracing_facade.policy.settings import Policy
    from tracing_facade.registry import AttributeValue, SpanSpec
    from tracing_facade.trust import TrustRule

_EXIT_TIMEOUT_SECONDS = 2.0

_runtime = Runtime()
_start = _runtime.start_declared


class TracingHandle:
    """What ``configure`` returns; as a context manager it shuts tracing down at the end of the block."""

    def __init__(self, configured: Runtime) -> None:
        self._configured = configured

    def flush(self, timeout: float = 5.0) -> bool:
        """Export what has ended so far; see ``tracing_facade.flush``."""
        return self._configured.flush(timeout)

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Stop tracing; see ``tracing_facade.shutdown``. Does nothing when tracing was configured anew since."""
        return shutdown(timeout) if runtime() is self._configured else True

    def __enter__(self) -> TracingHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()


def runtime() -> Runtime:
    """Return the current runtime; never None."""
    return _runtime


def replace_runtime(replacement: Runtime) -> Runtime:
    """Put another runtime in place and return the one that was there."""
    global _runtime, _start
    replaced, _runtime = _runtime, replacement
    _start = replacement.start_declared
    _tell_engine(replacement)
    return replaced


def _tell_engine(current: Runtime) -> None:
    engine.use(
        current.recorder,
        current.admits,
        current.trust_rule,
        current.query_allow,
        current.note_stranger,
        current.may_propagate_to,
    )


def configure(
    configuration: TracingConfiguration | str | os.PathLike[str] | None = None, *, policy: Policy | None = None
) -> TracingHandle:
    """Start exporting spans.

    Call it once at start-up; a second call replaces the first configuration after shutting it down.

    Args:
        configuration: a ``TracingConfiguration`` or the path of a configuration file. What it does not set comes
            from the standard ``OTEL_*`` variables, then from the defaults.
        policy: what may be recorded and leave the process; goes before the configuration's own.

    Returns:
        A handle with ``flush`` and ``shutdown``; as a context manager it shuts tracing down at the end of the block.

    Raises:
        ConfigurationError: with every problem; not when the configuration says ``on_invalid="disable"``: then the
            problems are logged and tracing stays off.
        MissingDependencyError: the configuration needs a library that is not installed; the message names the extra.
    """
    if isinstance(configuration, (str, os.PathLike)):
        from tracing_facade.config.loading import load_configuration  # files need more than settings in code

        configuration = load_configuration(configuration)
    if policy is not None:
        from tracing_facade.config.types import with_fields

        configuration = with_fields(configuration, policy=policy)
    configured = _built(configuration)
    replaced = replace_runtime(configured)
    if replaced.tracing_enabled:
        _logger().warning("tracing is configured a second time; the first configuration is shut down")
        replaced.shutdown(_EXIT_TIMEOUT_SECONDS)
    if configured.tracing_enabled:
        serve_third_parties(_start_foreign)
    configured.log_start()
    return TracingHandle(configured)


def _start_foreign(*arguments: Any, **options: Any) -> Any:
    try:
        return _runtime.start_foreign(*arguments, **options)
    except Exception:
        internal_fault("third_party")
        return NO_SPAN


def _built(configuration: TracingConfiguration | None) -> Runtime:
    from tracing_facade.config.environment import effective_configuration

    try:
        effective = effective_configuration(configuration, os.environ)
        return Runtime.exporting(effective) if effective.enabled else Runtime(effective)
    except ConfigurationError as error:
        if configuration is None or configuration.on_invalid != "disable":
            raise
        _logger().error("tracing is OFF because its configuration is wrong (onInvalid: disable): %s", error)
        return Runtime()


def flush(timeout: float = 5.0) -> bool:
    """Wait until every span that ended before this call has been accepted by the collector.

    Args:
        timeout: seconds to wait at most.

    Returns:
        False when something was not exported in time or could not be exported. True when tracing is off.
    """
    return _runtime.flush(timeout)


def shutdown(timeout: float = 5.0) -> bool:
    """Export what has ended and turn tracing off.

    Args:
        timeout: seconds to wait at most, whatever the collector does.

    Returns:
        False when something was not exported in time; it is dropped and counted. True when tracing is off.
    """
    return replace_runtime(Runtime()).shutdown(timeout)


def start_span(
    span: SpanSpec | str,
    attributes: Mapping[str, AttributeValue] | None = None,
    *,
    links: Sequence[Link | Span] = (),
) -> Span:
    """Start a span below the current one; use it with ``with``.

    Inside the block it is the current span. An exception that leaves the block is recorded as an ``exception`` event
    and sets the error status; exceptions that are no errors (``GeneratorExit``, ``KeyboardInterrupt``) do not.

    Args:
        span: a declared ``SpanSpec``, or a name.
        attributes: the first attributes.
        links: spans that caused this one without being its parent.

    Returns:
        The span. When tracing is off or the trace is not sampled it records nothing and costs next to nothing.
    """
    try:
        return _start(span, attributes, links)
    except Exception:
        internal_fault("start_span")
        # Not the current span itself: leaving it with the block would end it.
        return stand_in_for(current_span())  # type: ignore[arg-type]  # a span of ours


def current_span() -> Span:
    """Return the current span; never None: outside of any span it is one that records nothing."""
    try:
        return span_in(_runtime.current_mapping())
    except Exception:
        internal_fault("current_span")
        return NO_SPAN


def inject(carrier: MutableMapping[str, str]) -> None:
    """Write the current context into ``carrier`` as ``traceparent``, ``tracestate`` and ``baggage``.

    For boundaries that have no adapter, for example a message queue. Nothing is written when there is no trace.

    Args:
        carrier: headers of the outgoing message.
    """
    try:
        _runtime.inject(carrier.__setitem__)
    except Exception:
        internal_fault("inject")


def extract(carrier: Mapping[str, Any], *, trust: TrustRule | None = None) -> ExtractedScope:
    """Take the caller's context out of ``carrier``; use the result with ``with`` around the work for that caller.

    ::

        with tracing.extract(message.headers, trust=trust_everyone), tracing.start_span(HANDLE_MESSAGE):
            ...

    Args:
        carrier: headers of the incoming message; names in any case, values strings or lists of strings.
        trust: who may continue a trace here; by default what the configuration says for an unknown caller. A caller
            who is not trusted gets a new trace with a link to his own, and his tracestate and baggage are dropped.

    Returns:
        A context manager.
    """
    current = _runtime
    try:
        return current.extract(propagation.extract_context(_header_lookup(carrier)), NOBODY, trust)
    except Exception:
        internal_fault("extract")
        return current.extract(propagation.ExtractedContext(None, "", {}), NOBODY, None)


def _header_lookup(carrier: Mapping[str, Any]) -> Callable[[str], Sequence[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in carrier.items():
        headers.setdefault(_text(name).lower(), []).extend(_texts(value))
    return lambda name: headers.get(name, [])


def _texts(value: Any) -> Iterable[str]:
    return [_text(item) for item in value] if isinstance(value, (list, tuple)) else [_text(value)]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _logger() -> Logger:
    import logging  # not at the top: it takes as long to load as most of the facade

    return logging.getLogger("tracing_facade")


_faults_logged: set[str] = set()


def internal_fault(where: str) -> None:
    """Count a fault of our own and log it once per place; call it while handling the exception. Never raises."""
    selfmetrics.COUNTERS.add("internal_faults", where)
    if where not in _faults_logged:
        _faults_logged.add(where)
        _logger().exception(
            "tracing fault in %s; the application goes on, further faults there are only counted", where
        )


def _shutdown_at_exit() -> None:
    shutdown(_EXIT_TIMEOUT_SECONDS)


atexit.register(_shutdown_at_exit)

if not TYPE_CHECKING:
    start_span, current_span, inject = engine.accelerated(start_span, current_span, inject, internal_fault)
    _tell_engine(_runtime)
