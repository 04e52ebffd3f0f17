# What becomes of a request's trace context; see ``_runtime.Runtime.start_server_span``, which does the rare cases.

cdef enum:
    _JOIN = 1
    _FORCE = 2


cdef bint _may_decide(Recorder recorder, Caller* caller, int granted) noexcept:
    """Tell whether the decision is simple: not for sampling rules, and no trace is forced."""
    if recorder.sampling_rules is not None:
        return False
    if caller == NULL or granted & (_JOIN | _FORCE) != _JOIN | _FORCE or not caller.flags & _SAMPLED:
        return True
    return recorder.always or caller.trace_low < recorder.bound


cdef object _server_span(Recorder recorder, Shape shape, Caller* caller, int granted, uint64_t started):
    """Start the span of a request below its caller, or as a new trace with a link to him.

    Args:
        caller: what he sent; NULL for nothing.
        granted: what the trust rule answered.
        started: when the request came in; 0 for now.
    """
    cdef Trace trace
    cdef Span span
    cdef bint joined = caller != NULL and granted & _JOIN
    cdef uint8_t flags
    if joined:
        flags = caller.flags & _RANDOM
        if caller.flags & _SAMPLED and (recorder.always or caller.trace_low < recorder.bound):
            flags |= _SAMPLED
        trace = _trace(caller.trace_high, caller.trace_low, flags, "")
    else:
        trace = recorder.sampled_trace(None)
    if not trace.is_sampled() and shape.limit is None:
        return _unsampled_root(trace)
    span = recorder.new_span(shape, trace, None)
    if joined:
        span.has_parent = span._parent_is_remote = True
        span.parent_number = caller.number
    recorder.complete(span, None, (), started)
    if caller != NULL and not joined:
        span.add_links((_link_to(caller),))
    return span


cdef PassiveSpan _unsampled_root(Trace trace):
    # The parent id stands for the current operation, recorded or not (W3C Trace Context, processing model).
    cdef PassiveSpan root = _passive(trace, _new_span_id())
    root.is_root = True
    return root


cdef object _link_to(Caller* caller):
    return Link(_trace_hex(caller.trace_high, caller.trace_low), _span_hex(caller.number), "", caller.flags)


cdef object _mapping_from_elsewhere(object mapping, object span):
    """Return the current mapping with this span and without what else came from another process."""
    if _mapping_type != NULL and _holds_at_most_a_span(mapping):
        return _mapping_with(mapping, span)
    return context.from_elsewhere(span, {})
