# The attempts to send a request with ``requests``; see ``clients.requests_adapter``, whose Python code does what is rare.

cdef Utf8 _URL_FULL = _constant(b"url.full")
cdef Utf8 _RESEND_COUNT = _constant(b"http.request.resend_count")

cdef object _client_spec = None
cdef frozenset _client_methods = frozenset()
cdef object _sent_headers = None
cdef object _target_of = None
cdef object _client_attributes = None
cdef object _show = None
cdef object _class_of_twins = None
cdef object _python_twin_of = None
cdef object _hand_replacement_back = None
cdef object _describe_attempt = None
cdef object _http_adapter = None
cdef object _with_retries_visible = None
cdef object _NOT_GIVEN = object()
cdef frozenset _CONTEXT_HEADERS = frozenset({"traceparent", "tracestate", "baggage"})


def connect_requests(
    client_spec, known_methods, sent_headers, target_of, client_attributes, show, class_of_twins, twin_of,
    hand_replacement_back, describe, http_adapter, with_retries_visible,
):
    """Take over what the Python code of the adapter knows and does in rare cases.

    Args:
        client_spec: returns the span of a request, by its method.
        known_methods: the methods that HTTP knows.
        sent_headers: the class of headers that later changes reach; made of headers and the list of all of them.
        target_of: returns host and port of a URL.
        client_attributes: returns the attributes of an attempt, by method, URL, host, port and number.
        show: puts headers into a list of headers.
        class_of_twins: returns the class of requests that share everything but their headers with one of a class, and the
            slots of such a request.
        twin_of: returns a request that shares everything but its headers with a given one, whatever its class.
        hand_replacement_back: gives a request the headers that an adapter has put in the place of ours.
        describe: says on a span how an attempt ended.
        http_adapter: the class of adapters that retry.
        with_retries_visible: returns the adapter to send through in place of one of these.
    """
    global _client_spec, _client_methods, _sent_headers, _target_of, _client_attributes, _show, _describe_attempt
    global _http_adapter, _with_retries_visible, _class_of_twins, _python_twin_of, _hand_replacement_back
    _client_spec = client_spec
    _client_methods = known_methods
    _sent_headers = sent_headers
    _target_of = target_of
    _client_attributes = client_attributes
    _show = show
    _class_of_twins = class_of_twins
    _python_twin_of = twin_of
    _hand_replacement_back = hand_replacement_back
    _describe_attempt = describe
    _http_adapter = http_adapter
    _with_retries_visible = with_retries_visible


cdef class Sending:
    """What an adapter that traces inherits where there is a native engine."""

    def send(
        self, request, *arguments,
        stream=_NOT_GIVEN, timeout=_NOT_GIVEN, verify=_NOT_GIVEN, cert=_NOT_GIVEN, proxies=_NOT_GIVEN, **options
    ):
        """Send one request, and urllib3's retries of it, each attempt inside a span of its own."""
        cdef Attempts attempts
        cdef bint is_usual = (
            not arguments and not options and stream is not _NOT_GIVEN and verify is not _NOT_GIVEN
            and cert is not _NOT_GIVEN and proxies is not _NOT_GIVEN
        )
        if not is_usual or _recorder is None:
            named = {"stream": stream, "timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
            options.update({name: value for name, value in named.items() if value is not _NOT_GIVEN})
            if _recorder is None:
                return self._send_in_python(request, *arguments, **options)
        attempts = Attempts.__new__(Attempts)
        attempts.prepare(request)
        inner = PyObject_GenericGetAttr(self, "inner")  # past the adapter's own way to find attributes
        if PyObject_TypeCheck(inner, <PyTypeObject*>_http_adapter):
            inner = _with_retries_visible(inner, attempts)
        attempts.begin()
        try:
            if not is_usual:
                response = inner.send(attempts.sent, *arguments, **options)
            # What a session gives, handed on by name, without a dict in between; the timeout only when it was asked.
            elif timeout is _NOT_GIVEN:
                response = inner.send(attempts.sent, stream=stream, verify=verify, cert=cert, proxies=proxies)
            else:
                response = inner.send(
                    attempts.sent, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
                )
        except BaseException as error:
            attempts.end(None, error)
            attempts.hand_back(error)
            raise
        attempts.end(getattr(response, "status_code", None), None)
        attempts.hand_back(response)
        if getattr(response, "connection", None) is inner:
            # requests' digest authentication answers through the response's adapter, and is traced too.
            response.connection = self
        return response


@cython.final
@cython.freelist(16)
cdef class Attempts:
    """The attempts to send one request; at any time at most one is under way.

    What is sent is a twin with headers of its own, since several threads may send the same request.
    """

    cdef readonly object sent
    cdef object request, span
    # What the request and its twin consist of, the content of the twin's headers, and all copies of them.
    cdef dict parts, store
    cdef list headers
    cdef int count

    cdef int prepare(self, object request) except -1:
        cdef object sent, twin
        cdef dict parts
        self.sent = self.request = request
        try:
            self.headers = []
            twin = _twin_of(type(request))
            if twin is None:
                sent = _python_twin_of(request)
                sent.headers = _sent_headers(request.headers, self.headers)
                self.sent = sent
                return 0
            parts = PyObject_GenericGetDict(request, NULL)
            headers = self.copied(parts["headers"])
            sent = tf_new_instance(<PyTypeObject*>twin, _NO_ARGUMENTS)
            PyObject_GenericSetDict(sent, parts, NULL)
            sent.headers = headers
            self.sent = sent
            self.parts = parts
        except Exception:
            _internal_fault("requests")
        return 0

    cdef object copied(self, object headers):
        """Return a copy of headers that later changes reach."""
        store = getattr(headers, "_store", None)
        if not PyDict_Check(store):
            return _sent_headers(headers, self.headers)
        # A plain dict keeps the order too, and is several times as fast as a copy of an OrderedDict.
        self.store = PyDict_Copy(store)
        copy = tf_new_instance(<PyTypeObject*>_sent_headers, _NO_ARGUMENTS)
        copy._store = self.store
        copy._copies = self.headers
        self.headers.append(copy)
        return copy

    cpdef begin(self):
        """Start the span of the next attempt and show its context to the host, if policy allows."""
        try:
            if self.parts is None:
                self.start(self.sent.url, self.sent.method)
            else:
                self.start(self.parts["url"], self.parts["method"])
        except Exception:
            _internal_fault("requests")

    def begin_again(self):
        """Start the span of a retry."""
        self.count += 1
        self.begin()

    cdef int start(self, object url, object method) except -1:
        cdef Url parts
        cdef Url* usual = &parts if _split_url(url, &parts) else NULL
        cdef Recorder recorder = _recorder
        cdef Shape shape = None
        cdef bint is_known = False
        if recorder is None:
            self.span = _quiet_below(_current_mapping())
        else:
            shape = recorder.known_client_shape(method)
            is_known = shape is not None
            if not is_known:
                method = (method or "GET").upper()
                shape = recorder.client_shape(method)
                is_known = recorder.known_client_shape(method) is shape
            self.span = recorder.begin(shape, None, (), _current_mapping())
        if type(self.span) is Span:
            (<Span>self.span).enter()
            self.put_attributes(<Span>self.span, url, method, usual if is_known else NULL)
        else:
            self.span.__enter__()
        if _may_show(url, usual):
            self.show()
        return 0

    cdef int put_attributes(self, Span span, object url, str method, Url* usual) except -1:
        """Say what is asked for; where the URL or the method is unusual, the Python code does."""
        cdef Scratch* scratch
        if usual == NULL or _query_allow or span.recorder.arena is None:
            host, port = _target_of(url)
            span.begin_with(_client_attributes(method, url, host, port, self.count))
            return 0
        scratch = _borrow()
        try:
            _encode_text(scratch, &_METHOD, method)
            _put_url(scratch, &_URL_FULL, usual)
            _put_piece(scratch, &_SERVER_ADDRESS, &usual.host)
            _encode_number(scratch, &_SERVER_PORT, 0x18, usual.port)
            if self.count:
                _encode_number(scratch, &_RESEND_COUNT, 0x18, self.count)
            if not _add_pairs(span, scratch.data, scratch.used):
                _count("attributes_dropped", "too_long")
        finally:
            _give_back(scratch)
        span.is_as_it_came = True
        return 0

    cdef int show(self) except -1:
        cdef object header = None
        cdef dict carrier
        cdef Span span
        if type(self.span) is Span:
            span = self.span
            if not span._trace.tracestate and _holds_at_most_a_span(span.mapping):
                header = _traceparent(span._trace, span.number, span._trace.flags)
        if header is None or self.store is None or len(self.headers) != 1:
            carrier = {}
            inject(carrier)
            if carrier:
                _show(self.headers, carrier)
            return 0
        if _is_there(self.store, "tracestate"):
            del self.store["tracestate"]
        self.store["traceparent"] = ("traceparent", header)
        return 0

    cpdef end(self, status, error):
        """End the span of the attempt under way. Never raises."""
        span, self.span = self.span, None
        if span is None:
            return
        try:
            if type(span) is Span and error is None and type(status) is int and 0 <= status < 400:
                if not (<Span>span).has_ended:
                    _put_status_code(span, status)
            else:
                _describe_attempt(span, status, error)
        except Exception:
            _internal_fault("requests")
        if type(span) is Span:
            (<Span>span).leave()
            (<Span>span).finish(0)
        else:
            span.__exit__(None, None, None)

    cpdef hand_back(self, outcome):
        """Make a response or an error tell of the request that was given, with the headers that the adapter set."""
        if self.sent is self.request:
            return
        try:
            ours = self.headers[0]
            left = self.sent.headers
            if left is not ours:
                _hand_replacement_back(self.request, left, ours._store)
            elif self.parts is None:
                _hand_changes_back(self.request.headers, ours._store)
            else:
                _hand_changes_back(self.parts["headers"], ours._store if self.store is None else self.store)
            # What refers to itself would stay until the next garbage collection.
            PyList_SetSlice(self.headers, 0, PY_SSIZE_T_MAX, NULL)
            if getattr(outcome, "request", None) is self.sent:
                outcome.request = self.request
        except Exception:
            _internal_fault("requests")


# By class of requests, the class of their twins; None where these need more than the shared dict.
cdef dict _twins = {}
cdef Py_ssize_t _MOST_TWINS = 64


cdef object _twin_of(object kind):
    """Return a class of requests that share everything with one of ``kind``, except for headers of their own."""
    cdef PyObject* found = PyDict_GetItemWithError(_twins, kind)
    if found != NULL:
        return <object>found
    twin, slots = _class_of_twins(kind)
    if slots:
        twin = None
    if len(_twins) < _MOST_TWINS:
        _twins[kind] = twin
    return twin


cdef bint _may_show(object url, Url* usual) except -1:
    """Tell whether context may leave for the host of a URL."""
    global _last_origin, _last_verdict
    cdef bint verdict
    if usual == NULL:
        return _may_propagate_to(*_target_of(url))
    if _last_origin is not None and PyBytes_GET_SIZE(_last_origin) == usual.origin.length:
        if memcmp(PyBytes_AS_STRING(_last_origin), usual.origin.text, usual.origin.length) == 0:
            return _last_verdict
    host = (<const char*>usual.host.text)[:usual.host.length].decode("ascii")
    asked = _may_propagate_to
    verdict = asked(host, usual.port)
    if asked is not _may_propagate_to:
        return verdict  # tracing was configured anew meanwhile, and what the old configuration said is not to be kept
    _last_verdict = verdict
    _last_origin = (<const char*>usual.origin.text)[:usual.origin.length]
    return _last_verdict


cdef int _hand_changes_back(object headers, dict sent) except -1:
    """Set what the adapter has set, context aside."""
    cdef object store = getattr(headers, "_store", None)
    cdef bint is_dict = PyDict_Check(store)
    cdef Py_ssize_t position = 0
    cdef Py_ssize_t position_in_store = 0
    cdef PyObject* name
    cdef PyObject* item
    cdef PyObject* name_in_store = NULL
    cdef PyObject* found
    cdef list changed = None
    while PyDict_Next(sent, &position, &name, &item):
        found = NULL
        # The order is the same, so that the next one there is the same one here, unless the adapter has been at it.
        if is_dict and not (PyDict_Next(store, &position_in_store, &name_in_store, &found) and name_in_store == name):
            found = PyDict_GetItemWithError(store, <object>name)
        if found != item and <object>name not in _CONTEXT_HEADERS:
            if changed is None:
                changed = []
            changed.append(<object>item)
    if changed is not None:
        for key, value in changed:
            headers[key] = value
    return 0
