"""Requests of the usual kind in pure Python: the way of ``wsgi.TracingMiddleware`` without what they do not need.

Usual is a request that brings a well-formed ``traceparent`` or nothing, to a runtime of the pure engine without
sampling rules and limits for slow spans. What the configuration decides is decided once, and what the worker can do is
left to it. For everything else ``UsualRequests.begin`` does nothing, and the general code of the middleware does all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracing_facade import _facade, http_attributes
from tracing_facade._engine import context, ids
from tracing_facade._engine.http_span import HttpSpan
from tracing_facade._engine.interface import Link
from tracing_facade._engine.passive import UnsampledSpan
from tracing_facade._engine.recorder import Recorder
from tracing_facade._engine.shape import Shape
from tracing_facade._engine.trace import RANDOM, SAMPLED, Trace
from tracing_facade._runtime import Runtime
from tracing_facade.propagation.traceparent import match_usual, traceparent_of
from tracing_facade.servers.wsgi_environ import (
    BAGGAGE,
    EARLIER,
    STARTED,
    TRACED,
    TRACEPARENT,
    TRACESTATE,
    Environ,
    caller_of,
    forget_stranger,
    record_earlier,
    route_of,
    sends_anything,
)
from tracing_facade.servers.wsgi_exchange import STATUS_NUMBERS, Exchange, TracedBody, status_number
from tracing_facade.trust import TrustRule, trust_everyone, trust_nobody

if TYPE_CHECKING:
    from typing_extensions import Self

_ABSENT = object()
_MOST_SHAPES = 1_024
_FLAGS = {"0": 0, "1": SAMPLED, "2": RANDOM, "3": RANDOM | SAMPLED}
_MAYBE_NO_ID = "0" * 16
"""Whoever sends that may have sent no id at all."""

StartResponse = Callable[..., Any]
Begin = Callable[[Environ, StartResponse, context.ContextMapping], "UnsampledRequest | Exchange | None"]


class UnsampledRequest(UnsampledSpan):
    """A request that is not recorded: its span, and all there is to it besides."""

    __slots__ = ("_start_response", "listens")

    def begin_request(
        self,
        trace_id: str | int,
        flags: int,
        start_response: StartResponse,
        previous: context.ContextMapping,
        joined: bool,
    ) -> Self:
        """Begin the request, which is nothing before, and return it."""
        # All of UnsampledSpan.begin, without a second call.
        self._trace_id = trace_id
        self._flags = flags
        self.number = ids.random_bits(64) or 1
        self._tracestate = ""
        self._trace = self._child = None
        self._start_response = start_response
        self.listens = joined
        if previous:
            self.mapping = context.from_elsewhere(self, {})
        else:
            self.mapping = context.new_mapping({context.span_key: self})
        return self

    def __enter__(self) -> Self:
        # Only asked by an application that enters the current span once more: the server ends what it began.
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def start_response(self, status: str, response_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """Pass the application's call on, and tell a caller who may join that nothing is recorded."""
        try:
            if status not in STATUS_NUMBERS:
                status_number(status)
            digits: Any = self._trace_id  # as they were sent
            header = traceparent_of(digits, self.number, self._flags & RANDOM)
            response_headers = [*response_headers, ("traceresponse", header)]
        except Exception:
            _facade.internal_fault("wsgi.start_response")
        if exc_info is None:
            return self._start_response(status, response_headers)
        return self._start_response(status, response_headers, exc_info)

    def activate(self) -> None:
        """Make the request's context current until ``deactivate``, which must follow in the same frame."""
        self._previous = context.current()
        context.make_current(self._previous if self.mapping is None else self.mapping)

    def deactivate(self) -> None:
        """Restore what was current before ``activate``."""
        context.make_current(self._previous)

    def traced(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return a body that is not complete yet so that all of it is made in the request's context."""
        return TracedBody(self, body)

    def finish(self, error: BaseException | None) -> None:
        """Let go of the context, which refers to this request; nothing is recorded."""
        self.mapping = None


class UsualRequests:
    """Begins requests as one runtime wants it.

    Args:
        runtime: the configuration that is in force.
        trust: the middleware's own trust rule, which goes before that of the runtime.
        route: returns the route template of a request, or None.
    """

    __slots__ = ("_ask", "_derive", "_joins", "_recorder", "_route", "_shapes", "begin", "runtime")

    def __init__(
        self, runtime: Runtime, trust: TrustRule | None, route: Callable[[Environ], str | None] | None
    ) -> None:
        self.runtime = runtime
        self._route = route
        self._shapes: dict[str | tuple[str, str], Shape] = {}
        rule = trust or runtime.trust_rule
        self._joins = rule is trust_everyone
        self._ask = None if rule is trust_everyone or rule is trust_nobody else lambda caller: runtime.ask(rule, caller)
        query_allow = runtime.query_allow
        self._derive = lambda given: http_attributes.of_wsgi_request(given, query_allow)
        recorder = runtime.recorder
        self.begin: Begin = _nothing_is_usual
        """Begins a request; returns None, and has done nothing, when it is not usual."""
        if type(recorder) is Recorder and recorder.rules is None and not recorder.slow_after:
            self._recorder = recorder
            self.begin = self._begin_usual

    def _begin_usual(
        self, environ: Environ, start_response: StartResponse, previous: context.ContextMapping
    ) -> UnsampledRequest | Exchange | None:
        joins = self._joins
        if self._ask is not None and sends_anything(environ):
            # Whether this caller may force its trace is asked where that counts, in the general code.
            joins = self._ask(caller_of(environ)).joins
        if joins and (TRACESTATE in environ or BAGGAGE in environ):
            return None
        sent = environ.get(TRACEPARENT, _ABSENT)
        if sent is _ABSENT:
            if not joins and (BAGGAGE in environ or TRACESTATE in environ):
                forget_stranger(environ)
            return self._begin_trace(environ, start_response, previous, None)
        if type(sent) is not str or match_usual(sent) is None or _MAYBE_NO_ID in sent:
            return None
        trace_id, flags = sent[3:35], _FLAGS[sent[54]]
        if not joins:
            forget_stranger(environ)
            self.runtime.note_stranger()
            return self._begin_trace(environ, start_response, previous, Link(trace_id, sent[36:52], "", flags))
        if flags & SAMPLED:
            return self._join(environ, start_response, trace_id, sent[36:52], flags)
        environ[TRACED] = True
        if self._route is not None:
            route_of(self._route, environ)
        return UnsampledRequest().begin_request(trace_id, flags, start_response, previous, True)

    def _join(
        self, environ: Environ, start_response: StartResponse, trace_id: str, span_id: str, flags: int
    ) -> Exchange | None:
        """Continue the caller's trace, unless it is recorded only if he may force that."""
        recorder = self._recorder
        if not recorder.records_all and int(trace_id[16:], 16) >= recorder.bound:
            return None
        return self._record(environ, start_response, Trace(trace_id, flags), int(span_id, 16), None)

    def _begin_trace(
        self,
        environ: Environ,
        start_response: StartResponse,
        previous: context.ContextMapping,
        stranger: Link | None,
    ) -> UnsampledRequest | Exchange:
        """Begin a trace of our own, with a link to the caller if he is a stranger."""
        trace_id, flags = self._recorder.draw()
        if flags & SAMPLED:
            return self._record(environ, start_response, Trace(trace_id, flags), 0, stranger)
        environ[TRACED] = True
        if self._route is not None:
            route_of(self._route, environ)
        return UnsampledRequest().begin_request(trace_id, flags, start_response, previous, False)

    def _record(
        self, environ: Environ, start_response: StartResponse, trace: Trace, parent: int, stranger: Link | None
    ) -> Exchange:
        environ[TRACED] = True
        recorder = self._recorder
        method = environ.get("REQUEST_METHOD")
        if type(method) is not str:
            method = http_attributes.text(method)
        route = None if self._route is None else route_of(self._route, environ)
        shape = self._shapes.get(method if route is None else (method, route)) or self._shape_of(method, route)
        started = environ.get(STARTED)
        if started is not None and not isinstance(started, int):
            started = None
        span: Any = recorder.record(shape, trace, parent, None, (), started, HttpSpan)
        given = http_attributes.given_by_wsgi(environ)
        if given is None:
            span.begin_with(http_attributes.wsgi_request_attributes(environ, self.runtime.query_allow))
        else:
            span.begin_with_request(self._derive, given)
        if parent:
            span.parent_is_remote = True
        if stranger is not None:
            span.add_links((stranger,))
        if EARLIER in environ:
            record_earlier(environ, span, recorder.record_finished)
        if context.current():
            mapping = context.from_elsewhere(span, {})
        else:
            mapping = context.new_mapping({context.span_key: span})
        return Exchange(span, mapping, parent != 0, environ, start_response, method, route)

    def _shape_of(self, method: str, route: str | None) -> Shape:
        shape = self._recorder.shape_of(http_attributes.server_span(method, route))
        # Strangers choose the method.
        if method in http_attributes.KNOWN_METHODS and len(self._shapes) < _MOST_SHAPES:
            self._shapes[method if route is None else (method, route)] = shape
        return shape


def _nothing_is_usual(environ: Environ, start_response: StartResponse, previous: context.ContextMapping) -> None:
    """Leave everything to the general code."""
