# Decides what a new span is: recorded, watched for slowness only, or passive; and who its parent is.
#
# ``recorder.Recorder`` says the same in Python.

cdef str _OWN_SCOPE = "tracing_facade"
cdef str _LINK_KEY = context.LINK_KEY
# The type of declarations; None until a recorder needs it, since it takes longer to load than this engine.
cdef object SpanSpec = None


@cython.final
cdef class Recorder:
    """Starts spans while tracing is on.

    Args:
        sink: where finished spans of sampled traces go: an ``Arena``, or what is called with each of them.
        bound: the sampler's; a new trace whose lower 64 bits are below it is recorded.
        slow_after: seconds by span name; goes before what a declaration says.
        rules: sampling rules that go before the sampler.
        most_spans: that one trace may have in this process.
        started: called with every span that records, for tests.
    """

    cdef Arena arena
    cdef object sink, sampling_rules, started
    cdef uint64_t bound
    cdef bint always
    cdef Py_ssize_t most_spans
    cdef dict slow_after, shapes, server_shapes, client_shapes

    def __init__(self, sink, bound, slow_after=None, rules=None, most_spans=10_000, started=None):
        global SpanSpec
        if SpanSpec is None:
            from tracing_facade.registry import SpanSpec
        if type(sink) is Arena:
            self.arena = sink
        self.sink = sink
        self.always = bound >= 1 << 64
        self.bound = 0 if self.always else bound
        self.slow_after = dict(slow_after or {})
        self.sampling_rules = rules
        self.most_spans = most_spans
        self.started = started
        self.shapes = {}
        self.server_shapes = {}
        self.client_shapes = {}

    def start(self, spec, attributes=None, links=()):
        """Start a span below the current one, or a new trace when there is none."""
        return self.begin(self.shape_of(spec), attributes, links, _current_mapping())

    cdef object begin(self, Shape shape, object attributes, object links, object mapping):
        cdef object above = _value_in(mapping, _span_key)
        cdef PassiveSpan quiet
        cdef Span span
        if type(above) is Span:
            return self.begin_below(<Span>above, shape, attributes, links)
        if above is None:
            return self.begin_trace(shape, attributes, links, mapping)
        quiet = _as_passive(above)
        if quiet._trace.is_none():
            return self.begin_trace(shape, attributes, links, mapping)
        if not quiet._trace.is_sampled() and shape.limit is None:
            return quiet.below()
        span = self.new_span(shape, quiet._trace, quiet)
        span._parent_is_remote = quiet.is_remote
        return self.complete(span, attributes, links, 0)

    cdef object begin_below(self, Span above, Shape shape, object attributes, object links):
        cdef Span span
        if above._trace.spans >= self.most_spans:
            _count("spans_refused", "trace_too_large")
            return _passive(above._trace, above.number)
        span = self.new_span(shape, above._trace, above)
        span.watched_with(above)
        return self.complete(span, attributes, links, 0)

    cdef object begin_trace(self, Shape shape, object attributes, object links, object mapping):
        cdef Trace trace = self.sampled_trace(None if self.sampling_rules is None else Origin(shape.name))
        if not trace.is_sampled() and shape.limit is None:
            return _unsampled_root(trace)
        stranger = _value_in(mapping, _LINK_KEY)
        if stranger is not None:
            links = (*links, stranger)
        return self.complete(self.new_span(shape, trace, None), attributes, links, 0)

    cdef Trace sampled_trace(self, object origin):
        cdef uint64_t high, low
        cdef bint sampled
        global _traces_sampled, _traces_not_sampled
        _new_trace_id(&high, &low)
        if origin is None or self.sampling_rules is None:
            sampled = self.always or low < self.bound
        else:
            sampled = self.sampling_rules.samples(_trace_hex(high, low), origin)
        if sampled:
            _traces_sampled += 1
            return _trace(high, low, _RANDOM | _SAMPLED, "")
        _traces_not_sampled += 1
        return _trace(high, low, _RANDOM, "")

    cdef inline Span new_span(self, Shape shape, Trace trace, object parent):
        cdef Span span = Span.__new__(Span)
        trace.spans += 1
        span._trace = trace
        span.shape = shape
        span.recorder = self
        span.number = _new_span_id()
        if parent is not None:
            span.has_parent = True
            span.parent_number = (<Span>parent).number if type(parent) is Span else (<PassiveSpan>parent).number
        return span

    cdef Span complete(self, Span span, object attributes, object links, uint64_t started):
        global _spans_started, _spans_sampled
        if attributes:
            span.put_first(attributes)
        span.started = started or _now()
        if span.shape.limit is not None:
            span.watch_here = _watch(span.started, span.shape)
        if links:
            span.add_links(links)
        _spans_started += 1
        _spans_sampled += span._trace.is_sampled()
        if self.started is not None:
            self.started(span)
        return span

    cdef int take(self, Span span) except -1:
        """Take a finished span of a sampled trace."""
        cdef Scratch* scratch
        cdef size_t begin = 0
        if self.arena is None:
            self.sink(span)
            return 0
        scratch = _borrow()
        try:
            if self.encodes(scratch, span, &begin) and scratch.used <= _LONGEST_ENCODED:
                self.arena.push_encoded(span.shape, scratch.data + begin, scratch.used - begin)
            else:
                self.arena.push_object(span, scratch.used)
        finally:
            _give_back(scratch)
        return 0

    cdef bint encodes(self, Scratch* scratch, Span span, size_t* begin) noexcept:
        try:
            return _encode(scratch, span, begin)
        except Exception:
            return False  # what the Python code makes of it is what counts

    cdef Shape shape_of(self, object spec):
        cdef PyObject* found
        if PyUnicode_CheckExact(spec) or type(spec) is SpanSpec:
            found = PyDict_GetItemWithError(self.shapes, spec)
            if found != NULL:
                return <Shape>found
        return self.new_shape(spec)

    cdef Shape new_shape(self, object spec):
        cdef Shape shape
        if isinstance(spec, str):
            shape = _shape(_as_text(spec), 1, self.slow_after.get(spec), _OWN_SCOPE)
        else:
            limit = self.slow_after.get(spec.name, spec.slow_after)
            shape = _shape(_as_text(spec.name), spec.kind, limit, _OWN_SCOPE)
        if len(self.shapes) < _MOST_SHAPES and (type(spec) is str or type(spec) is SpanSpec):
            self.shapes[spec] = shape
        return shape

    cdef Shape server_shape(self, str method, object route):
        """Return the shape of the span of a request; strangers choose the method, so only known ones are kept."""
        cdef Shape shape
        cdef PyObject* found
        cdef object key = method if route is None else (method, route)
        found = PyDict_GetItemWithError(self.server_shapes, key)
        if found != NULL:
            return <Shape>found
        shape = self.shape_of(_server_spec(method, route))
        if method in _known_methods and len(self.server_shapes) < _MOST_SHAPES:
            self.server_shapes[key] = shape
        return shape

    cdef inline Shape known_client_shape(self, object method):
        """Return the shape of the span of an outgoing request, if there was one with this method; there are a dozen."""
        cdef PyObject* found
        if not PyUnicode_CheckExact(method):
            return None
        found = PyDict_GetItemWithError(self.client_shapes, method)
        return None if found == NULL else <Shape>found

    cdef Shape client_shape(self, str method):
        """Return the shape of the span of an outgoing request."""
        cdef Shape shape = self.known_client_shape(method)
        if shape is not None:
            return shape
        shape = self.shape_of(_client_spec(method))
        if method in _client_methods:
            self.client_shapes[method] = shape
        return shape

    # The same for the Python code of adapters

    def new_trace(self, origin=None):
        """Begin a trace of our own; the sampler decides about it from its id alone, unless there are rules."""
        return self.sampled_trace(origin)

    def start_below(self, parent, trace, spec, attributes, links, start_ns):
        """Start the first span of a request, in ``trace`` and below the caller's span ``parent`` if it may join."""
        cdef Shape shape = self.shape_of(spec)
        cdef Trace joined = _as_trace(trace)
        cdef Span span
        if not joined.is_sampled() and shape.limit is None:
            return _unsampled_root(joined)
        span = self.new_span(shape, joined, None)
        if parent is not None:
            span.has_parent = span._parent_is_remote = True
            _parse_span_id(parent.span_id, &span.parent_number)
        return self.complete(span, attributes, links, 0 if start_ns is None else _instant(start_ns))

    def record_finished(self, parent, spec, start_ns, end_ns, attributes, error):
        """Record a child whose work was done before its parent could exist."""
        if type(parent) is Span:
            self.record_earlier(parent, spec, start_ns, end_ns, attributes, error)

    cdef int record_earlier(
        self, Span above, object spec, object start_ns, object end_ns, object attributes, object error
    ) except -1:
        cdef Span span = self.new_span(self.shape_of(spec), above._trace, above)
        span.watched_with(above)
        self.complete(span, attributes, (), _instant(start_ns))
        if error is not None:
            span.record_error(error)
        span.finish(_instant(end_ns))
        return 0
