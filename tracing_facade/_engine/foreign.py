"""Spans that third-party code starts through OpenTelemetry's API: recorded like ours, by that API's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine import context, exceptions, ids
from tracing_facade._engine.passive import NO_SPAN, PassiveSpan, RemoteSpan, UnsampledSpan
from tracing_facade._engine.recorded_values import frozen_attributes
from tracing_facade._engine.recorder import Recorder
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.spans import AnySpan, span_in
from tracing_facade._engine.trace import Trace
from tracing_facade.sampling import Origin

if TYPE_CHECKING:
    from typing_extensions import Self


class ForeignSpan(RecordedSpan):
    """A recorded span whose ``with`` ends it without making it current (OpenTelemetry API, ``Span``)."""

    __slots__ = ("_notes_exceptions", "_sets_status")

    def govern(self, notes_exceptions: bool, sets_status: bool) -> None:
        """Say what becomes of an exception that leaves the ``with``."""
        self._notes_exceptions = notes_exceptions
        self._sets_status = sets_status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            if self._notes_exceptions:
                self.record_exception(error, escaped=True)
            if self._sets_status:
                self.set_status(False, exceptions.describe(error))
        self.end()


class ForeignRecorder:
    """Starts spans for third-party code.

    Their parent may be a span of either engine, or of another library; their trace is sampled as ours are.

    Args:
        add: called once with every finished span of a sampled trace.
        recorder: begins new traces.
        most_spans: that one trace may have in this process.
        admits: tells by its name whether the policy admits a span; None when it admits all.
        started: called with every span that records, for tests.
    """

    def __init__(
        self,
        add: Callable[[RecordedSpan], object],
        recorder: Recorder,
        most_spans: int,
        admits: Callable[[str], bool] | None = None,
        started: Callable[[RecordedSpan], object] | None = None,
    ) -> None:
        self._add = add
        self._recorder = recorder
        self._most_spans = most_spans
        self._admits = admits
        self._started = started

    def start(
        self,
        mapping: Mapping[str, Any],
        name: str,
        kind: int,
        scope: str,
        attributes: Mapping[str, Any] | None = None,
        links: Iterable[Any] = (),
        start_ns: int | None = None,
    ) -> AnySpan:
        """Start a span below the one in a context mapping, or a new trace when there is none.

        Args:
            mapping: the context, not necessarily the current one.
            name: of the span.
            kind: as a number of OTLP.
            scope: the instrumentation scope, usually the module that instruments.
            attributes: the first attributes.
            links: spans that caused this one without being its parent.
            start_ns: nanoseconds since the epoch; None for now.
        """
        above = span_in(mapping)
        trace: Any = above.trace
        parent = above.span_id
        if self._admits is not None and not self._admits(name):
            return NO_SPAN if trace.trace_id == ids.NO_TRACE_ID else PassiveSpan(trace, parent)
        if trace.trace_id == ids.NO_TRACE_ID:
            trace, parent = self._recorder.new_trace(Origin(name)), ids.NO_SPAN_ID
            if not trace.sampled:
                return UnsampledSpan().begin(trace.trace_id, trace.flags)
            stranger = mapping.get(context.LINK_KEY)
            links = links if stranger is None else (*links, stranger)
        elif not trace.sampled:
            return PassiveSpan(trace, parent)
        elif trace.spans >= self._most_spans:
            selfmetrics.COUNTERS.add("spans_refused", "trace_too_large")
            return PassiveSpan(trace, parent)
        return self._record(
            trace, parent, isinstance(above, RemoteSpan), name, kind, scope, attributes, links, start_ns
        )

    def _record(
        self,
        trace: Trace,
        parent: str,
        parent_is_remote: bool,
        name: str,
        kind: int,
        scope: str,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        start_ns: int | None,
    ) -> ForeignSpan:
        trace.spans += 1
        kept = frozen_attributes(attributes) if attributes else None
        span = ForeignSpan().begin(self._add, Shape(name, kind, None, scope), trace, int(parent, 16), kept, start_ns)
        span.parent_is_remote = parent_is_remote
        span.govern(True, True)
        links = list(links)
        if links:
            span.add_links(links)
        selfmetrics.COUNTERS.add("spans_started", "third_party")
        selfmetrics.COUNTERS.add("spans_sampled")
        if self._started is not None:
            self._started(span)
        return span
