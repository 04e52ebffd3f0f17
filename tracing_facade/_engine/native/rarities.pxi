# What only few spans have.


@cython.final
cdef class Rarities:
    """What few spans have, so that the others need not make room for it."""

    cdef object events, links
    # What went wrong.
    cdef object description
