"""The span that records, written for speed: the request thread stores references, everything else happens later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine import clock, context, exceptions, ids
from tracing_facade._engine.attribute_encoding import readable
from tracing_facade._engine.interface import Link
from tracing_facade._engine.slow import SlowWatch
from tracing_facade._engine.trace import Trace

if TYPE_CHECKING:
    from typing_extensions import Self

    from tracing_facade.registry import AttributeValue, EventSpec

MOST_ATTRIBUTES = 128
MOST_EVENTS = 128
MOST_LINKS = 128

STATUS_UNSET = 0
STATUS_OK = 1
STATUS_ERROR = 2

_IMMUTABLE = frozenset({str, bool, int, float, bytes, tuple, type(None)})

Event = tuple[str, int, Mapping[str, Any] | None]

_now = clock.now
_tick_ended = selfmetrics.COUNTERS.ticker("spans_ended")


def _follow_clock(now: clock.Clock) -> None:
    global _now
    _now = now


clock.on_change(_follow_clock)


class RecordedSpan:
    """A span that is being recorded: exported when its trace is sampled, and watched when it may be slow.

    It also answers the methods of OpenTelemetry's ``Span``, for third-party code that finds it in the context.
    """

    __slots__ = (
        "__weakref__", "_context", "_exited_elsewhere", "_open", "_previous", "_sink", "attributes", "end_ns",
        "events", "kind", "links", "name", "parent_is_remote", "parent_span_id", "scope", "span_id", "start_ns",
        "status_code", "status_description", "trace", "watch", "watch_above",
    )  # fmt: skip

    def __init__(
        self,
        sink: Callable[[RecordedSpan], object],
        name: str,
        kind: int,
        trace: Trace,
        parent_span_id: str,
        attributes: Mapping[str, Any] | None,
        scope: str,
        start_ns: int | None = None,
    ) -> None:
        self._sink = sink
        self.name = name
        self.kind = kind
        self.trace = trace
        self.span_id = ids.new_span_id()
        self.parent_span_id = parent_span_id
        self.parent_is_remote = False
        self.scope = scope
        self.attributes = frozen_attributes(attributes) if attributes else None
        self.events: list[Event] | None = None
        self.links: list[Link] | None = None
        self.status_code = STATUS_UNSET
        self.status_description = ""
        self.watch: SlowWatch | None = None
        self.watch_above: SlowWatch | None = None
        self._open = True
        self._context: Any = None
        self._previous: Any = None
        self._exited_elsewhere = False
        self.end_ns = 0
        self.start_ns = start_ns or _now()

    # What everybody uses

    @property
    def trace_id(self) -> str:
        """32 lower-case hexadecimal digits."""
        return self.trace.trace_id

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
            attributes = self.attributes = {}
        try:
            if len(attributes) >= MOST_ATTRIBUTES and key not in attributes:
                selfmetrics.COUNTERS.add("attributes_dropped", "too_many")
            else:
                attributes[key] = value if type(value) in _IMMUTABLE else _frozen(value)
        except Exception:
            selfmetrics.COUNTERS.add("attributes_dropped", "not_a_key")

    def begin_with(self, attributes: dict[str, Any]) -> None:
        """Make these the attributes; the dict is the span's own from now on, and holds immutable values only."""
        self.attributes = attributes

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
        at = timestamp or _now()
        if self.events is None:
            self.events = []
        if len(self.events) < MOST_EVENTS:
            self.events.append((name, at, frozen_attributes(attributes) if attributes else None))
        else:
            selfmetrics.COUNTERS.add("events_dropped", "too_many")
        watch = self.watch or self.watch_above
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
            self.status_code, self.status_description = code, text

    # The context

    def activate(self) -> None:
        """Make this span the current one until ``deactivate``, which must follow in the same frame."""
        self._previous = context.variable.get()
        if self._context is None:
            self._context = context.with_span(self)
        context.variable.set(self._context)

    def deactivate(self) -> None:
        """Restore what was current before ``activate``, whatever was left behind in between."""
        context.variable.set(self._previous)

    def __enter__(self) -> Self:
        if self._context is not None:
            return self  # entered already; the inner block ends the span, and the outer one finds nothing to do
        self._previous = context.variable.get()
        self._context = context.with_span(self)
        context.variable.set(self._context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if context.variable.get() is self._context:
            previous = self._previous
            if getattr(previous.get(context.span_key), "_exited_elsewhere", False):
                previous = _first_still_entered(previous)
            context.variable.set(previous)
            self._previous = self._context = None
        else:
            # Entered in one place and left in another (a generator closed elsewhere): what is current there is not
            # ours to replace. Whoever finds our mapping as its previous one later goes past it.
            self._exited_elsewhere = True
        if error is not None and isinstance(error, Exception):
            self.record_exception(error, escaped=True)
            self.set_status(False, exceptions.describe(error))
        self.end()

    def end(self, end_time: int | None = None) -> None:
        """End the span; only the first call counts, also when threads race."""
        try:
            del self._open
        except AttributeError:
            return
        try:
            self.end_ns = end_ns = max(end_time or _now(), self.start_ns)
        except TypeError:
            self.end_ns = end_ns = self.start_ns
        _tick_ended()
        if self.watch_above is not None:
            self.watch_above.add(self.name, self.start_ns, end_ns - self.start_ns)
        if self.watch is not None:
            self.watch.finish(self.name, self.trace.trace_id, self.span_id, end_ns - self.start_ns)
        self._sink(self)

    # What OpenTelemetry's Span has besides

    def get_span_context(self) -> Any:
        """Return the identity of this span as OpenTelemetry's ``SpanContext``."""
        make = context.home.foreign_span_context
        return None if make is None else make(self.trace, self.span_id)

    def update_name(self, name: Any) -> None:
        """Rename the span."""
        if not self.end_ns:
            self.name = name if isinstance(name, str) else readable(name)

    def add_link(self, span_context: Any, attributes: Mapping[str, Any] | None = None) -> None:
        """Add a link to an OpenTelemetry ``SpanContext``."""
        if not self.end_ns:
            self.links = links_with(self.links, (link_of(span_context, attributes),))

    def add_links(self, links: Any) -> None:
        """Add links; a span, a ``Link`` or anything with ``trace_id`` and ``span_id`` will do."""
        if not self.end_ns:
            self.links = links_with(self.links, links)

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


def frozen_attributes(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a copy whose values nobody can change any more, at most 128 of them."""
    try:
        values = dict(attributes)
        for key, value in values.items():
            if type(value) not in _IMMUTABLE:
                values[key] = _frozen(value)
    except Exception:
        selfmetrics.COUNTERS.add("attributes_dropped", "not_a_mapping")
        return None
    if len(values) > MOST_ATTRIBUTES:
        selfmetrics.COUNTERS.add("attributes_dropped", "too_many", len(values) - MOST_ATTRIBUTES)
        values = dict(list(values.items())[:MOST_ATTRIBUTES])
    return values


def link_of(target: Any, attributes: Mapping[str, Any] | None = None) -> Link | None:
    """Return a link to ``target``: a ``Link``, one of our spans, or an OpenTelemetry ``Link`` or ``SpanContext``."""
    if isinstance(target, Link) or target is None:
        return target
    try:
        attributes = attributes or getattr(target, "attributes", None) if hasattr(target, "context") else attributes
        target = getattr(target, "context", target)
        trace_id, span_id = target.trace_id, target.span_id
        if isinstance(trace_id, int):
            state = getattr(target, "trace_state", None)
            header = state.to_header() if state else ""
            trace_id, span_id = f"{trace_id:032x}", f"{span_id:016x}"
            flags = int(target.trace_flags)
        else:
            header, flags = target.tracestate, target.flags
        return Link(trace_id, span_id, header, flags, frozen_attributes(attributes) if attributes else None)
    except Exception:
        selfmetrics.COUNTERS.add("links_dropped", "not_a_link")
        return None


def links_with(links: list[Link] | None, more: Iterable[Any]) -> list[Link] | None:
    """Return the links with more of them, at most 128, as a new list; None when there are none."""
    try:
        found = [link for link in map(link_of, more) if link is not None]
    except Exception:
        selfmetrics.COUNTERS.add("links_dropped", "not_a_link")
        return links
    return [*(links or ()), *found][:MOST_LINKS] or None


def status_of(ok: Any, description: Any) -> tuple[int, str]:
    """Return code and description of a status, whoever's it is; what is none says nothing, and only a failure has more.

    Args:
        ok: a boolean, or OpenTelemetry's ``Status`` or ``StatusCode``.
        description: what went wrong; a ``Status`` has its own.
    """
    try:
        if ok is True or ok is False:
            code = STATUS_OK if ok else STATUS_ERROR
        else:
            code = getattr(getattr(ok, "status_code", ok), "value", STATUS_UNSET)
            description = getattr(ok, "description", description)
        if type(code) is not int or code not in (STATUS_OK, STATUS_ERROR):
            return STATUS_UNSET, ""
        if code == STATUS_OK or description is None:
            return code, ""
        return code, description if type(description) is str else readable(description)
    except Exception:
        selfmetrics.COUNTERS.add("internal_faults", "set_status")
        return STATUS_UNSET, ""


def _frozen(value: Any) -> Any:
    if isinstance(value, (list, set, frozenset)):
        return tuple(value)
    return value


def _first_still_entered(mapping: Any) -> Any:
    while getattr(mapping.get(context.span_key), "_exited_elsewhere", False):
        mapping = mapping[context.span_key]._previous
    return mapping
