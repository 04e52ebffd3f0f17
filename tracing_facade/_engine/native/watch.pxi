# Watches a span that has a limit on its duration, and writes nothing down that costs time unless it was too slow.

cdef enum:
    _MOST_STEPS = 64


@cython.final
@cython.freelist(16)
cdef class Watch:
    """Collects the steps of one span; ``slow.SlowWatch`` reports them."""

    cdef uint64_t started
    cdef int64_t limit
    cdef double seconds
    # Name, time and duration of each.
    cdef list steps
    cdef Py_ssize_t left_out

    cdef int add(self, object name, object at, object duration) except -1:
        """Note one step: an event, or an inner span that has ended."""
        if not PyLong_CheckExact(at):
            at - self.started  # an application passes what it likes; what is no time is an error now, not at the end
        if self.steps is None:
            self.steps = []
        if len(self.steps) < _MOST_STEPS:
            self.steps.append((name, at, duration))
        else:
            self.left_out += 1
        return 0

    cdef int add_span(self, Span span) except -1:
        self.add(
            span.shape.name,
            PyLong_FromUnsignedLongLong(span.started),
            PyLong_FromUnsignedLongLong(span.ended - span.started),
        )
        return 0

    cdef int finish(self, Span span) except -1:
        """Report the span if it was too slow."""
        cdef uint64_t took = span.ended - span.started
        if took <= <uint64_t>self.limit:
            return 0
        slow = SlowWatch(self.started, self.seconds)
        for name, at, duration in self.steps or ():
            slow.add(name, at, duration)
        slow.left_out = self.left_out
        slow.finish(span.shape.name, span.trace_id, _span_hex(span.number), PyLong_FromUnsignedLongLong(took))
        return 0


cdef Watch _watch(uint64_t started, Shape shape):
    cdef Watch watch = Watch.__new__(Watch)
    watch.started = started
    watch.limit = shape.limit_ns
    watch.seconds = shape.limit
    return watch
