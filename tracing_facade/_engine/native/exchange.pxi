# The way of a WSGI request through ``servers.wsgi.TracingMiddleware``, whose Python code does what is rare.

cdef str _TRACED = "tracing_facade.traced"
cdef str _STARTED = "tracing_facade.started_ns"
cdef str _ROUTE = "tracing_facade.route"
cdef str _EARLIER = "tracing_facade.earlier_spans"
cdef str _TRACEPARENT = "HTTP_TRACEPARENT"
cdef str _TRACESTATE = "HTTP_TRACESTATE"
cdef str _BAGGAGE = "HTTP_BAGGAGE"
cdef str _USER = "tracing_facade.user"
cdef str _GROUPS = "tracing_facade.groups"


# What the Python code of the adapter does; see ``connect_wsgi``.
cdef object _server_spec = None
cdef object _request_attributes = None
cdef frozenset _known_methods = frozenset()
cdef object _text_of = None
cdef object _describe = None
cdef object _note_failing_rule = None


def connect_wsgi(server_spec, request_attributes, known_methods, text_of, describe, note_failing_rule):
    """Take over what the Python code of the adapter knows and does in rare cases.

    Args:
        server_spec: returns the span of a request, by method and route.
        request_attributes: returns the attributes of a request, by environment and the query parameters to keep.
        known_methods: the methods that HTTP knows.
        text_of: returns a value of the environment as text.
        describe: says on a span how a request ended.
        note_failing_rule: counts a trust rule that failed, while that is handled.
    """
    global _server_spec, _request_attributes, _known_methods, _text_of, _describe, _note_failing_rule
    _server_spec = server_spec
    _request_attributes = request_attributes
    _known_methods = known_methods
    _encode_methods(known_methods)
    _text_of = text_of
    _describe = describe
    _note_failing_rule = note_failing_rule


cdef class RequestPath:
    """What the middleware inherits where there is a native engine."""

    cdef public object _app, _trust, _route

    def __call__(self, environ, start_response):
        """Run the application for one request."""
        cdef Exchange exchange = None
        if _recorder is not None and PyDict_CheckExact(environ):
            try:
                exchange = self.begin(environ, start_response)
            except Exception:
                _internal_fault("wsgi")
                _forget_stranger(environ)
                return self._app(environ, start_response)
        if exchange is None:
            if _is_off and PyDict_CheckExact(environ):
                return self.pass_by(environ, start_response)
            return self._in_python(environ, start_response)
        exchange.activate()
        try:
            body = self._app(environ, exchange)
        except BaseException as error:
            exchange.deactivate()
            exchange.finish(error)
            raise
        exchange.deactivate()
        body = exchange.traced(body)
        if exchange.finished and type(body) is not TracedBody:
            mapping, exchange.mapping = exchange.mapping, None
            _reuse(mapping)
        return body

    cdef object pass_by(self, dict environ, object start_response):
        """Run the application while tracing is off; what is left to do for callers who send nothing is done here."""
        cdef object previous = None
        cdef object mapping = None
        cdef object token = None
        if _is_there(environ, _TRACED) or _sends_anything(environ) or not _has_plain_context():
            return self._in_python(environ, start_response)
        try:
            previous = _current_mapping()
            environ[_TRACED] = True
            if self._route is not None:
                _route_of(self._route, environ)
            mapping = _mapping_from_elsewhere(previous, _no_span_in_python)
            token = _make_current_for_now(mapping)
        except Exception:
            _internal_fault("wsgi")
            return self._app(environ, start_response)
        try:
            body = self._app(environ, start_response)
        finally:
            _restore(token, previous)
        _reuse(mapping)
        return body

    cdef Exchange begin(self, dict environ, object start_response):
        """Start the span of a request; None when the Python code has to do it, and then nothing was done."""
        cdef Recorder recorder = _recorder
        cdef Exchange exchange
        cdef Caller caller
        cdef Caller* sent = NULL
        cdef int granted
        cdef PyObject* traceparent
        if _is_there(environ, _TRACED):
            return None
        granted = self.granted(environ)
        if granted & _JOIN and (_is_there(environ, _TRACESTATE) or _is_there(environ, _BAGGAGE)):
            return None
        traceparent = PyDict_GetItemWithError(environ, _TRACEPARENT)
        if traceparent != NULL:
            if not PyUnicode_CheckExact(<object>traceparent):
                return None
            if _parse_traceparent(<object>traceparent, &caller):
                sent = &caller
        if not _may_decide(recorder, sent, granted):
            return None
        exchange = Exchange.__new__(Exchange)
        exchange.environ = environ
        exchange.start_response = start_response
        method = environ.get("REQUEST_METHOD")
        exchange.method = method if type(method) is str else str.__str__(_text_of(method))
        exchange.route = None if self._route is None else _route_of(self._route, environ)
        self.enter(recorder, exchange, sent, granted)
        return exchange

    cdef int granted(self, dict environ) except -1:
        rule = self._trust or _trust_rule
        if rule is _trust_nobody:
            return 0
        if rule is _trust_everyone:
            return _JOIN | _FORCE
        # Of a caller who sends nothing there is nothing to trust.
        return _ask(rule, environ) if _sends_anything(environ) else 0

    cdef int enter(self, Recorder recorder, Exchange exchange, Caller* sent, int granted) except -1:
        cdef dict environ = exchange.environ
        cdef Shape shape = recorder.server_shape(exchange.method, exchange.route)
        cdef PyObject* started = PyDict_GetItemWithError(environ, _STARTED)
        cdef uint64_t start_ns = 0
        if started != NULL and isinstance(<object>started, int):
            start_ns = _instant(<object>started)
        environ[_TRACED] = True
        if not granted & _JOIN:
            _forget_stranger(environ)
            if sent != NULL:
                _note_stranger()
        exchange.joined = sent != NULL and granted & _JOIN
        span = _server_span(recorder, shape, sent, granted, start_ns)
        exchange.span = span
        exchange.mapping = _mapping_from_elsewhere(_current_mapping(), span)
        if type(span) is Span:
            _put_request(span, environ, exchange.method)
            if _is_there(environ, _EARLIER):
                _record_earlier(recorder, environ, span)
        return 0


@cython.final
@cython.freelist(16)
cdef class Exchange:
    """One request and its response: watches the status, and ends the span once."""

    cdef dict environ
    cdef object start_response, route, mapping, previous, token
    cdef str method
    cdef readonly object span
    cdef int status
    cdef readonly bint joined
    cdef bint finished

    def __call__(self, status, response_headers, exc_info=None):
        """Pass the application's call of ``start_response`` on; may come late, and again with ``exc_info``."""
        try:
            self.status = _status_in(status)
            if self.joined:
                response_headers = [*response_headers, ("traceresponse", self.traceresponse())]
        except Exception:
            _internal_fault("wsgi.start_response")
        if exc_info is None:
            return self.start_response(status, response_headers)
        return self.start_response(status, response_headers, exc_info)

    cdef str traceresponse(self):
        cdef Span span
        cdef PassiveSpan quiet
        if type(self.span) is Span:
            span = self.span
            return _traceparent(span._trace, span.number, span._trace.flags & (_RANDOM if span.has_ended else 0xFF))
        quiet = self.span
        return _traceparent(quiet._trace, quiet.number, quiet._trace.flags & _RANDOM)

    cdef int activate(self) except -1:
        """Make the request's context current until ``deactivate``."""
        self.previous = _current_mapping()
        self.token = _make_current_for_now(self.mapping)
        return 0

    cdef int deactivate(self) except -1:
        """Restore what was current before ``activate``, whatever the application left behind."""
        _restore(self.token, self.previous)
        self.token = None
        return 0

    cdef object traced(self, object body):
        """Return the body so that the span ends with it."""
        cdef TracedBody traced
        if type(body) is list or type(body) is tuple or _is_complete(body, self.environ):
            self.finish(None)
            return body
        traced = TracedBody.__new__(TracedBody)
        traced.exchange = self
        traced.body = body
        return traced

    cdef int finish(self, object error) except -1:
        """End the span; only the first call counts. Never raises."""
        cdef Span span
        if self.finished:
            return 0
        self.finished = True
        if type(self.span) is not Span:
            return 0
        span = self.span
        if not span.has_ended:
            try:
                self.describe(span, error)
            except Exception:
                _internal_fault("wsgi.finish")
        span.finish(0)
        return 0

    cdef int describe(self, Span span, object error) except -1:
        route = self.environ.get(_ROUTE, self.route)
        if error is not None or self.status >= 500 or (route is not None and type(route) is not str):
            _describe(span, error, self.status, route, self.route, self.method)
            return 0
        if route:
            _put_route(span, route)
            if route != self.route:
                span.shape = span.recorder.server_shape(self.method, route)
        if self.status:
            _put_status_code(span, self.status)
        return 0


@cython.final
@cython.freelist(16)
cdef class TracedBody:
    """A response body whose every step runs in the request's context; see ``wsgi_exchange.TracedBody``."""

    cdef Exchange exchange
    cdef object body, iterator

    def __iter__(self):
        return self

    def __next__(self):
        cdef Exchange exchange = self.exchange
        cdef object previous = _current_mapping()
        cdef object token = _make_current_for_now(exchange.mapping)
        cdef object iterator
        cdef object part = None
        cdef PyObject* found = NULL
        try:
            if self.iterator is None:
                self.iterator = iter(self.body)
            iterator = self.iterator
            found = PyIter_Next(iterator)
            if found == NULL:
                exchange.finish(None)
            else:
                part = <object>found
                Py_XDECREF(found)
        except StopIteration:
            exchange.finish(None)
        except BaseException as error:
            exchange.finish(error)
            raise
        finally:
            _restore(token, previous)
        if found == NULL:
            raise StopIteration
        return part

    def close(self):
        """Close the application's body; a client that went away is no error of ours."""
        cdef Exchange exchange = self.exchange
        cdef object previous, token
        try:
            close = getattr(self.body, "close", None)
            if close is not None:
                previous = _current_mapping()
                token = _make_current_for_now(exchange.mapping)
                try:
                    close()
                finally:
                    _restore(token, previous)
        except BaseException as error:
            exchange.finish(error)
            raise
        exchange.finish(None)


cdef inline bint _is_there(dict environ, str key) except -1:
    return PyDict_GetItemWithError(environ, key) != NULL


cdef bint _has_plain_context() noexcept:
    """Tell whether there is nothing in the current context but perhaps a span."""
    try:
        return _holds_at_most_a_span(_current_mapping())
    except Exception:
        return False  # what others have broken the Python code deals with


cdef inline bint _sends_anything(dict environ) except -1:
    return _is_there(environ, _TRACEPARENT) or _is_there(environ, _TRACESTATE) or _is_there(environ, _BAGGAGE)


cdef int _record_earlier(Recorder recorder, dict environ, Span span) except -1:
    """Record what was done before the span of a request could exist, as its children."""
    try:
        for spec, began, ended, attributes, error in environ.pop(_EARLIER):
            recorder.record_earlier(span, spec, began, ended, attributes, error)
    except Exception:
        _internal_fault("wsgi.earlier_span")
    return 0


cdef int _ask(object rule, dict environ) except -1:
    """Return what a trust rule grants; see ``_runtime.Runtime.ask``."""
    cdef object groups = environ.get(_GROUPS) or ()
    cdef object user = environ.get(_USER) or environ.get("REMOTE_USER") or None
    try:
        groups = (groups,) if isinstance(groups, str) else tuple(groups)
    except Exception:
        _internal_fault("wsgi.groups")
        groups = ()
    caller = tf_new_named_tuple(<PyTypeObject*>_CallerOfRule, (user, groups, environ.get("REMOTE_ADDR")))
    try:
        granted = rule(caller)
        return granted._value_ if isinstance(granted, Trust) else 0
    except Exception:
        _note_failing_rule(rule)
        return 0


cdef object _route_of(object route, dict environ):
    """Return the route template of a request; see ``wsgi_environ.route_of``."""
    try:
        found = route(environ)
    except Exception:
        _internal_fault("wsgi.route")
        return None
    return found if isinstance(found, str) and found else None


cdef bint _is_complete(object body, dict environ) except -1:
    """Tell whether a body is complete when the application returns it; see ``wsgi_exchange.is_complete``."""
    try:
        if hasattr(body, "__len__"):
            return True
        file_wrapper = environ.get("wsgi.file_wrapper")
        return isinstance(file_wrapper, type) and isinstance(body, file_wrapper)
    except Exception:
        return False  # a body that objects to the question, such as a proxy for what is not there yet


cdef int _forget_stranger(dict environ) except -1:
    if _is_there(environ, _TRACEPARENT):
        del environ[_TRACEPARENT]
    if _is_there(environ, _TRACESTATE):
        del environ[_TRACESTATE]
    if _is_there(environ, _BAGGAGE):
        del environ[_BAGGAGE]
    return 0


cdef int _status_in(object status) except -1:
    cdef const uint8_t* text
    if PyUnicode_CheckExact(status) and PyUnicode_IS_COMPACT_ASCII(status) and PyUnicode_GET_LENGTH(status) >= 3:
        text = <const uint8_t*>PyUnicode_DATA(status)
        if c"0" <= text[0] <= c"9" and c"0" <= text[1] <= c"9" and c"0" <= text[2] <= c"9":
            return (text[0] - c"0") * 100 + (text[1] - c"0") * 10 + (text[2] - c"0")
    return int(status[:3])
