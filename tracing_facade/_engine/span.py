"""The span that records, written for speed: the request thread stores references, everything else happens later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine import clock, context, exceptions, ids
from tracing_facade._engine.attribute_encoding import readable
from tracing_facade._engine.interface import Link
from tracing_facade._engine.rarities import Event, Rarities
from tracing_facade._engine.recorded_values import (
    IMMUTABLE,
    MOST_ATTRIBUTES,
    MOST_EVENTS,
    STATUS_OK,
    STATUS_UNSET,
    frozen,
    frozen_attributes,
    link_of,
    links_with,
    status_of,
)
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.slow import SlowWatch
from tracing_facade._engine.trace import Trace

if TYPE_CHECKING:
    from typing_extensions import Self

    from tracing_facade.registry import AttributeValue, EventSpec

__all__ = [  # what the native engine takes from here too
    "MOST_ATTRIBUTES", "MOST_EVENTS", "RecordedSpan", "frozen", "frozen_attributes", "link_of", "links_with",
    "status_of",
]  # fmt: skip

_tick_ended = selfmetrics.COUNTERS.ticker("spans_ended")
_somebody_left_elsewhere = False


class RecordedSpan:
    """A span that is being recorded: exported when its trace is sampled, and watched when it may be slow.

    It also answers the methods of OpenTelemetry's ``Span``, for third-party code that finds it in the context.
    """

    __slots__ = (
        "__weakref__", "_add", "_attributes", "_context", "_entered", "_previous", "end_ns", "number", "parent",
        "parent_is_remote", "rare", "shape", "start_ns", "trace",
    )  # fmt: skip

    def begin(
        self,
        add: Callable[[Any], object],
        shape: Shape,
        trace: Trace,
        parent: int,
        attributes: dict[str, Any] | None,
        start_ns: int | None = None,
    ) -> Self:
        """Begin the span, which is nothing before, and return it.

        This is the constructor, but for its name: the interpreter calls a method of another name in half of the time.

        Args:
            add: called once, with the span, when it has ended.
            shape: what it has in common with others.
            trace: its trace.
            parent: the number of its parent; 0 for the first span of a trace.
            attributes: the span's own from now on, with immutable values only; None for none.
            start_ns: nanoseconds since the epoch; None for now.
        """
        self._add = add
        self.shape = shape
        self.trace = trace
        self.number = ids.random_bits(64) or 1
        self.parent = parent
        self.parent_is_remote = False
        self._attributes = attributes
        self.rare: Rarities | None = None
        self._context: Any = None
        self.end_ns = 0
        self.start_ns = start_ns or clock.now()
        return self

    # What everybody uses

    @property
    def trace_id(self) -> str:
        """32 lower-case hexadecimal digits."""
        return self.trace.trace_id

    @property
    def span_id(self) -> str:
        """16 lower-case hexadecimal digits."""
        return self.number.to_bytes(8, "big").hex()

    @property
    def flags(self) -> int:
        """The W3C trace flags of the trace."""
        return self.trace.flags

    @property
    def tracestate(self) -> str:
        """The W3C tracestate of the trace, as a header value."""
        return self.trace.tracestate

    def is_recording(self) -> bool:
        """Whether the span is still open."""
        return not self.end_ns

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set one attribute; a later value replaces an earlier one."""
        if self.end_ns:
            return
        attributes = self.attributes
        if attributes is None:
            attributes = self._attributes = {}
        try:
            if len(attributes) >= MOST_ATTRIBUTES and key not in attributes:
                selfmetrics.COUNTERS.add("attributes_dropped", "too_many")
            else:
                attributes[key] = value if type(value) in IMMUTABLE else frozen(value)
        except Exception:
            selfmetrics.COUNTERS.add("attributes_dropped", "not_a_key")

    def begin_with(self, attributes: dict[str, Any]) -> None:
        """Make these the attributes; the dict is the span's own from now on, and holds immutable values only."""
        self._attributes = attributes

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set several attributes at once."""
        try:
            for key, value in attributes.items():
                self.set_attribute(key, value)
        except Exception:
            selfmetrics.COUNTERS.add("attributes_dropped", "not_a_mapping")

    def add_event(
        self,
        event: EventSpec | str,
        attributes: Mapping[str, AttributeValue] | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Note that something happened now, or at ``timestamp`` nanoseconds since the epoch."""
        if self.end_ns:
            return
        try:
            self._append_event(event, attributes, timestamp)
        except Exception:
            selfmetrics.COUNTERS.add("events_dropped", "not_an_event")

    def _append_event(
        self, event: EventSpec | str, attributes: Mapping[str, AttributeValue] | None, timestamp: int | None
    ) -> None:
        name = event if isinstance(event, str) else event.name
        at = timestamp or clock.now()
        rare = self.rarely()
        if rare.events is None:
            rare.events = []
        if len(rare.events) < MOST_EVENTS:
            rare.events.append((name, at, frozen_attributes(attributes) if attributes else None))
        else:
            selfmetrics.COUNTERS.add("events_dropped", "too_many")
        watch = rare.watch or rare.watch_above
        if watch is not None:
            watch.add(name, at)

    def record_error(self, exception: BaseException) -> None:
        """Add an ``exception`` event and set the error status."""
        self.record_exception(exception)
        self.set_status(False, exceptions.describe(exception))

    def set_status(self, ok: Any, description: str | None = "") -> None:
        """Say whether the operation succeeded; also takes OpenTelemetry's ``Status`` or ``StatusCode``."""
        if self.end_ns or self.status_code == STATUS_OK:
            return
        code, text = status_of(ok, description)
        if code != STATUS_UNSET:
            rare = self.rarely()
            rare.status_code, rare.status_description = code, text

    # The context

    def __enter__(self) -> Self:
        if self._context is not None:
            return self  # entered already; the inner block ends the span, and the outer one finds nothing to do
        self._previous: Any = context.current()
        previous = self._previous
        if not previous or (len(previous) == 1 and context.span_key in previous):
            mapping = context.new_mapping({context.span_key: self})  # what with_span does, without the call
        else:
            mapping = context.with_span(previous, self)
        self._context = mapping
        self._entered = context.make_current(mapping)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if context.current() is not self._context:
            self._leave_elsewhere()
        else:
            if _somebody_left_elsewhere:
                context.make_current(_first_still_entered(self._previous))
            else:
                try:
                    context.restore(self._entered)
                except ValueError:  # entered in another copy of the context, or before that moved
                    context.make_current(self._previous)
            self._entered = self._previous = self._context = None
        if error is not None and isinstance(error, Exception):
            self.record_exception(error, escaped=True)
            self.set_status(False, exceptions.describe(error))
        self.end()

    def _leave_elsewhere(self) -> None:
        """Note that the span was entered in one place and left in another, such as a generator closed elsewhere.

        What is current there is not ours to replace. Whoever finds our mapping as its previous one later goes past it.
        """
        global _somebody_left_elsewhere
        _somebody_left_elsewhere = True
        self.rarely().exited_elsewhere = True

    def end(self, end_time: int | None = None) -> None:
        """End the span; only the first call counts, also when threads race."""
        try:
            add = self._add
            del self._add
        except AttributeError:
            return
        started = self.start_ns
        try:
            ended = end_time or clock.now()
            self.end_ns = ended if ended > started else started
        except TypeError:
            self.end_ns = started
        _tick_ended()
        if self.rare is not None:
            self._tell_watches(self.rare)
        add(self)

    def _tell_watches(self, rare: Rarities) -> None:
        took = self.end_ns - self.start_ns
        if rare.watch_above is not None:
            rare.watch_above.add(self.name, self.start_ns, took)
        if rare.watch is not None:
            rare.watch.finish(self.name, self.trace.trace_id, self.span_id, took)

    # What OpenTelemetry's Span has besides

    def get_span_context(self) -> Any:
        """Return the identity of this span as OpenTelemetry's ``SpanContext``."""
        make = context.home.foreign_span_context
        return None if make is None else make(self.trace, self.span_id)

    def update_name(self, name: Any) -> None:
        """Rename the span."""
        if not self.end_ns:
            self.shape = self.shape.renamed(name if type(name) is str else readable(name))

    def add_link(self, span_context: Any, attributes: Mapping[str, Any] | None = None) -> None:
        """Add a link to an OpenTelemetry ``SpanContext``."""
        self.add_links((link_of(span_context, attributes),))

    def add_links(self, links: Any) -> None:
        """Add links; a span, a ``Link`` or anything with ``trace_id`` and ``span_id`` will do."""
        if not self.end_ns:
            rare = self.rarely()
            rare.links = links_with(rare.links, links)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Mapping[str, Any] | None = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Add an ``exception`` event without touching the status, as OpenTelemetry does."""
        if not self.end_ns:
            self.add_event("exception", exceptions.event_attributes(exception, attributes, escaped), timestamp)

    # What is read of a finished span

    def rarely(self) -> Rarities:
        """Return room for what most spans do not have."""
        if self.rare is None:
            self.rare = Rarities()
        return self.rare

    @property
    def name(self) -> str:
        """What the operation is called."""
        return self.shape.name  # type: ignore[no-any-return]  # what an application passes may be anything

    @property
    def kind(self) -> int:
        """The number of the span's kind."""
        return self.shape.kind

    @property
    def scope(self) -> str:
        """The name of the instrumentation scope."""
        return self.shape.scope

    @property
    def parent_span_id(self) -> str:
        """The parent's id, empty for the first span of a trace."""
        return self.parent.to_bytes(8, "big").hex() if self.parent else ""

    @property
    def attributes(self) -> dict[str, Any] | None:
        """The attributes; None when there are none."""
        return self._attributes

    @property
    def events(self) -> list[Event] | None:
        """The events as name, time and attributes; None when there are none."""
        return None if self.rare is None else self.rare.events

    @property
    def links(self) -> list[Link] | None:
        """The links; None when there are none."""
        return None if self.rare is None else self.rare.links

    @property
    def status_code(self) -> int:
        """0, 1 for success or 2 for an error."""
        return STATUS_UNSET if self.rare is None else self.rare.status_code

    @property
    def status_description(self) -> str:
        """What went wrong."""
        return "" if self.rare is None else self.rare.status_description

    @property
    def watch(self) -> SlowWatch | None:
        """What watches this span, or a span around it, for slowness."""
        return None if self.rare is None else self.rare.watch or self.rare.watch_above

    @property
    def _exited_elsewhere(self) -> bool:
        return self.rare is not None and self.rare.exited_elsewhere


def _first_still_entered(mapping: Any) -> Any:
    """Return the mapping to restore: past those whose span was left elsewhere.

    A span that was left twice leads nowhere, and spans that were entered again lead in a circle; then nothing is
    current.
    """
    passed, steps = mapping, 0
    while getattr(mapping.get(context.span_key), "_exited_elsewhere", False):
        mapping = mapping[context.span_key]._previous
        if mapping is None or mapping is passed:
            return context.new_mapping({})
        steps += 1
        if steps & (steps - 1) == 0:
            passed = mapping  # every circle is found once the steps from one of these to the next are more than its own
    return mapping
