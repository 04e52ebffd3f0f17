# Where the context goes when a span is left.


cdef object _still_entered(object mapping):
    """Return the mapping to restore: past those whose span was left elsewhere.

    A span that was left twice leads nowhere, and spans that were entered again lead in a circle; then nothing is
    current.
    """
    cdef object span
    cdef object passed = mapping
    cdef Py_ssize_t steps = 0
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
        if mapping is None or mapping is passed:
            return _new_mapping({})
        steps += 1
        if steps & (steps - 1) == 0:
            passed = mapping  # every circle is found once the steps from one of these to the next are more than its own
