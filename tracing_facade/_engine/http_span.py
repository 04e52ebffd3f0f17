"""The recorded span of a request: it keeps what server or client said, and makes attributes of it when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracing_facade import selfmetrics
from tracing_facade._engine.span import RecordedSpan
from tracing_facade.propagation.traceparent import traceparent_of

Derive = Callable[[tuple[Any, ...]], dict[str, Any]]


class HttpSpan(RecordedSpan):
    """A span whose attributes nobody pays for on the way of the request: usually the worker is the first to ask."""

    __slots__ = ("_derive", "_given", "_route", "_status")

    def begin_with_request(self, derive: Derive, given: tuple[Any, ...]) -> None:
        """Say what the attributes are made of.

        Args:
            derive: makes attributes of ``given``.
            given: what is known of the request; nothing in it changes any more.
        """
        self._derive = derive
        self._given = given
        self._route = ""
        self._status = 0

    def answer(self, route: str | None, status: int) -> None:
        """Say how an ordinary request ended.

        Args:
            route: the route template, if there is one.
            status: of the response; 0 for none.
        """
        # In this order: another thread may be deriving the attributes at this moment.
        self._route, self._status = route or "", status
        if self._attributes is not None:
            _add_answer(self._attributes, route, status)

    def traceparent_if_alone(self) -> str:
        """Return the header that tells of this span, just entered; nothing when there is more to tell."""
        return "" if self.trace.tracestate or len(self._context) != 1 else self.traceparent()

    def traceparent(self) -> str:
        """Return what tells of this span, as a header value."""
        trace = self.trace
        return traceparent_of(trace.trace_id, self.number, trace.flags)

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes."""
        attributes = self._attributes
        if attributes is None:
            try:
                attributes = self._derive(self._given)
            except Exception:
                selfmetrics.COUNTERS.add("attributes_dropped", "not_a_mapping")
                attributes = {}
            if self._attributes is not None:
                # Another thread was faster, and may have set some already.
                return self._attributes
            self._attributes = attributes
            _add_answer(attributes, self._route, self._status)
        return attributes


def _add_answer(attributes: dict[str, Any], route: str | None, status: int) -> None:
    if route:
        attributes["http.route"] = route
    if status:
        attributes["http.response.status_code"] = status
