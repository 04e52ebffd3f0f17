# Memory in which one span is encoded, and the few ways of protobuf to write into it.

cdef size_t _FIRST_SIZE = 4096
cdef size_t _LARGEST_KEPT = 65536


cdef struct Scratch:
    uint8_t* data
    size_t size
    size_t used


# The one that nobody is using. Encoding seldom gives anybody else a turn; who finds none here makes another.
cdef Scratch* _spare = NULL


cdef Scratch* _borrow() except NULL:
    global _spare
    cdef Scratch* scratch = _spare
    if scratch == NULL:
        scratch = <Scratch*>PyMem_RawMalloc(sizeof(Scratch))
        if scratch == NULL:
            raise MemoryError
        scratch.data = NULL
        scratch.size = 0
    _spare = NULL
    scratch.used = 0
    return scratch


cdef void _give_back(Scratch* scratch) noexcept:
    global _spare
    if _spare == NULL and scratch.size <= _LARGEST_KEPT:
        _spare = scratch
    else:
        PyMem_RawFree(scratch.data)
        PyMem_RawFree(scratch)


cdef int _grow(Scratch* scratch, size_t more) except -1:
    cdef size_t size = max(scratch.size * 2, scratch.used + more, _FIRST_SIZE)
    cdef void* moved = PyMem_RawRealloc(scratch.data, size)
    if moved == NULL:
        raise MemoryError
    scratch.data = <uint8_t*>moved
    scratch.size = size
    return 0


cdef inline int _need(Scratch* scratch, size_t more) except -1:
    """Make room for ``more`` bytes."""
    if scratch.size - scratch.used < more:
        _grow(scratch, more)
    return 0


cdef inline size_t _varint_size(uint64_t value) noexcept nogil:
    cdef size_t size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


cdef inline uint8_t* _put_varint(uint8_t* target, uint64_t value) noexcept nogil:
    while value > 127:
        target[0] = <uint8_t>(value & 127) | 128
        target += 1
        value >>= 7
    target[0] = <uint8_t>value
    return target + 1


cdef inline uint8_t* _put_fixed64(uint8_t* target, uint64_t value) noexcept nogil:
    cdef int position
    for position in range(8):
        target[position] = <uint8_t>(value >> (8 * position))
    return target + 8


cdef inline uint8_t* _put_big_endian(uint8_t* target, uint64_t value) noexcept nogil:
    cdef int position
    for position in range(8):
        target[position] = <uint8_t>(value >> (56 - 8 * position))
    return target + 8


cdef inline uint8_t* _put_head(uint8_t* target, uint8_t tag, size_t length) noexcept nogil:
    target[0] = tag
    return _put_varint(target + 1, length)


cdef int _put(Scratch* scratch, const void* content, size_t size) except -1:
    _need(scratch, size)
    memcpy(scratch.data + scratch.used, content, size)
    scratch.used += size
    return 0
