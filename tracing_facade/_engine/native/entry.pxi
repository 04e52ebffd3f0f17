# What the facade's public functions do first; where it is not enough, the Python functions do all of it.

cdef Recorder _recorder = None
cdef bint _is_off = False
cdef object _admits = None
cdef object _start_span_in_python = None
cdef object _current_span_in_python = None
cdef object _internal_fault = None


def connect(start_span_in_python, current_span_in_python, internal_fault):
    """Say which functions stand in where the native ones do not apply, and who counts faults."""
    global _start_span_in_python, _current_span_in_python, _internal_fault
    _start_span_in_python = start_span_in_python
    _current_span_in_python = current_span_in_python
    _internal_fault = internal_fault


def use(recorder, bint is_off, admits=None):
    """Start spans with this recorder from now on.

    Args:
        recorder: one that is not ours leaves everything to the Python code.
        is_off: whether tracing is off.
        admits: tells whether the policy admits a span; None when it admits all.
    """
    global _recorder, _is_off, _admits
    _recorder = recorder if type(recorder) is Recorder else None
    _is_off = is_off
    _admits = admits


@cython.binding(True)
def start_span(span, attributes=None, *, links=()):
    """See ``tracing_facade.start_span``."""
    if _recorder is not None:
        try:
            if _admits is not None and not _admits(span):
                return _quiet_below(_current_mapping())
            return _recorder.begin(_recorder.shape_of(span), attributes, links, _current_mapping())
        except Exception:
            _internal_fault("start_span")
            return _current_span_in_python()
    if _is_off:
        return _quiet_below(_current_mapping())
    return _start_span_in_python(span, attributes, links=links)


cdef PassiveSpan _quiet_below(object mapping):
    """Return what stands for a span that is not recorded: it has the identity of the current one."""
    cdef object above = _value_in(mapping, _span_key)
    if above is None:
        return _NO_SPAN
    if type(above) is Span:
        return _passive((<Span>above)._trace, (<Span>above).number)
    return _as_passive(above).below()


@cython.binding(True)
def current_span():
    """See ``tracing_facade.current_span``."""
    cdef object span = _value_in(_current_mapping(), _span_key)
    if type(span) is Span or type(span) is PassiveSpan:
        return span
    return _current_span_in_python()
