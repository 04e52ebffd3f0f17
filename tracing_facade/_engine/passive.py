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

    __slots__ = ("__weakref__", "span_id", "trace")

    def __init__(self, trace: Trace, span_id: str) -> None:
        self.trace = trace
        self.span_id = span_id

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

    def activate(self) -> None:
        """Do nothing: what this stands for is current already."""

    def deactivate(self) -> None:
        """Do nothing."""

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

    __slots__ = ("_context", "_previous")

    def __init__(self, trace: Trace, span_id: str) -> None:
        self.trace = trace
        self.span_id = span_id
        self._context: Any = None
        self._previous: Any = None

    def activate(self) -> None:
        """Make this span the current one until ``deactivate``, which must follow in the same frame."""
        self._previous = context.variable.get()
        if self._context is None:
            self._context = context.with_span(self)
        context.variable.set(self._context)

    def deactivate(self) -> None:
        """Restore what was current before ``activate``."""
        context.variable.set(self._previous)

    def __enter__(self) -> Self:
        if self._context is None:  # entered already otherwise, as with ``span.RecordedSpan``
            self.activate()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._context is not None and context.variable.get() is self._context:
            context.variable.set(self._previous)
            # The context holds this span: what refers to itself would stay until the next garbage collection.
            self._previous = self._context = None


NO_SPAN = PassiveSpan(NO_TRACE, ids.NO_SPAN_ID)
