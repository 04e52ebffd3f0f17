# Spans that record nothing; see ``passive``, whose three classes are one here.


@cython.final
@cython.freelist(32)
cdef class PassiveSpan:
    """A span that is not recorded: it only carries the identity that outgoing requests must show."""

    cdef uint64_t number
    cdef Trace _trace
    # The caller's span in another process.
    cdef bint is_remote
    # The first of its trace: entering it makes it current, so that children stay unsampled too.
    cdef bint is_root
    cdef object mapping, previous, token
    cdef PassiveSpan child
    cdef object __weakref__

    @property
    def trace_id(self):
        """32 lower-case hexadecimal digits."""
        return self._trace.trace_id

    @property
    def span_id(self):
        """16 lower-case hexadecimal digits."""
        return _span_hex(self.number)

    @property
    def flags(self):
        """The W3C trace flags of the trace."""
        return self._trace.flags

    @property
    def tracestate(self):
        """The W3C tracestate of the trace, as a header value."""
        return self._trace.tracestate

    @property
    def trace(self):
        """What the spans of one trace share."""
        return self._trace

    def is_recording(self):
        """Return False: nothing that is set here reaches anybody."""
        return False

    def set_attribute(self, key, value):
        """Do nothing."""

    def begin_with(self, attributes):
        """Do nothing."""

    def set_attributes(self, attributes):
        """Do nothing."""

    def add_event(self, event, attributes=None, timestamp=None):
        """Do nothing."""

    def record_error(self, exception):
        """Do nothing."""

    def set_status(self, ok, description=""):
        """Do nothing."""

    def update_name(self, name):
        """Do nothing."""

    def add_link(self, span_context, attributes=None):
        """Do nothing."""

    def record_exception(self, exception, *_ignored, **_more):
        """Do nothing."""

    def end(self, end_time=None):
        """Do nothing."""

    def get_span_context(self):
        """Return the identity of this span as OpenTelemetry's ``SpanContext``."""
        make = context.home.foreign_span_context
        return None if make is None else make(self.trace, self.span_id)

    def activate(self):
        """Make the first span of a trace current until ``deactivate``; others stand for what is current already."""
        if not self.is_root:
            return
        self.previous = _current_mapping()
        if self.mapping is None:
            self.mapping = _mapping_with(self.previous, self)
        _make_current(self.mapping)

    def deactivate(self):
        """Restore what was current before ``activate``."""
        if self.is_root:
            _make_current(self.previous)

    def __enter__(self):
        if self.is_root and self.mapping is None:  # entered already otherwise; see ``span.RecordedSpan``
            self.previous = _current_mapping()
            self.mapping = _mapping_with(self.previous, self)
            self.token = _make_current_for_now(self.mapping)
        return self

    def __exit__(self, kind, error, traceback):
        if self.mapping is not None and _is_current(self.mapping):
            _restore(self.token, self.previous)
            # The mapping holds this span: what refers to itself would stay until the next garbage collection.
            self.previous = self.token = None
            mapping, self.mapping = self.mapping, None
            _reuse(mapping)

    cdef PassiveSpan below(self):
        """Return what stands for a child: it has this identity, and entering it changes nothing."""
        if not self.is_root:
            return self
        if self.child is None:
            self.child = _passive(self._trace, self.number)
        return self.child


cdef PassiveSpan _passive(Trace trace, uint64_t number):
    cdef PassiveSpan span = PassiveSpan.__new__(PassiveSpan)
    span._trace = trace
    span.number = number
    return span


# What the Python code makes current for a request while tracing is off.
cdef object _no_span_in_python = passive.NO_SPAN

cdef PassiveSpan _NO_SPAN = _passive(_trace(0, 0, 0, ""), 0)


cdef PassiveSpan _as_passive(object span):
    """Return any span that does not record for this engine as one of its own."""
    cdef uint64_t number
    cdef PassiveSpan twin
    if type(span) is PassiveSpan:
        return span
    if span is _no_span_in_python:
        return _NO_SPAN
    span = adopt_foreign(span)
    _parse_span_id(span.span_id, &number)
    twin = _passive(_as_trace(span.trace), number)
    twin.is_remote = isinstance(span, passive.RemoteSpan)
    return twin
