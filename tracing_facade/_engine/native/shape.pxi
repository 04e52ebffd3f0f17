# What all spans of one declaration have in common, worked out once.


@cython.final
cdef class Shape:
    """Name, kind and scope of spans, with name and kind encoded, and what the policy says about them."""

    cdef str name, scope
    cdef int kind
    # Seconds after which such a span is slow; None for never.
    cdef object limit
    cdef int64_t limit_ns
    # Field 5 and 6, and the tag of the start time; None when they cannot be encoded.
    cdef bytes head
    # By name, the shapes of spans that were renamed.
    cdef dict siblings
    cdef Rules rules

    cdef Shape renamed(self, str name):
        cdef Shape sibling
        if self.siblings is None:
            self.siblings = {}
        sibling = self.siblings.get(name)
        if sibling is None:
            sibling = _shape(name, self.kind, self.limit, self.scope)
            if len(self.siblings) < _MOST_SHAPES:
                self.siblings[name] = sibling
        return sibling


cdef Py_ssize_t _MOST_SHAPES = 2048


cdef Shape _shape(str name, int kind, object limit, str scope):
    cdef Shape shape = Shape()
    shape.name = name
    shape.kind = kind
    shape.limit = limit
    shape.scope = scope
    if limit is not None:
        shape.limit_ns = <int64_t>max(0.0, min(<double>limit * 1e9, 9e18))
    try:
        shape.head = encoding._name_and_kind(name, kind)
    except Exception:
        shape.head = None  # whoever encodes such a span finds out what is wrong with it
    return shape
