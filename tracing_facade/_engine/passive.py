"""Spans that record nothing: they only carry the identity that outgoing requests must show."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade._engine import context, ids
from tracing_facade._engine.trace import NO_TRACE, Trace

if TYPE_CHECKING:
    from typing_extensions import Self


class PassiveSpan:
    """A span that is not recorded. Entering it changes nothing: what it stands for is current already."""

    __slots__ = ("__weakref__", "_id", "_trace")

    def __init__(self, trace: Trace, span_id: str | int) -> None:
        self._trace: Trace | None = trace
        self._id = span_id

    @property
    def trace(self) -> Trace:
        """What the spans of the trace share."""
        return self._trace  # type: ignore[return-value]  # only spans that override this have none yet

    @property
    def span_id(self) -> str:
        """16 lower-case hexadecimal digits."""
        span_id = self._id
        if type(span_id) is int:
            span_id = self._id = span_id.to_bytes(8, "big").hex()
        return span_id  # type: ignore[return-value]  # an int has just been replaced

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

    def below(self) -> PassiveSpan:
        """Return what stands for a child that is not recorded either: it has this identity."""
        return self

    def is_recording(self) -> bool:
        """Return False: nothing that is set here reaches anybody."""
        return False

    def set_attribute(self, key: str, value: Any) -> None:
        """Do nothing."""

    def begin_with(self, attributes: dict[str, Any]) -> None:
        """Do nothing."""

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Do nothing."""

    def add_event(self, event: Any, attributes: Mapping[str, Any] | None = None, timestamp: int | None = None) -> None:
        """Do nothing."""

    def record_error(self, exception: BaseException) -> None:
        """Do nothing."""

    def set_status(self, ok: Any, description: str | None = "") -> None:
        """Do nothing."""

    def update_name(self, name: str) -> None:
        """Do nothing."""

    def add_link(self, span_context: Any, attributes: Mapping[str, Any] | None = None) -> None:
        """Do nothing."""

    def record_exception(self, exception: BaseException, *_ignored: Any, **_more: Any) -> None:
        """Do nothing."""

    def end(self, end_time: int | None = None) -> None:
        """Do nothing."""

    def get_span_context(self) -> Any:
        """Return the identity of this span as OpenTelemetry's ``SpanContext``."""
        make = context.home.foreign_span_context
        return None if make is None else make(self.trace, self.span_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None


class RemoteSpan(PassiveSpan):
    """The span of a trusted caller in another process, as parent for ours."""

    __slots__ = ()


class UnsampledSpan(PassiveSpan):
    """The first span of an unsampled trace: children find it in the context and stay unsampled too."""

    __slots__ = ("_child", "_entered", "_flags", "_previous", "_trace_id", "_tracestate", "mapping", "number")

    if TYPE_CHECKING:

        def __init__(self) -> None: ...

    else:
        __init__ = object.__init__  # what there is to do is done by begin

    def begin(self, trace_id: str | int, flags: int, tracestate: str = "") -> Self:
        """Begin the span, which is nothing before, and return it; see ``RecordedSpan.begin``.

        Args:
            trace_id: of the trace, as digits or as a number.
            flags: the W3C trace flags of the trace.
            tracestate: of the trace.
        """
        self._trace_id = trace_id
        self._flags = flags
        self.number = ids.random_bits(64) or 1
        self._tracestate = tracestate
        self._trace: Trace | None = None
        self._child: PassiveSpan | None = None
        self.mapping: Any = None
        """The context in which this span is current, as long as that is needed."""
        return self

    @property
    def span_id(self) -> str:
        """16 lower-case hexadecimal digits."""
        return self.number.to_bytes(8, "big").hex()

    @property
    def trace(self) -> Trace:
        """What the spans of the trace share; made when somebody wants it, which is when work goes on elsewhere."""
        trace = self._trace
        if trace is None:
            trace = self._trace = Trace(self._trace_id, self._flags, self._tracestate)
        return trace

    def below(self) -> PassiveSpan:
        """Return what stands for a child: not this span, since entering it changes nothing."""
        child = self._child
        if child is None:
            child = self._child = PassiveSpan(self.trace, self.number)
        return child

    def __enter__(self) -> Self:
        if self.mapping is not None:
            return self  # entered already; the inner block leaves it, and the outer one finds nothing to do
        previous = self._previous = context.current()
        if previous:
            mapping = context.with_span(previous, self)
        else:
            mapping = context.new_mapping({context.span_key: self})  # what with_span does, without the call
        self.mapping = mapping
        self._entered = context.make_current(mapping)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        mapping, self.mapping = self.mapping, None  # which refers to this span
        if context.current() is mapping:
            try:
                context.restore(self._entered)
            except ValueError:  # entered in another copy of the context, or before that moved
                context.make_current(self._previous)


NO_SPAN = PassiveSpan(NO_TRACE, ids.NO_SPAN_ID)
