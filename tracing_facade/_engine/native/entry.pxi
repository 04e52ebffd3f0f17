# What the facade's public functions do first; where it is not enough, the Python functions do all of it.

@cython.binding(True)
def start_span(span, attributes=None, *, links=()):
    """See ``tracing_facade.start_span``."""
    # A reference of its own: what an application passes may shut tracing down while it is looked at.
    cdef Recorder recorder = _recorder
    if recorder is not None:
        try:
            if _admits is not None and not _admits(span):
                return _quiet_below(_current_mapping())
            return recorder.begin(recorder.shape_of(span), attributes, links, _current_mapping())
        except Exception:
            _internal_fault("start_span")
            # Not the current span itself: leaving it with the block would end it.
            return _quiet_here()
    if _is_off:
        return _quiet_here()
    return _start_span_in_python(span, attributes, links=links)


cdef PassiveSpan _quiet_here():
    """Return what stands below the current span, or for none where others have broken the current context."""
    try:
        return _quiet_below(_current_mapping())
    except Exception:
        _internal_fault("current_context")
        return _NO_SPAN


cdef PassiveSpan _quiet_below(object mapping):
    """Return what stands for a span that is not recorded: it has the identity of the current one."""
    cdef object above = _value_in(mapping, _span_key)
    if above is None:
        return _NO_SPAN
    if type(above) is Span:
        return _passive((<Span>above)._trace, (<Span>above).number)
    return _as_passive(above).below()


@cython.binding(True)
def inject(carrier):
    """See ``tracing_facade.inject``."""
    cdef object mapping, span
    cdef Trace trace
    cdef uint64_t number
    try:
        mapping = _current_mapping()
        span = _value_in(mapping, _span_key)
    except Exception:
        return _inject_in_python(carrier)
    if type(span) is Span:
        trace = (<Span>span)._trace
        number = (<Span>span).number
    elif type(span) is PassiveSpan:
        trace = (<PassiveSpan>span)._trace
        number = (<PassiveSpan>span).number
    elif (span is None or span is _no_span_in_python) and PyDict_CheckExact(carrier) and _holds_at_most_a_span(mapping):
        return  # there is no trace
    else:
        return _inject_in_python(carrier)
    if not PyDict_CheckExact(carrier) or not _holds_at_most_a_span(mapping) or trace.is_none():
        return _inject_in_python(carrier)
    PyDict_SetItem(carrier, "traceparent", _traceparent(trace, number, trace.flags))
    if trace.tracestate:
        PyDict_SetItem(carrier, "tracestate", trace.tracestate)


@cython.binding(True)
def current_span():
    """See ``tracing_facade.current_span``."""
    cdef object span
    try:
        span = _value_in(_current_mapping(), _span_key)
    except Exception:
        return _current_span_in_python()
    if type(span) is Span or type(span) is PassiveSpan or span is _no_span_in_python:
        return span
    return _current_span_in_python()
