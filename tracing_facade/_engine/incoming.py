"""Context that came from another process: who may continue its trace, and what of it becomes current."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import sampling, trust
from tracing_facade._engine import context, ids
from tracing_facade._engine.interface import Link
from tracing_facade._engine.passive import NO_SPAN, RemoteSpan
from tracing_facade._engine.spans import AnySpan
from tracing_facade._engine.trace import RANDOM, SAMPLED, Trace
from tracing_facade.propagation.carried import ExtractedContext

if TYPE_CHECKING:
    from typing_extensions import Self


class ServerScope:
    """The server span of one request and the context that belongs to it.

    The context is set and restored in the same frame, as often as the request needs: around the call of the
    application, and around every step of a streamed body.
    """

    __slots__ = ("_previous", "joined", "mapping", "span")

    def __init__(self, span: AnySpan, mapping: context.ContextMapping, joined: bool) -> None:
        self.span = span
        self.joined = joined
        self.mapping = mapping
        self._previous: Any = None

    def activate(self) -> None:
        """Make the request's context current until ``deactivate``."""
        self._previous = context.current()
        context.make_current(self.mapping)

    def deactivate(self) -> None:
        """Restore what was current before ``activate``, whatever the application left behind."""
        context.make_current(self._previous)


class ExtractedScope:
    """A caller's context taken from a carrier; inside ``with`` it is the parent of the spans that are started."""

    __slots__ = ("_mapping", "_previous", "joined")

    def __init__(self, mapping: context.ContextMapping, joined: bool) -> None:
        self.joined = joined
        self._mapping = mapping
        self._previous: Any = None

    def __enter__(self) -> Self:
        self._previous = context.current()
        context.make_current(self._mapping)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        context.make_current(self._previous)


def admit(extracted: ExtractedContext, granted: trust.Trust, sampler: sampling.RatioSampler | None) -> trust.Admission:
    """Apply the trust rule's answer; without a sampler (tracing off) nothing new is sampled."""
    return trust.accept(extracted, granted, sampler or _NEVER)


def remote_span(admission: trust.Admission) -> RemoteSpan | None:
    """Return the caller's span as a parent for ours, or None when the caller may not be joined."""
    if admission.parent is None:
        return None
    parent = admission.parent
    flags = parent.flags & RANDOM | (SAMPLED if admission.sampled else 0)
    # A changed sampled flag needs an id of our own (W3C Trace Context, "Mutating the traceparent Field").
    span_id = parent.span_id if flags == parent.flags else ids.new_span_id()
    return RemoteSpan(Trace(parent.trace_id, flags, admission.tracestate), span_id)


def stranger_link(admission: trust.Admission) -> Link | None:
    """Return a link to the span of a caller who may not be joined."""
    link = admission.link
    return None if link is None else Link(link.trace_id, link.span_id, "", link.flags & (SAMPLED | RANDOM))


def extracted_scope(admission: trust.Admission) -> ExtractedScope:
    """Return the scope for a boundary without an adapter."""
    remote = remote_span(admission)
    mapping = context.from_elsewhere(remote, admission.baggage, stranger_link(admission))
    return ExtractedScope(mapping, remote is not None)


def pass_through(extracted: ExtractedContext, granted: trust.Trust) -> ServerScope:
    """Return the scope of a request while tracing is off: a trusted caller's context goes on, a stranger's does not."""
    joined = granted.joins
    parent = extracted.parent if joined else None
    span: AnySpan = NO_SPAN
    if parent is not None:
        # Nothing is recorded here, so the caller's own flags and span id go on unchanged.
        span = RemoteSpan(Trace(parent.trace_id, parent.flags, extracted.tracestate), parent.span_id)
    return ServerScope(span, context.from_elsewhere(span, extracted.baggage if joined else {}), parent is not None)


_NEVER = sampling.RatioSampler(0)
