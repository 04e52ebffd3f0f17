"""Keeps the facade's current span where OpenTelemetry's API looks for it, so that third-party spans join our traces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from opentelemetry import baggage, context, trace
from opentelemetry.context.context import Context
from opentelemetry.context.contextvars_context import ContextVarsRuntimeContext
from opentelemetry.trace import propagation

from tracing_facade._engine import context as engine_context
from tracing_facade._engine import spans
from tracing_facade._engine.trace import Trace


class _RuntimeContextVariable:
    """Makes an OpenTelemetry runtime context that is not a ``ContextVar`` (``OTEL_PYTHON_CONTEXT``) look like one."""

    def get(self) -> Context:
        return context.get_current()

    def set(self, value: Context, /) -> object:
        return context.attach(value)

    def reset(self, token: Any, /) -> None:
        try:
            context._RUNTIME_CONTEXT.detach(token)
        except Exception as error:
            raise ValueError("the token is of another context") from error


def become_visible() -> None:
    """Move the current context into OpenTelemetry's own variable; safe to call more than once."""
    for kind in spans.ours:
        trace.Span.register(kind)
    engine_context.move_to(_home())


@contextmanager
def instrumentation_suppressed() -> Iterator[None]:
    """Let OpenTelemetry's instrumentation libraries record nothing inside of the block."""
    token = context.attach(context.set_value(context._SUPPRESS_INSTRUMENTATION_KEY, True))
    try:
        yield
    finally:
        context.detach(token)


@lru_cache(maxsize=1)
def _home() -> engine_context.ContextHome:
    # These names are private, and there is no public way to share the context without a call per span.
    # tests/tracing_facade/_otel/test_visibility.py fails when a release of OpenTelemetry moves them.
    runtime = context._RUNTIME_CONTEXT
    if isinstance(runtime, ContextVarsRuntimeContext):
        variable: engine_context.ContextVariable = runtime._current_context
    else:
        variable = _RuntimeContextVariable()
    return engine_context.ContextHome(
        variable=variable,
        span_key=propagation._SPAN_KEY,
        baggage_key=baggage._BAGGAGE_KEY,
        new_mapping=Context,
        foreign_span_context=_span_context,
    )


def _span_context(shared: Trace, span_id: str) -> trace.SpanContext:
    return trace.SpanContext(
        trace_id=int(shared.trace_id, 16),
        span_id=int(span_id, 16),
        is_remote=False,
        trace_flags=trace.TraceFlags(shared.flags),
        trace_state=_trace_state(shared.tracestate),
    )


@lru_cache(maxsize=256)
def _trace_state(header: str) -> Any:
    return trace.TraceState.from_header([header]) if header else trace.TraceState()
