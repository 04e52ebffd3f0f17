"""Decides what a new span is: recorded, watched for slowness only, or passive; and who its parent is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine import context, ids
from tracing_facade._engine.http_span import Derive, HttpSpan
from tracing_facade._engine.passive import NO_SPAN, PassiveSpan, RemoteSpan, UnsampledSpan
from tracing_facade._engine.recorded_values import frozen_attributes
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.slow import SlowWatch
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.spans import AnySpan, adopt_foreign
from tracing_facade._engine.trace import RANDOM, SAMPLED, Trace
from tracing_facade.sampling import Origin

if TYPE_CHECKING:
    from tracing_facade.policy.sampling_rules import SamplingRules
    from tracing_facade.propagation.carried import TraceParent
    from tracing_facade.registry import SpanSpec

_MOST_SHAPES = 1_024
_LOW_64_BITS = (1 << 64) - 1

_tick_sampled = selfmetrics.COUNTERS.ticker("spans_started", also="spans_sampled")
_tick_trace = selfmetrics.COUNTERS.ticker("traces_started", "sampled")
_tick_other_trace = selfmetrics.COUNTERS.ticker("traces_started", "not_sampled")


class Recorder:
    """Starts spans while tracing is on.

    Args:
        add: called once with every finished span of a sampled trace; must be quick and must not raise.
        bound: the sampler's; a new trace whose lower 64 bits are below it is recorded.
        slow_after: seconds by span name; goes before what a declaration says.
        rules: go before the sampler.
        most_spans: that one trace may have in this process.
        started: called with every span that records, for tests.
    """

    def __init__(
        self,
        add: Callable[[RecordedSpan], object],
        bound: int,
        slow_after: Mapping[str, float] | None = None,
        rules: SamplingRules | None = None,
        most_spans: int = 10_000,
        started: Callable[[RecordedSpan], object] | None = None,
    ) -> None:
        self._add = add
        self.bound = bound
        self.records_all = bound > _LOW_64_BITS
        """Whether every new trace is recorded, as far as the sampler has a say."""
        self.slow_after = dict(slow_after or {})
        self.rules = rules
        self._most_spans = most_spans
        self._started = started
        self._shapes: dict[Any, Shape] = {}

    def start(
        self, spec: SpanSpec | str, attributes: Mapping[str, Any] | None = None, links: Iterable[Any] = ()
    ) -> AnySpan:
        """Start a span below the current one, or a new trace when there is none."""
        mapping = context.current()
        above = mapping.get(context.span_key)
        shape = self._shapes.get(spec) or self.shape_of(spec)
        if above is None:
            return self._start_trace(shape, attributes, links, mapping)
        if not isinstance(above, RecordedSpan):
            return self._start_below_passive(shape, attributes, links, mapping, above)
        if above.trace.spans >= self._most_spans:
            return _too_many(above)
        span = self.record(shape, above.trace, above.number, attributes, links)
        if above.rare is not None and above.watch is not None:
            span.rarely().watch_above = above.watch
        return span

    def start_request(self, spec: SpanSpec, derive: Derive, given: tuple[Any, ...]) -> AnySpan:
        """Start the span of an outgoing request, with the attributes that ``derive`` makes of ``given``."""
        above = context.current().get(context.span_key)
        if isinstance(above, RecordedSpan) and above.rare is None and above.trace.spans < self._most_spans:
            shape = self._shapes.get(spec) or self.shape_of(spec)
            made: Any = self.record(shape, above.trace, above.number, None, (), None, HttpSpan)
            made.begin_with_request(derive, given)
            return made  # type: ignore[no-any-return]  # an HttpSpan
        span = self.start(spec)
        if span.is_recording():
            span.begin_with(derive(given))
        return span

    def _start_below_passive(
        self,
        shape: Shape,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        mapping: Mapping[str, Any],
        above: Any,
    ) -> AnySpan:
        if not isinstance(above, PassiveSpan):
            above = adopt_foreign(above)
        if above is NO_SPAN:
            return self._start_trace(shape, attributes, links, mapping)
        if shape.limit is None and (isinstance(above, UnsampledSpan) or not above.trace.flags & SAMPLED):
            return above.below()  # type: ignore[no-any-return]  # a PassiveSpan by now
        span = self.record(shape, above.trace, int(above.span_id, 16), attributes, links)
        span.parent_is_remote = isinstance(above, RemoteSpan)
        return span

    def _start_trace(
        self, shape: Shape, attributes: Mapping[str, Any] | None, links: Iterable[Any], mapping: Mapping[str, Any]
    ) -> AnySpan:
        if self.bound or self.rules is not None:
            trace_id, flags = self.draw() if self.rules is None else self._draw_by_rules(Origin(shape.name))
        else:
            trace_id, flags = ids.random_bits(128) or 1, RANDOM  # nothing is sampled, and nothing to compare
            _tick_other_trace()
        if not flags & SAMPLED and shape.limit is None:
            return UnsampledSpan().begin(trace_id, flags)
        if context.LINK_KEY in mapping:
            links = (*links, mapping[context.LINK_KEY])
        return self.record(shape, Trace(trace_id, flags), 0, attributes, links)

    def new_trace(self, origin: Origin | None = None) -> Trace:
        """Begin a trace of our own; the sampler decides about it from its id alone, unless there are rules."""
        return Trace(*(self.draw() if origin is None or self.rules is None else self._draw_by_rules(origin)))

    def draw(self) -> tuple[int, int]:
        """Return id and flags of a new trace as the sampler decides about it."""
        trace_id = ids.random_bits(128) or 1
        if self.records_all or trace_id & _LOW_64_BITS < self.bound:
            _tick_trace()
            return trace_id, RANDOM | SAMPLED
        _tick_other_trace()
        return trace_id, RANDOM

    def _draw_by_rules(self, origin: Origin) -> tuple[int, int]:
        trace_id = ids.random_bits(128) or 1
        if self.rules is not None and self.rules.samples(f"{trace_id:032x}", origin):
            _tick_trace()
            return trace_id, RANDOM | SAMPLED
        _tick_other_trace()
        return trace_id, RANDOM

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
        shape = self.shape_of(spec)
        if not trace.flags & SAMPLED and shape.limit is None:
            # The parent id stands for the current operation, recorded or not (W3C Trace Context, processing model).
            return UnsampledSpan().begin(trace.trace_id, trace.flags, trace.tracestate)
        above = int(parent.span_id, 16) if parent else 0
        span = self.record(shape, trace, above, attributes, links, start_ns)
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
        span = self.record(self.shape_of(spec), parent.trace, parent.number, attributes, (), start_ns)
        if parent.watch is not None:
            span.rarely().watch_above = parent.watch
        if error is not None:
            span.record_error(error)
        span.end(end_ns)

    def record(
        self,
        shape: Shape,
        trace: Trace,
        parent: int,
        attributes: Mapping[str, Any] | None,
        links: Iterable[Any],
        start_ns: int | None = None,
        made_as: type[RecordedSpan] = RecordedSpan,
    ) -> RecordedSpan:
        """Start a span that records, whatever the sampler says."""
        trace.spans += 1
        kept = frozen_attributes(attributes) if attributes else None
        if trace.flags & SAMPLED:
            span = made_as().begin(self._add, shape, trace, parent, kept, start_ns)
            _tick_sampled()
        else:
            span = made_as().begin(_discard, shape, trace, parent, kept, start_ns)
            selfmetrics.COUNTERS.add("spans_started")
        if shape.limit is not None:
            span.rarely().watch = SlowWatch(span.start_ns, shape.limit)
        if links:
            span.add_links(links)
        if self._started is not None:
            self._started(span)
        return span

    def shape_of(self, spec: SpanSpec | str) -> Shape:
        """Return what spans of this declaration or name have in common."""
        shape = self._shapes.get(spec)
        if shape is not None:
            return shape
        if isinstance(spec, str):
            shape = Shape(spec, 1, self.slow_after.get(spec))
        else:
            shape = Shape(spec.name, spec.kind, self.slow_after.get(spec.name, spec.slow_after))
        # Names may be made up at run time, without end; and of other objects it is not known how they are compared.
        if len(self._shapes) < _MOST_SHAPES and (type(spec) is str or type(spec).__eq__ is object.__eq__):
            self._shapes[spec] = shape
        return shape


def _too_many(above: RecordedSpan) -> PassiveSpan:
    selfmetrics.COUNTERS.add("spans_refused", "trace_too_large")
    return PassiveSpan(above.trace, above.number)


def _discard(span: RecordedSpan) -> None:
    """Take a span that was only watched for slowness."""
