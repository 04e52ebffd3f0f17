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

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tracing_facade import _facade, http_attributes, propagation
from tracing_facade._engine import clock, engine, exceptions
from tracing_facade._engine.incoming import ServerScope
from tracing_facade._engine.passive import NO_SPAN
from tracing_facade._engine.trace import RANDOM
from tracing_facade.propagation.carried import NOTHING_SENT
from tracing_facade.registry import AttributeValue, SpanSpec
from tracing_facade.trust import NOBODY, Caller, Trust, TrustRule, trust_nobody

Environ = dict[str, Any]
WsgiApplication = Callable[..., Iterable[bytes]]
RouteTemplate = Callable[[Environ], "str | None"]

USER = "tracing_facade.user"
GROUPS = "tracing_facade.groups"
STARTED = "tracing_facade.started_ns"
ROUTE = "tracing_facade.route"
_EARLIER = "tracing_facade.earlier_spans"
_TRACED = "tracing_facade.traced"
_HEADERS = {"traceparent": "HTTP_TRACEPARENT", "tracestate": "HTTP_TRACESTATE", "baggage": "HTTP_BAGGAGE"}


if TYPE_CHECKING:

    class _RequestPath:
        """What the native engine does of the middleware's work."""

else:
    _RequestPath = engine.native_part("RequestPath")


class TracingMiddleware(_RequestPath):
    """Starts a server span for every request.

    Args:
        app: the WSGI application.
        trust: who may continue a trace here; by default what the configuration says, which is nobody by default.
        route: returns the route template of a request, or None; called once when the request comes in.
    """

    def __init__(
        self, app: WsgiApplication, *, trust: TrustRule | None = None, route: RouteTemplate | None = None
    ) -> None:
        self._app = app
        self._trust = trust
        self._route = route

    def _in_python(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Run the application for one request."""
        if _TRACED in environ:
            return self._app(environ, start_response)
        try:
            exchange = self._begin(environ, start_response)
        except Exception:
            _facade.internal_fault("wsgi")
            _forget_stranger(environ)
            return self._app(environ, start_response)
        scope = exchange.scope
        scope.activate()
        try:
            body = self._app(environ, exchange.start_response)
        except BaseException as error:
            exchange.finish(error)
            raise
        finally:
            scope.deactivate()
        return exchange.traced(body)

    if TYPE_CHECKING or _RequestPath is engine.NotNative:
        __call__ = _in_python

    def _begin(self, environ: Environ, start_response: Callable[..., Any]) -> _Exchange:
        environ[_TRACED] = True
        runtime = _facade.runtime()
        rule = self._trust or runtime.trust_rule
        asked = rule is not trust_nobody
        caller = _caller(environ) if asked or runtime.samples_by_rules else NOBODY
        granted = runtime.ask(rule, caller) if asked else Trust.NOTHING
        extracted = propagation.extract_context(lambda name: _header(environ, name)) if _sent(environ) else NOTHING_SENT
        if not granted.joins:
            _forget_stranger(environ)
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
            self._record_earlier(environ, span)
        return _Exchange(scope, environ, start_response, method, route)

    def _granted(self, environ: Environ) -> int:
        """Return what the trust rule grants, as a number for the native engine."""
        runtime = _facade.runtime()
        return runtime.ask(self._trust or runtime.trust_rule, _caller(environ)).value

    def _record_earlier(self, environ: Environ, span: Any) -> None:
        for earlier in environ.pop(_EARLIER, ()):
            _facade.runtime().record_finished_child(span, *earlier)

    def _route_of(self, environ: Environ) -> str | None:
        if self._route is None:
            return None
        try:
            route = self._route(environ)
        except Exception:
            _facade.internal_fault("wsgi.route")
            return None
        return route if isinstance(route, str) and route else None


class _EarlierSpan(NamedTuple):
    spec: SpanSpec
    start_ns: int
    end_ns: int
    attributes: dict[str, AttributeValue]
    error: BaseException | None


@contextmanager
def earlier_span(environ: Environ, spec: SpanSpec) -> Iterator[dict[str, AttributeValue]]:
    """Time work that must happen before the server span can exist, such as authentication.

    Use it in a filter around ``TracingMiddleware``; the middleware records it as a child of the server span.

    Args:
        environ: the WSGI environment of the request.
        spec: the span to record.

    Yields:
        The attributes of that span, to be filled.
    """
    attributes: dict[str, AttributeValue] = {}
    start_ns = clock.now()
    failure: BaseException | None = None
    try:
        yield attributes
    except Exception as error:
        failure = error
        raise
    finally:
        environ.setdefault(_EARLIER, []).append(_EarlierSpan(spec, start_ns, clock.now(), attributes, failure))


class _Exchange:
    """One request and its response: watches the status, and ends the span once."""

    __slots__ = ("_environ", "_finished", "_method", "_route", "_start_response", "_status", "scope")

    def __init__(
        self,
        scope: ServerScope,
        environ: Environ,
        start_response: Callable[..., Any],
        method: str,
        route: str | None,
    ) -> None:
        self.scope = scope
        self._environ = environ
        self._start_response = start_response
        self._method = method
        self._route = route
        self._status = 0
        self._finished = False

    def start_response(self, status: str, response_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """Pass the application's call on; may come late, and again with ``exc_info``."""
        try:
            self._status = int(status[:3])
            if self.scope.joined:
                response_headers = [*response_headers, ("traceresponse", _traceresponse(self.scope))]
        except Exception:
            _facade.internal_fault("wsgi.start_response")
        if exc_info is None:
            return self._start_response(status, response_headers)
        return self._start_response(status, response_headers, exc_info)

    def traced(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return the body so that the span ends with it."""
        if _is_complete(body, self._environ.get("wsgi.file_wrapper")) or (
            self.scope.span is NO_SPAN and len(self.scope.mapping) <= 1
        ):
            self.finish(None)
            return body
        return _TracedBody(self, body)

    def finish(self, error: BaseException | None) -> None:
        """End the span; only the first call counts. Never raises."""
        if self._finished:
            return
        self._finished = True
        span: Any = self.scope.span
        if span.is_recording():
            try:
                route = self._environ.get(ROUTE, self._route)
                _describe(span, error, self._status, route, self._route, self._method)
            except Exception:
                _facade.internal_fault("wsgi.finish")
        span.end()


def _describe(
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


class _TracedBody:
    """A response body whose every step runs in the request's context."""

    __slots__ = ("_body", "_exchange", "_iterator")

    def __init__(self, exchange: _Exchange, body: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._body = body
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        exchange = self._exchange
        exchange.scope.activate()
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
            exchange.scope.deactivate()

    def close(self) -> None:
        """Close the application's body; a client that went away is no error of ours."""
        exchange = self._exchange
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                exchange.scope.activate()
                try:
                    close()
                finally:
                    exchange.scope.deactivate()
        except BaseException as error:
            exchange.finish(error)
            raise
        exchange.finish(None)


def _is_complete(body: object, file_wrapper: Any) -> bool:
    return hasattr(body, "__len__") or (isinstance(file_wrapper, type) and isinstance(body, file_wrapper))


def _caller(environ: Environ) -> Caller:
    groups = environ.get(GROUPS) or ()
    return Caller(
        user=environ.get(USER) or environ.get("REMOTE_USER") or None,
        groups=tuple(groups) if not isinstance(groups, str) else (groups,),
        address=environ.get("REMOTE_ADDR"),
    )


def _traceresponse(scope: ServerScope) -> str:
    span = scope.span
    # While tracing is off the caller's own span goes on; "sampled" would claim that something was recorded here.
    flags = span.flags if span.is_recording() else span.flags & RANDOM
    return propagation.format_traceparent(span.trace_id, span.span_id, flags)


def _sent(environ: Environ) -> bool:
    return "HTTP_TRACEPARENT" in environ or "HTTP_BAGGAGE" in environ


def _header(environ: Environ, name: str) -> list[str]:
    value = environ.get(_HEADERS[name])
    return [] if value is None else [http_attributes.text(value)]


def _forget_stranger(environ: Environ) -> None:
    for key in _HEADERS.values():
        environ.pop(key, None)


_native = engine.loaded()
if _native is not None:
    _native.connect_wsgi(
        http_attributes.server_span,
        http_attributes.wsgi_request_attributes,
        http_attributes.KNOWN_METHODS,
        http_attributes.text,
        _describe,
        _is_complete,
        _TracedBody,
    )
