# Work before the span of its request can exist; see ``servers.wsgi.earlier_span``.


@cython.final
@cython.freelist(8)
cdef class EarlierSpan:
    """Times such work, and leaves in the environment what ``Recorder.record_finished`` wants of it.

    Args:
        environ: the WSGI environment of the request.
        spec: the span to record.
    """

    cdef object environ, spec
    cdef dict attributes
    cdef uint64_t started

    def __init__(self, environ, spec):
        self.environ = environ
        self.spec = spec

    def __enter__(self):
        self.attributes = {}
        self.started = _now()
        return self.attributes

    def __exit__(self, kind, error, traceback):
        try:
            self.leave(error)
        except Exception:
            _internal_fault("wsgi.earlier_span")

    cdef int leave(self, object error) except -1:
        cdef object earlier = (
            self.spec,
            PyLong_FromUnsignedLongLong(self.started),
            PyLong_FromUnsignedLongLong(_now()),
            self.attributes,
            error if isinstance(error, Exception) else None,
        )
        found = self.environ.get(_EARLIER)
        if found is None:
            self.environ[_EARLIER] = [earlier]
        else:
            found.append(earlier)
        return 0
