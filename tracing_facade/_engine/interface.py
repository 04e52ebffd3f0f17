"""What a span looks like to those who use one, whichever engine made it."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from tracing_facade.registry import AttributeValue, EventSpec


class Link(NamedTuple):
    """A pointer from one span to another that caused it without being its parent."""

    trace_id: str
    """32 lower-case hexadecimal digits."""
    span_id: str
    """16 lower-case hexadecimal digits."""
    tracestate: str = ""
    flags: int = 0
    attributes: Mapping[str, AttributeValue] | None = None


class Span(Protocol):
    """One operation in a trace. Start it with ``tracing_facade.start_span`` and use it as a context manager.

    No method raises: a value that cannot be recorded is dropped and counted, since a tracing fault must never
    reach the application.
    """

    @property
    def trace_id(self) -> str:
        """32 lower-case hexadecimal digits, for logs; all zeros when there is no trace."""

    @property
    def span_id(self) -> str:
        """16 lower-case hexadecimal digits, for logs; all zeros when there is no span."""

    def is_recording(self) -> bool:
        """Whether what is set on this span can reach anybody; use it to skip work that only fills attributes."""

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set one attribute; a later value replaces an earlier one."""

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set several attributes at once."""

    def add_event(self, event: EventSpec | str, attributes: Mapping[str, AttributeValue] | None = None) -> None:
        """Note that something happened now."""

    def record_error(self, exception: BaseException) -> None:
        """Add an ``exception`` event (OpenTelemetry semantic conventions, Exceptions) *and* set the error status."""

    def set_status(self, ok: bool, description: str = "") -> None:
        """Say whether the operation succeeded; success is final, and only a failure has a description."""

    def __enter__(self) -> Span: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
