# What all spans of one trace share; see ``trace``.

cdef enum:
    _SAMPLED = 1
    _RANDOM = 2


@cython.final
@cython.no_gc
@cython.freelist(32)
cdef class Trace:
    """One trace as this process sees it: its id, its flags and the vendor state it came with."""

    cdef uint64_t high, low
    cdef readonly uint8_t flags
    cdef public Py_ssize_t spans
    cdef readonly str tracestate

    @property
    def trace_id(self):
        """32 lower-case hexadecimal digits."""
        return _trace_hex(self.high, self.low)

    @property
    def sampled(self):
        """Whether it is recorded."""
        return self.flags & _SAMPLED

    cdef inline bint is_sampled(self) noexcept:
        return self.flags & _SAMPLED

    cdef inline bint is_none(self) noexcept:
        return self.high == 0 and self.low == 0


cdef Trace _trace(uint64_t high, uint64_t low, uint8_t flags, str tracestate):
    cdef Trace trace = Trace.__new__(Trace)
    trace.high = high
    trace.low = low
    trace.flags = flags
    trace.tracestate = tracestate
    return trace


cdef Trace _as_trace(object trace):
    """Return a trace of the pure engine as one of ours."""
    cdef uint64_t high, low
    if type(trace) is Trace:
        return trace
    _parse_trace_id(trace.trace_id, &high, &low)
    return _trace(high, low, trace.flags, str(trace.tracestate))
