"""Decides what a new span is: recorded, watched for slowness only, or passive; and who its parent is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine import context, ids
from tracing_facade._engine.passive import NO_SPAN, PassiveSpan, RemoteSpan, UnsampledSpan
from tracing_facade._engine.slow import SlowWatch
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.spans import AnySpan, adopt_foreign
from tracing_facade._engine.trace import RANDOM, SAMPLED, Trace
from tracing_facade.sampling import Origin

if TYPE_CHECKING:
    from tracing_facade.policy.sampling_rules import SamplingRules
    from tracing_facade.propagation.carried import TraceParent
    from tracing_facade.registry import SpanSpec

OWN_SCOPE = "tracing_facade"

_tick_started = selfmetrics.COUNTERS.ticker("spans_started")
_tick_sampled = selfmetrics.COUNTERS.ticker("spans_sampled")
_tick_trace = selfmetrics.COUNTERS.ticker("traces_started", "sampled")
_tick_other_trace = selfmetrics.COUNTERS.ticker("traces_started", "not_sampled")


class Recorder:
    """Starts spans while tracing is on.

    Args:
        add: called once with every finished span of a sampled trace; must be quick and must not raise.
        samples: tells for a new trace id whether the trace is recorded.
        slow_after: seconds by span name; goes before what a declaration says.
        rules: go before ``samples``.
        most_spans: that one trace may have in this process.
        started: called with every span that records, for tests.
    """

    def __init__(
        self,
        add: Callable[[RecordedSpan], object],
        samples: Callable[[str], bool],
        slow_after: Mapping[str, float] | None = None,
        rules: SamplingRules | None = None,
        most_spans: int = 10_000,
        started: Callable[[RecordedSpan], object] | None = None,
    ) -> None:
        self._add = add
        self._samples = samples
        self._slow_after = dict(slow_after or {})
        self._rules = rules
        self._most_spans = most_spans
        self._started = started

    def start(
        self, spec: SpanSpec | str, attributes: Mapping[str, Any] | None = None, links: Iterable[Any] = ()
    ) -> AnySpan:
        """Start a span below the current one, or a new trace when there is none."""
        mapping = context.variable.get()
        above = mapping.get(context.span_key)
        if isinstance(spec, str):
            name, kind, limit = spec, 1, self._limit(spec, None)
        else:
            name, kind, limit = spec.name, spec.kind, self._limit(spec.name, spec.slow_after)
        if isinstance(above, RecordedSpan):
            if above.trace.spans >= self._most_spans:
                selfmetrics.COUNTERS.add("spans_refused", "trace_too_large")
                return PassiveSpan(above.trace, above.span_id)
            return self._record(name, kind, above.trace, above.span_id, attributes, links, limit, above)
        if above is not None and not isinstance(above, PassiveSpan):
            above = adopt_foreign(above)
        if above is None or above is NO_SPAN:
            return self._start_trace(name, kind, attributes, links, limit, mapping)
        if not above.trace.sampled and limit is None:
            return PassiveSpan(above.trace, above.span_id)
        span = self._record(name, kind, above.trace, above.span_id, attributes, links, limit)
        span.parent_is_remote = isinstance(above, RemoteSpan)
        return span

    def _start_trace(
        self,
        name: str,
        kind: int,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        limit: float | None,
        mapping: Mapping[str, Any],
    ) -> AnySpan:
        trace = self.new_trace(None if self._rules is None else Origin(name))
        if not trace.sampled and limit is None:
            return UnsampledSpan(trace, ids.new_span_id())
        stranger = mapping.get(context.LINK_KEY)
        if stranger is not None:
            links = (*links, stranger)
        return self._record(name, kind, trace, "", attributes, links, limit)

    def new_trace(self, origin: Origin | None = None) -> Trace:
        """Begin a trace of our own; the sampler decides about it from its id alone, unless there are rules."""
        trace_id = ids.new_trace_id()
        if self._rules is None or origin is None:
            sampled = self._samples(trace_id)
        else:
            sampled = self._rules.samples(trace_id, origin)
        if sampled:
            _tick_trace()
            return Trace(trace_id, RANDOM | SAMPLED)
        _tick_other_trace()
        return Trace(trace_id, RANDOM)

    def start_below(
        self,
        parent: TraceParent | None,
        trace: Trace,
        spec: SpanSpec,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        start_ns: int | None,
    ) -> AnySpan:
        """Start the first span of a request, in ``trace`` and below the caller's span ``parent`` if it may join."""
        limit = self._limit(spec.name, spec.slow_after)
        if not trace.sampled and limit is None:
            # The parent id stands for the current operation, recorded or not (W3C Trace Context, processing model).
            return UnsampledSpan(trace, ids.new_span_id())
        above = parent.span_id if parent else ""
        span = self._record(spec.name, spec.kind, trace, above, attributes, links, limit, start_ns=start_ns)
        span.parent_is_remote = parent is not None
        return span

    def record_finished(
        self,
        parent: AnySpan,
        spec: SpanSpec,
        start_ns: int,
        end_ns: int,
        attributes: Mapping[str, Any] | None,
        error: BaseException | None,
    ) -> None:
        """Record a child whose work was done before its parent could exist."""
        if not isinstance(parent, RecordedSpan):
            return
        limit = self._limit(spec.name, spec.slow_after)
        span = self._record(
            spec.name, spec.kind, parent.trace, parent.span_id, attributes, (), limit, parent, start_ns=start_ns
        )
        if error is not None:
            span.record_error(error)
        span.end(end_ns)

    def _record(
        self,
        name: str,
        kind: int,
        trace: Trace,
        parent_span_id: str,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        limit: float | None,
        above: RecordedSpan | None = None,
        start_ns: int | None = None,
    ) -> RecordedSpan:
        trace.spans += 1
        sink: Callable[[RecordedSpan], object] = _discard
        if trace.sampled:
            sink = self._add
            _tick_sampled()
        span = RecordedSpan(sink, name, kind, trace, parent_span_id, attributes, OWN_SCOPE, start_ns)
        if above is not None:
            span.watch_above = above.watch or above.watch_above
        if limit is not None:
            span.watch = SlowWatch(span.start_ns, limit)
        if links:
            span.add_links(links)
        _tick_started()
        if self._started is not None:
            self._started(span)
        return span

    def _limit(self, name: str, declared: float | None) -> float | None:
        return self._slow_after.get(name, declared) if self._slow_after else declared


def _discard(span: RecordedSpan) -> None:
    """Take a span that was only watched for slowness."""
