# Where the context goes when a span is left.


cdef object _still_entered(object mapping):
    """Return the mapping to restore: past those whose span was left elsewhere."""
    cdef object span
    while True:
        if PyDict_Check(mapping) and PyDict_Size(mapping) == 0:
            return mapping
        span = _value_in(mapping, _span_key)
        if span is None or type(span) is PassiveSpan:
            return mapping
        if type(span) is Span:
            if not (<Span>span)._exited_elsewhere_:
                return mapping
        elif not getattr(span, "_exited_elsewhere", False):
            return mapping
        mapping = span._previous
