# Memory for what does not fit into a span itself.

cdef enum:
    _INLINE = 208  # enough for an outgoing request
    _BLOCK = 736  # enough for an incoming request
    _MOST_PAIRS_BYTES = 32768


@cython.final
@cython.no_gc
@cython.freelist(32)
cdef class Block:
    """Memory for the attributes of one span."""

    cdef uint8_t data[_BLOCK]


@cython.final
@cython.no_gc
cdef class Heap:
    """The same for attributes that need more. Like a block it is made without a turn for anybody's destructors."""

    cdef uint8_t* data

    def __dealloc__(self):
        PyMem_RawFree(self.data)
