# Memory in which one span is encoded, and the few ways of protobuf to write into it.

cdef size_t _FIRST_SIZE = 4096
cdef size_t _LARGEST_KEPT = 65536


cdef struct Scratch:
    uint8_t* data
    size_t size
    size_t used


cdef enum:
    _MOST_SPARE_SCRATCHES = 4

# Those that nobody is using. Few are in use at once: encoding seldom gives anybody else a turn.
cdef Scratch* _spare_scratches[_MOST_SPARE_SCRATCHES]
cdef int _spare_scratch_count = 0


cdef Scratch* _borrow() except NULL:
    global _spare_scratch_count
    cdef Scratch* scratch
    if _spare_scratch_count:
        _spare_scratch_count -= 1
        scratch = _spare_scratches[_spare_scratch_count]
    else:
        scratch = <Scratch*>PyMem_RawMalloc(sizeof(Scratch))
        if scratch == NULL:
            raise MemoryError
        scratch.data = NULL
        scratch.size = 0
    scratch.used = 0
    return scratch


cdef void _give_back(Scratch* scratch) noexcept:
    global _spare_scratch_count
    if _spare_scratch_count < _MOST_SPARE_SCRATCHES and scratch.size <= _LARGEST_KEPT:
        _spare_scratches[_spare_scratch_count] = scratch
        _spare_scratch_count += 1
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
    tf_put_little_endian(target, value)
    return target + 8


cdef inline uint8_t* _put_big_endian(uint8_t* target, uint64_t value) noexcept nogil:
    tf_put_big_endian(target, value)
    return target + 8


cdef inline uint8_t* _put_head(uint8_t* target, uint8_t tag, size_t length) noexcept nogil:
    target[0] = tag
    return _put_varint(target + 1, length)


cdef int _put(Scratch* scratch, const void* content, size_t size) except -1:
    _need(scratch, size)
    tf_copy(scratch.data + scratch.used, content, size)
    scratch.used += size
    return 0


cdef inline int _put_whole(Scratch* body, bytes content) except -1:
    return _put(body, PyBytes_AS_STRING(content), PyBytes_GET_SIZE(content))
