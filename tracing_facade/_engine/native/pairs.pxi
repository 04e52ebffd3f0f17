# The attributes of an open span, encoded.

cdef enum:
    _INLINE = 160
    _MOST_PAIRS_BYTES = 32768


cdef struct Pairs:
    uint8_t* more  # when the space below is too small; who keeps the pairs frees it
    uint32_t size  # of that
    uint32_t used
    uint8_t inline_space[160]


cdef inline const uint8_t* _pairs_in(Pairs* pairs) noexcept nogil:
    return &pairs.inline_space[0] if pairs.more == NULL else pairs.more


cdef bint _add_pairs(Pairs* pairs, const uint8_t* content, size_t size) noexcept nogil:
    """Append encoded attributes; False when they are too long."""
    cdef size_t needed = pairs.used + size
    cdef size_t room = _INLINE if pairs.more == NULL else pairs.size
    cdef uint8_t* moved
    if needed > room:
        if needed > _MOST_PAIRS_BYTES:
            return False
        moved = <uint8_t*>PyMem_RawRealloc(pairs.more, needed * 2)
        if moved == NULL:
            return False
        if pairs.more == NULL:
            memcpy(moved, &pairs.inline_space[0], pairs.used)
        pairs.more = moved
        pairs.size = <uint32_t>(needed * 2)
    memcpy(<uint8_t*>_pairs_in(pairs) + pairs.used, content, size)
    pairs.used = <uint32_t>needed
    return True


cdef bint _fill_pairs(Pairs* pairs, object attributes) except -1:
    """Take all attributes; False, and none taken, when one of them is unusual or there are too many."""
    cdef Scratch* scratch
    cdef bint done
    if not PyDict_CheckExact(attributes) or PyDict_Size(attributes) > MOST_ATTRIBUTES:
        return False
    scratch = _borrow()
    try:
        done = _encode_attributes(scratch, attributes) and _add_pairs(pairs, scratch.data, scratch.used)
    finally:
        _give_back(scratch)
    return done


cdef bint _append_pair(Pairs* pairs, object key, object value) except -1:
    """Take one more attribute; False when it is unusual, when its key is there already, or when there are many."""
    cdef Scratch* scratch = _borrow()
    cdef bint done
    try:
        done = (
            _encode_attribute(scratch, key, value)
            and _is_new_key(pairs, scratch.data)
            and _add_pairs(pairs, scratch.data, scratch.used)
        )
    finally:
        _give_back(scratch)
    return done


cdef bint _is_new_key(Pairs* pairs, const uint8_t* pair) noexcept nogil:
    """Tell whether no pair has the key of this one, and whether there is room for one more."""
    cdef uint64_t length, size, other_size
    cdef const uint8_t* key = _read_varint(_read_varint(pair + 1, &length) + 1, &size)
    cdef const uint8_t* position = _pairs_in(pairs)
    cdef const uint8_t* end = position + pairs.used
    cdef const uint8_t* other
    cdef Py_ssize_t count = 0
    while position < end:
        position = _read_varint(position + 1, &length)
        other = _read_varint(position + 1, &other_size)
        if other_size == size and memcmp(other, key, size) == 0:
            return False
        position += length
        count += 1
    return count < MOST_ATTRIBUTES


cdef dict _unpacked(Pairs* pairs):
    """Return the attributes as a dict; None when there are none."""
    cdef dict attributes = {}
    cdef uint64_t length
    cdef size_t done = 0
    cdef const uint8_t* start
    cdef const uint8_t* pair
    while done < pairs.used:
        start = _pairs_in(pairs) + done
        pair = _read_varint(start + 1, &length)
        key, value = _decoded_pair(pair)
        attributes[key] = value
        done += pair + length - start
    return attributes or None
