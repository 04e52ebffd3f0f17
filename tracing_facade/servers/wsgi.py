"""Traces every request of a WSGI application (PEP 3333)::

    application = TracingMiddleware(application)

The server span ends once, when the response body is exhausted or closed; a body that is complete when the application
returns (one that knows its length, such as a list, or the server's file wrapper) ends it then. The span is current
while the application runs and while it produces its body, and never in between. Who may continue a trace here is for
the trust rule to say; what a stranger sent is removed from the environment too, also when tracing is off.

What the application, or a filter around it, may put into the environment:

=================================  ===================================================================================
``tracing_facade.user``            the authenticated user (else ``REMOTE_USER``)
``tracing_facade.groups``          the groups of that user, a sequence of strings
``tracing_facade.started_ns``      when the request came in, nanoseconds since the epoch, if that was before
``tracing_facade.route``           the route template, such as ``/things/{id}``, at any time before the body ends
=================================  ===================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import _facade, http_attributes, propagation
from tracing_facade._engine import clock, context, engine
from tracing_facade._runtime import note_failing_rule
from tracing_facade.propagation.carried import NOTHING_SENT
from tracing_facade.registry import AttributeValue, SpanSpec
from tracing_facade.servers.wsgi_environ import (
    EARLIER,
    GROUPS,
    ROUTE,
    STARTED,
    TRACED,
    USER,
    Environ,
    caller_of,
    forget_stranger,
    header,
    record_earlier,
    route_of,
    sends_anything,
    sends_context,
)
from tracing_facade.servers.wsgi_exchange import Exchange, describe, is_complete
from tracing_facade.servers.wsgi_usual import UsualRequests
from tracing_facade.trust import NOBODY, Trust, TrustRule, trust_nobody

__all__ = ["GROUPS", "ROUTE", "STARTED", "USER", "Environ", "TracingMiddleware", "earlier_span"]

WsgiApplication = Callable[..., Iterable[bytes]]
RouteTemplate = Callable[[Environ], "str | None"]


if TYPE_CHECKING:

    class _RequestPath:
        """What the native engine does of the middleware's work."""

else:
    _RequestPath = engine.native_part("RequestPath")


class TracingMiddleware(_RequestPath):
    """Starts a server span for every request.

    Args:
        app: the WSGI application.
        trust: who may continue a trace here, asked about callers who send trace context; by default what the
            configuration says, which is nobody by default.
        route: returns the route template of a request, or None; called once when the request comes in.
    """

    def __init__(
        self, app: WsgiApplication, *, trust: TrustRule | None = None, route: RouteTemplate | None = None
    ) -> None:
        self._app = app
        self._trust = trust
        self._route = route
        self._usual = UsualRequests(_facade.runtime(), trust, route)

    def _in_python(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Run the application for one request."""
        if TRACED in environ:
            return self._app(environ, start_response)
        previous = context.current()
        try:
            usual = self._usual
            if usual.runtime is not _facade._runtime:
                usual = self._usual = UsualRequests(_facade._runtime, self._trust, self._route)
            exchange: Any = usual.begin(environ, start_response, previous) or self._begin(environ, start_response)
        except Exception:
            _facade.internal_fault("wsgi")
            forget_stranger(environ)
            return self._app(environ, start_response)
        entered = context.make_current(exchange.mapping)
        try:
            body = self._app(environ, exchange.start_response if exchange.listens else start_response)
        except BaseException as error:
            exchange.finish(error)
            raise
        finally:
            # In the same frame, whatever the application left behind.
            try:
                context.restore(entered)
            except ValueError:  # the context has moved meanwhile
                context.make_current(previous)
        if type(body) is list or is_complete(body, environ.get("wsgi.file_wrapper")):
            exchange.finish(None)
            return body
        return exchange.traced(body)  # type: ignore[no-any-return]  # of either kind

    if TYPE_CHECKING or _RequestPath is engine.NotNative:
        __call__ = _in_python

    def _begin(self, environ: Environ, start_response: Callable[..., Any]) -> Exchange:
        environ[TRACED] = True
        runtime = _facade.runtime()
        rule = self._trust or runtime.trust_rule
        # Of a caller who sends nothing there is nothing to trust.
        asked = rule is not trust_nobody and sends_anything(environ)
        caller = caller_of(environ) if asked or runtime.samples_by_rules else NOBODY
        granted = runtime.ask(rule, caller) if asked else Trust.NOTHING
        extracted = (
            propagation.extract_context(lambda name: header(environ, name)) if sends_context(environ) else NOTHING_SENT
        )
        if not granted.joins:
            forget_stranger(environ)
        method = http_attributes.text(environ.get("REQUEST_METHOD"))
        route = self._route_of(environ)
        spec = http_attributes.server_span(method, route)
        started = environ.get(STARTED)
        start_ns = started if isinstance(started, int) else None
        path = http_attributes.text(environ.get("PATH_INFO")) if runtime.samples_by_rules else ""
        scope = runtime.start_server_span(spec, extracted, granted, None, start_ns, caller, path)
        span: Any = scope.span
        if span.is_recording():
            span.begin_with(http_attributes.wsgi_request_attributes(environ, runtime.query_allow))
            record_earlier(environ, span, runtime.record_finished_child)
        return Exchange(span, scope.mapping, scope.joined, environ, start_response, method, route)

    def _route_of(self, environ: Environ) -> str | None:
        return None if self._route is None else route_of(self._route, environ)


def earlier_span(environ: Environ, spec: SpanSpec) -> AbstractContextManager[dict[str, AttributeValue]]:
    """Time work that must happen before the server span can exist, such as authentication.

    Use it in a filter around ``TracingMiddleware``; the middleware records it as a child of the server span.

    Args:
        environ: the WSGI environment of the request.
        spec: the span to record.

    Returns:
        A context manager for one use. It gives the attributes of that span, to be filled.
    """
    return _new_earlier_span(environ, spec)


class _EarlierSpan:
    """Leaves what ``record_finished_child`` wants in the environment; ``EarlierSpan`` does so in the native engine."""

    __slots__ = ("_attributes", "_environ", "_spec", "_start_ns")

    def __init__(self, environ: Environ, spec: SpanSpec) -> None:
        self._environ = environ
        self._spec = spec

    def __enter__(self) -> dict[str, AttributeValue]:
        self._attributes: dict[str, AttributeValue] = {}
        self._start_ns = clock.now()
        return self._attributes

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        failure = error if isinstance(error, Exception) else None
        earlier = (self._spec, self._start_ns, clock.now(), self._attributes, failure)
        try:
            self._environ.setdefault(EARLIER, []).append(earlier)
        except Exception:
            _facade.internal_fault("wsgi.earlier_span")


_native = engine.loaded()
if _native is not None:
    _native.connect_wsgi(
        http_attributes.server_span,
        http_attributes.wsgi_request_attributes,
        http_attributes.KNOWN_METHODS,
        http_attributes.text,
        describe,
        note_failing_rule,
    )
_new_earlier_span: Callable[[Environ, SpanSpec], AbstractContextManager[dict[str, AttributeValue]]] = (
    _EarlierSpan if _native is None else _native.EarlierSpan
)
