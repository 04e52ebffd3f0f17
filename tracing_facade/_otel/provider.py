"""A ``TracerProvider`` for third-party instrumentation: its spans join our traces and go the same way as ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.util._decorator import _agnosticcontextmanager

from tracing_facade._engine.attribute_encoding import readable
from tracing_facade._engine.encoding import scope_key
from tracing_facade._engine.foreign import ForeignSpan
from tracing_facade._engine.spans import AnySpan

logger = logging.getLogger("tracing_facade")

_KINDS = {kind: kind.value + 1 for kind in trace.SpanKind}


class Starter(Protocol):
    """Starts spans for third-party code; see ``ForeignRecorder.start``."""

    def __call__(
        self,
        mapping: Mapping[str, Any],
        name: str,
        kind: int,
        scope: str,
        attributes: Mapping[str, Any] | None = None,
        links: Sequence[Any] = (),
        start_ns: int | None = None,
    ) -> AnySpan:
        """Start a span."""


class FacadeTracerProvider(trace.TracerProvider):
    """Gives tracers to code that asks OpenTelemetry's API for one.

    Args:
        start: starts a span as the configuration that is in force then says.
    """

    def __init__(self, start: Starter) -> None:
        self._start = start

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> trace.Tracer:
        """Return a tracer whose spans have the module's name, version and schema as their instrumentation scope."""
        parts = (instrumenting_module_name, instrumenting_library_version, schema_url)
        return FacadeTracer(self._start, scope_key(*(readable(part) if part else "" for part in parts)))


class FacadeTracer(trace.Tracer):
    """Starts spans of the facade for one instrumentation library."""

    def __init__(self, start: Starter, scope: str) -> None:
        self._start = start
        self._scope = scope

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Any = None,
        links: Any = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> trace.Span:
        """Start a span without making it current (OpenTelemetry API, ``Tracer``)."""
        mapping = otel_context.get_current() if context is None else context
        number = _KINDS.get(kind, 1)
        span: Any = self._start(mapping, name, number, self._scope, attributes, links or (), start_time)
        if isinstance(span, ForeignSpan):
            span.govern(record_exception, set_status_on_exception)
        return span  # type: ignore[no-any-return]  # registered as a Span of OpenTelemetry's

    @_agnosticcontextmanager
    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Any = None,
        links: Any = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> Iterator[trace.Span]:
        """Start a span and make it current (OpenTelemetry API, ``Tracer``)."""
        span = self.start_span(
            name, context, kind, attributes, links, start_time, record_exception, set_status_on_exception
        )
        with trace.use_span(span, end_on_exit, record_exception, set_status_on_exception) as current:
            yield current


def install(start: Callable[..., AnySpan]) -> None:
    """Make this the provider of the process, once, unless somebody else has set one already.

    Args:
        start: see ``FacadeTracerProvider``.
    """
    # Private, and there is no public way to ask whether a provider was set: the public getter sets a default one.
    present = trace._TRACER_PROVIDER
    if present is None:
        trace.set_tracer_provider(FacadeTracerProvider(start))
    elif not isinstance(present, FacadeTracerProvider):
        kind = type(present)
        logger.warning(
            "OpenTelemetry already has a TracerProvider (%s.%s), so the spans of third-party instrumentation go there "
            "and not to us; leave it out, or call tracing_facade.configure() before it is set",
            kind.__module__,
            kind.__qualname__,
        )
