# The attempts to send a request with ``requests``; see ``clients.requests_adapter``, whose Python code does what is rare.

cdef Utf8 _URL_FULL = _constant(b"url.full")
cdef Utf8 _RESEND_COUNT = _constant(b"http.request.resend_count")

cdef Py_ssize_t _MOST_ORIGINS = 1024

cdef object _client_spec = None
cdef object _client_methods = None
cdef object _sent_headers = None
cdef object _target_of = None
cdef object _client_attributes = None
cdef object _show = None
cdef object _describe_attempt = None
cdef object _with_retries_visible = None
cdef object _send_again_through = None
cdef frozenset _CONTEXT_HEADERS = frozenset({"traceparent", "tracestate", "baggage"})


def connect_requests(
    client_spec, known_methods, sent_headers, target_of, client_attributes, show, describe,
    with_retries_visible, send_again_through,
):
    """Take over what the Python code of the adapter knows and does in rare cases.

    Args:
        client_spec: returns the span of a request, by its method.
        known_methods: the methods that HTTP knows.
        sent_headers: the class of headers that later changes reach; made of headers and the list of all of them.
        target_of: returns host and port of a URL.
        client_attributes: returns the attributes of an attempt, by method, URL, host, port and number.
        show: puts headers into a list of headers.
        describe: says on a span how an attempt ended.
        with_retries_visible: returns the adapter to send through.
        send_again_through: lets what the response sends be traced too.
    """
    global _client_spec, _client_methods, _sent_headers, _target_of, _client_attributes, _show, _describe_attempt
    global _with_retries_visible, _send_again_through
    _client_spec = client_spec
    _client_methods = known_methods
    _sent_headers = sent_headers
    _target_of = target_of
    _client_attributes = client_attributes
    _show = show
    _describe_attempt = describe
    _with_retries_visible = with_retries_visible
    _send_again_through = send_again_through


cdef class Sending:
    """What an adapter that traces inherits where there is a native engine."""

    def send(self, request, *arguments, **options):
        """Send one request, and urllib3's retries of it, each attempt inside a span of its own."""
        cdef Attempts attempts
        if _recorder is None:
            return self._send_in_python(request, *arguments, **options)
        attempts = Attempts.__new__(Attempts)
        attempts.prepare(request)
        inner = _with_retries_visible(self.inner, attempts)
        attempts.begin()
        try:
            response = inner.send(attempts.sent, *arguments, **options)
        except BaseException as error:
            attempts.end(None, error)
            attempts.hand_back(error)
            raise
        attempts.end(getattr(response, "status_code", None), None)
        attempts.hand_back(response)
        _send_again_through(self, inner, response)
        return response


@cython.final
@cython.freelist(16)
cdef class Attempts:
    """The attempts to send one request; at any time at most one is under way.

    What is sent is a copy, since several threads may send the same request.
    """

    cdef readonly object sent
    cdef object request, span
    cdef list headers
    cdef int count

    cdef int prepare(self, object request) except -1:
        self.sent = self.request = request
        self.headers = []
        try:
            self.sent = _copied(request, self.headers)
        except Exception:
            _internal_fault("requests")
        return 0

    cpdef begin(self):
        """Start the span of the next attempt and show its context to the host, if policy allows."""
        try:
            self.start()
        except Exception:
            _internal_fault("requests")

    def begin_again(self):
        """Start the span of a retry."""
        self.count += 1
        self.begin()

    cdef int start(self) except -1:
        cdef Url url
        cdef bint is_usual = _split_url(self.sent.url, &url)
        method = (self.sent.method or "GET").upper()
        if _recorder is None:
            self.span = _quiet_below(_current_mapping())
        else:
            self.span = _recorder.begin(_recorder.client_shape(method), None, (), _current_mapping())
        self.span.__enter__()
        if type(self.span) is Span:
            self.put_attributes(<Span>self.span, method, &url if is_usual else NULL)
        if self.may_show(&url if is_usual else NULL):
            self.show()
        return 0

    cdef int put_attributes(self, Span span, str method, Url* url) except -1:
        cdef Scratch* scratch
        if url == NULL or _query_allow or method not in _client_methods or span.recorder.arena is None:
            host, port = _target_of(self.sent.url)
            span.begin_with(_client_attributes(method, self.sent.url, host, port, self.count))
            return 0
        scratch = _borrow()
        try:
            _encode_text(scratch, &_METHOD, method)
            _put_url(scratch, &_URL_FULL, url)
            _put_piece(scratch, &_SERVER_ADDRESS, &url.host)
            _encode_number(scratch, &_SERVER_PORT, 0x18, url.port)
            if self.count:
                _encode_number(scratch, &_RESEND_COUNT, 0x18, self.count)
            if not span.keep(scratch):
                _count("attributes_dropped", "too_long")
        finally:
            _give_back(scratch)
        return 0

    cdef bint may_show(self, Url* url) except -1:
        cdef PyObject* found
        if url == NULL:
            return _may_propagate_to(*_target_of(self.sent.url))
        origin = (<const char*>url.origin.text)[:url.origin.length]
        found = PyDict_GetItemWithError(_origins, origin)
        if found != NULL:
            return <object>found is True
        allowed = _may_propagate_to((<const char*>url.host.text)[:url.host.length].decode("ascii"), url.port)
        if len(_origins) < _MOST_ORIGINS:
            _origins[origin] = bool(allowed)
        return allowed

    cdef int show(self) except -1:
        cdef object header = None
        cdef dict carrier
        cdef Trace trace
        if type(self.span) is Span and _holds_at_most_a_span((<Span>self.span).mapping):
            trace = (<Span>self.span)._trace
            if not trace.tracestate:
                header = _traceparent(trace, (<Span>self.span).number, trace.flags)
        if header is None:
            carrier = {}
            inject(carrier)
            if carrier:
                _show(self.headers, carrier)
            return 0
        for headers in self.headers:
            store = headers._store
            store.pop("tracestate", None)
            store["traceparent"] = ("traceparent", header)
        return 0

    cpdef end(self, status, error):
        """End the span of the attempt under way. Never raises."""
        span, self.span = self.span, None
        if span is None:
            return
        try:
            if type(span) is Span and error is None and type(status) is int and status < 400:
                (<Span>span).set_attribute("http.response.status_code", status)
            else:
                _describe_attempt(span, status, error)
        except Exception:
            _internal_fault("requests")
        span.__exit__(None, None, None)

    cpdef hand_back(self, outcome):
        """Make a response or an error tell of the request that was given, with what the adapter changed in it."""
        if self.sent is self.request:
            return
        try:
            _hand_back(self.request, self.sent)
            _hand_headers_back(self.request.headers, self.headers[0]._store)
            # What refers to itself would stay until the next garbage collection.
            self.headers.clear()
            if getattr(outcome, "request", None) is self.sent:
                outcome.request = self.request
        except Exception:
            _internal_fault("requests")


cdef object _copied(object request, list copies):
    """Return a copy of a request with headers of its own."""
    cdef dict values = PyDict_Copy(request.__dict__)
    sent = tf_new_instance(Py_TYPE(request), _NO_ARGUMENTS)
    values["headers"] = _copied_headers(request.headers, copies)
    sent.__dict__ = values
    return sent


cdef object _copied_headers(object headers, list copies):
    store = getattr(headers, "_store", None)
    if not PyDict_Check(store):
        return _sent_headers(headers, copies)
    copied = tf_new_instance(<PyTypeObject*>_sent_headers, _NO_ARGUMENTS)
    # A plain dict keeps the order too, and is several times as fast as a copy of an OrderedDict.
    copied.__dict__ = {"_store": PyDict_Copy(store), "_copies": copies}
    copies.append(copied)
    return copied


cdef int _hand_back(object request, object sent) except -1:
    cdef dict given = request.__dict__
    cdef PyObject* found
    for name, value in (<dict>sent.__dict__).items():
        if name != "headers":
            found = PyDict_GetItemWithError(given, name)
            if found != <PyObject*>value:
                given[name] = value
    return 0


cdef int _hand_headers_back(object headers, object sent) except -1:
    cdef object store = getattr(headers, "_store", {})
    for name, item in sent.items():
        if store.get(name) is not item and name not in _CONTEXT_HEADERS:
            headers[item[0]] = item[1]
    return 0
