# What the facade tells the engine: who does what is rare, and what is configured at present.

cdef object _start_span_in_python = None
cdef object _current_span_in_python = None
cdef object _inject_in_python = None
cdef object _internal_fault = None

cdef Recorder _recorder = None
cdef bint _is_off = False
cdef object _admits = None
cdef object _trust_rule = None
cdef object _query_allow = ()
cdef object _note_stranger = None
cdef object _may_propagate_to = None

# Scheme, host and port of the last outgoing request, and whether context may go there.
cdef bytes _last_origin = None
cdef bint _last_verdict = False

cdef object _trust_nobody = trust_nobody
cdef object _trust_everyone = trust_everyone


def connect(start_span_in_python, current_span_in_python, inject_in_python, internal_fault):
    """Say which functions stand in where the native ones do not apply, and who counts faults."""
    global _start_span_in_python, _current_span_in_python, _inject_in_python, _internal_fault
    _start_span_in_python = start_span_in_python
    _current_span_in_python = current_span_in_python
    _inject_in_python = inject_in_python
    _internal_fault = internal_fault


def use(recorder, admits, trust_rule, query_allow, note_stranger, may_propagate_to):
    """Trace like this from now on.

    Args:
        recorder: starts spans; None when tracing is off, and one that is not ours leaves everything to the Python code.
        admits: tells whether the policy admits a span; None when it admits all.
        trust_rule: who may continue a trace here.
        query_allow: query parameters whose values may be recorded.
        note_stranger: called when a caller sent trace context and is not trusted.
        may_propagate_to: tells whether context may leave for a host and port.
    """
    global _recorder, _is_off, _admits, _trust_rule, _query_allow, _note_stranger, _may_propagate_to, _last_origin
    _recorder = recorder if type(recorder) is Recorder else None
    _is_off = recorder is None
    _admits = admits
    _trust_rule = trust_rule
    _query_allow = query_allow
    _note_stranger = note_stranger
    _may_propagate_to = may_propagate_to
    _last_origin = None
