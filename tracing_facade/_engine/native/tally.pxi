# Counts of what happens too often for a lock.

cdef uint64_t _traces_sampled = 0
cdef uint64_t _traces_not_sampled = 0
cdef uint64_t _spans_started = 0
cdef uint64_t _spans_sampled = 0
cdef uint64_t _spans_ended = 0
cdef uint64_t _dropped_queue_full = 0
cdef uint64_t _dropped_queue_bytes = 0
cdef uint64_t _dropped_shutdown = 0


@cython.final
cdef class Tally:
    """One number that ``selfmetrics`` reads and, in a forked child, sets back."""

    cdef uint64_t* number

    def total(self):
        """Return the number."""
        return self.number[0]

    def reset(self):
        """Start again at zero."""
        self.number[0] = 0


cdef int _publish(str name, str reason, uint64_t* number) except -1:
    cdef Tally tally = Tally()
    tally.number = number
    selfmetrics.COUNTERS.adopt(name, reason, tally)
    return 0


_publish("traces_started", "sampled", &_traces_sampled)
_publish("traces_started", "not_sampled", &_traces_not_sampled)
_publish("spans_started", "", &_spans_started)
_publish("spans_sampled", "", &_spans_sampled)
_publish("spans_ended", "", &_spans_ended)
_publish("spans_dropped", "queue_full", &_dropped_queue_full)
_publish("spans_dropped", "queue_bytes", &_dropped_queue_bytes)
_publish("spans_dropped", "shutdown", &_dropped_shutdown)


cdef int _count(str name, str reason, Py_ssize_t amount=1) except -1:
    """Count something rare."""
    selfmetrics.COUNTERS.add(name, reason, amount)
    return 0
