# The attributes of an open span, encoded: in the span itself, or in a block when they are more than a few.

cdef enum:
    # Tag and length of the pair, of its key and of its value, all of them empty.
    _SMALLEST_PAIR = 6


cdef inline bint _is_of_others(object key) noexcept:
    """Tell whether this key is surely none of those that the middleware sets when a request ends."""
    if not PyUnicode_CheckExact(key) or not PyUnicode_IS_COMPACT_ASCII(key):
        return False
    return PyUnicode_GET_LENGTH(key) < 6 or memcmp(PyUnicode_DATA(key), <const char*>"http.r", 6) != 0


cdef inline const uint8_t* _pairs_in(Span span) noexcept:
    return &span.inline_pairs[0] if span.pairs == NULL else span.pairs


cdef bint _add_pairs(Span span, const uint8_t* content, size_t size) except -1:
    """Append encoded attributes; False when they are too long."""
    cdef size_t needed = span.pairs_used + size
    if needed > (_INLINE if span.pairs == NULL else span.pairs_size) and not _enlarge_pairs(span, needed):
        return False
    tf_copy(<uint8_t*>_pairs_in(span) + span.pairs_used, content, size)
    span.pairs_used = <uint32_t>needed
    return True


cdef bint _enlarge_pairs(Span span, size_t needed) except -1:
    cdef Block block
    cdef Heap heap
    cdef object owner
    cdef uint8_t* larger
    if needed > _MOST_PAIRS_BYTES:
        return False
    if needed <= _BLOCK:
        owner = block = Block.__new__(Block)
        larger = &block.data[0]
        span.pairs_size = _BLOCK
    else:
        owner = heap = Heap.__new__(Heap)
        larger = heap.data = <uint8_t*>PyMem_RawMalloc(needed * 2)
        if larger == NULL:
            return False
        span.pairs_size = <uint32_t>(needed * 2)
    memcpy(larger, _pairs_in(span), span.pairs_used)
    span.pairs = larger
    span.block = owner
    return True


cdef bint _fill_pairs(Span span, object attributes) except -1:
    """Take all attributes; False, and none taken, when one of them is unusual or there are too many."""
    cdef Scratch* scratch
    cdef bint done
    if not PyDict_CheckExact(attributes) or PyDict_Size(attributes) > MOST_ATTRIBUTES:
        return False
    scratch = _borrow()
    try:
        done = _encode_attributes(scratch, attributes) and _add_pairs(span, scratch.data, scratch.used)
    finally:
        _give_back(scratch)
    return done


cdef bint _append_pair(Span span, object key, object value) except -1:
    """Take one more attribute; False when it is unusual, when its key is there already, or when there are many."""
    cdef Scratch* scratch = _borrow()
    cdef bint done
    try:
        done = (
            _encode_attribute(scratch, key, value)
            and _is_new_key(span, scratch.data)
            and _add_pairs(span, scratch.data, scratch.used)
        )
    finally:
        _give_back(scratch)
    return done


cdef bint _is_new_key(Span span, const uint8_t* pair) noexcept:
    """Tell whether no pair has the key of this one, and whether there is room for one more."""
    cdef uint64_t length, size, other_size
    cdef const uint8_t* key = _read_varint(_read_varint(pair + 1, &length) + 1, &size)
    cdef const uint8_t* position = _pairs_in(span)
    cdef const uint8_t* end = position + span.pairs_used
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


cdef dict _unpacked(Span span):
    """Return the attributes as a dict; None when there are none."""
    cdef dict attributes = {}
    cdef uint64_t length
    cdef size_t done = 0
    cdef const uint8_t* start
    cdef const uint8_t* pair
    while done < span.pairs_used:
        start = _pairs_in(span) + done
        pair = _read_varint(start + 1, &length)
        key, value = _decoded_pair(pair)
        attributes[key] = value
        done += pair + length - start
    return attributes or None
