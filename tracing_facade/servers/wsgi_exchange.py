"""One request and its response: what the application says about it, and when its span ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tracing_facade import _facade, http_attributes, propagation
from tracing_facade._engine import context, exceptions
from tracing_facade._engine.http_span import HttpSpan
from tracing_facade._engine.passive import NO_SPAN
from tracing_facade._engine.trace import RANDOM
from tracing_facade.servers.wsgi_environ import ROUTE, Environ

STATUS_NUMBERS: dict[str, int] = {}
"""The numbers of the first statuses that were seen; there are not many."""

_MOST_STATUSES = 256


class Exchange:
    """One request and its response: watches the status, and ends the span once.

    Args:
        span: of the request.
        mapping: the context in which the request is handled.
        joined: whether the caller's trace is continued.
        environ: of the request.
        start_response: the server's.
        method: of the request.
        route: its route template, as far as it is known when the request comes in.
    """

    __slots__ = (
        "_environ", "_finished", "_joined", "_method", "_previous", "_route", "_start_response", "_status", "mapping",
        "span",
    )  # fmt: skip

    listens = True
    """Whether it wants to know with what the application calls ``start_response``."""

    def __init__(
        self,
        span: Any,
        mapping: context.ContextMapping,
        joined: bool,
        environ: Environ,
        start_response: Callable[..., Any],
        method: str,
        route: str | None,
    ) -> None:
        self.span = span
        self.mapping = mapping
        self._joined = joined
        self._environ = environ
        self._start_response = start_response
        self._method = method
        self._route = route
        self._status = 0
        self._finished = False

    def start_response(self, status: str, response_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """Pass the application's call on; may come late, and again with ``exc_info``."""
        try:
            self._status = STATUS_NUMBERS.get(status) or status_number(status)
            if self._joined:
                response_headers = [*response_headers, ("traceresponse", self._traceresponse())]
        except Exception:
            _facade.internal_fault("wsgi.start_response")
        if exc_info is None:
            return self._start_response(status, response_headers)
        return self._start_response(status, response_headers, exc_info)

    def _traceresponse(self) -> str:
        span = self.span
        if type(span) is HttpSpan:
            return span.traceparent()
        # While tracing is off the caller's own span goes on; "sampled" would claim that something was recorded here.
        flags = span.flags if span.is_recording() else span.flags & RANDOM
        return propagation.format_traceparent(span.trace_id, span.span_id, flags)

    def activate(self) -> None:
        """Make the request's context current until ``deactivate``, which must follow in the same frame."""
        self._previous = context.current()
        context.make_current(self.mapping)

    def deactivate(self) -> None:
        """Restore what was current before ``activate``, whatever the application left behind."""
        context.make_current(self._previous)

    def traced(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return a body that is not complete yet so that the span ends with it."""
        if self.span is NO_SPAN and len(self.mapping) <= 1:
            return body
        return TracedBody(self, body)

    def finish(self, error: BaseException | None) -> None:
        """End the span; only the first call counts. Never raises."""
        if self._finished:
            return
        self._finished = True
        span = self.span
        if span.is_recording():
            try:
                self._describe(span, error)
            except Exception:
                _facade.internal_fault("wsgi.finish")
        span.end()

    def _describe(self, span: Any, error: BaseException | None) -> None:
        route = self._environ.get(ROUTE, self._route)
        usual = error is None and self._status < 500 and (route is None or type(route) is str)
        if not usual or type(span) is not HttpSpan:
            describe(span, error, self._status, route, self._route, self._method)
            return
        if route and route != self._route:
            span.update_name(http_attributes.server_span(self._method, route).name)
        span.answer(route, self._status)


def status_number(status: str) -> int:
    """Return the number of a status such as ``200 OK``.

    Raises:
        Exception: it has none.
    """
    number = int(status[:3])
    if type(status) is str and len(STATUS_NUMBERS) < _MOST_STATUSES:
        STATUS_NUMBERS[status] = number
    return number


def describe(
    span: Any, error: BaseException | None, status: int, route: Any, expected_route: str | None, method: str
) -> None:
    """Say on the span how the request ended; the application may have found a better route than the middleware."""
    if isinstance(route, str) and route:
        span.set_attribute("http.route", route)
        if route != expected_route:
            span.update_name(http_attributes.server_span(method, route).name)
    if status:
        span.set_attribute("http.response.status_code", status)
    if isinstance(error, Exception):
        span.set_attribute("error.type", exceptions.qualified_name(type(error)))
        span.record_exception(error, escaped=True)
        span.set_status(False, exceptions.describe(error))
    elif status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(False)


class TracedBody:
    """A response body whose every step runs in the request's context."""

    __slots__ = ("_body", "_exchange", "_iterator")

    def __init__(self, exchange: Any, body: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._body = body
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        exchange = self._exchange
        exchange.activate()
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            return next(self._iterator)
        except StopIteration:
            exchange.finish(None)
            raise
        except BaseException as error:
            exchange.finish(error)
            raise
        finally:
            exchange.deactivate()

    def close(self) -> None:
        """Close the application's body; a client that went away is no error of ours."""
        exchange = self._exchange
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                exchange.activate()
                try:
                    close()
                finally:
                    exchange.deactivate()
        except BaseException as error:
            exchange.finish(error)
            raise
        exchange.finish(None)


def is_complete(body: object, file_wrapper: Any) -> bool:
    """Tell whether a body is complete when the application returns it."""
    try:
        return hasattr(body, "__len__") or (isinstance(file_wrapper, type) and isinstance(body, file_wrapper))
    except Exception:
        return False  # a body that objects to the question, such as a proxy for what is not there yet
