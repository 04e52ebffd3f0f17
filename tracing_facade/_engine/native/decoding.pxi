# What ``attributes.pxi`` has written, read again.

cdef inline const uint8_t* _read_varint(const uint8_t* source, uint64_t* value) noexcept nogil:
    """Read a varint that was written here; returns where it ends."""
    cdef int shift = 0
    value[0] = source[0] & 127
    while source[0] & 128:
        source += 1
        shift += 7
        value[0] |= <uint64_t>(source[0] & 127) << shift
    return source + 1


cdef tuple _decoded_pair(const uint8_t* pair):
    """Return key and value of a ``KeyValue``."""
    cdef uint64_t size
    cdef const uint8_t* key = _read_varint(pair + 1, &size)
    return (<const char*>key)[:size].decode("utf-8"), _decoded(key + size)


cdef object _decoded(const uint8_t* field):
    """Return the value of an attribute, as it was before ``attributes.pxi`` wrote it."""
    cdef uint64_t size, number
    cdef double floating
    cdef const uint8_t* content = _read_varint(field + 1, &size)
    if size == 0:
        return None
    if content[0] == 0x0A:
        content = _read_varint(content + 1, &size)
        return (<const char*>content)[:size].decode("utf-8")
    if content[0] == 0x3A:
        content = _read_varint(content + 1, &size)
        return (<const char*>content)[:size]
    if content[0] == 0x21:
        memcpy(&floating, content + 1, sizeof(floating))
        return floating
    _read_varint(content + 1, &number)
    return number != 0 if content[0] == 0x10 else <int64_t>number
