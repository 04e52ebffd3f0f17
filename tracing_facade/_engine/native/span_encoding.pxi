# A finished span as field 2 of ``ScopeSpans``, byte for byte as ``encoding.encode_span`` writes it.
#
# In this order: identifiers, name and kind, times, attributes, tracestate, status, flags. ``rules.pxi`` relies on it.

cdef enum:
    # Room for the longest tag and length that can stand before a span.
    _MOST_HEAD = 11
    # Identifiers, times and the tag between them.
    _FIXED_PARTS = 18 + 10 + 10 + 8 + 1 + 8


cdef bint _encode(Scratch* out, Span span, size_t* begin) except -1:
    """Write one span; False when there is something about it that only the Python code can write.

    It begins at ``begin``, since what stands before it depends on how long it has become.
    """
    cdef Shape shape = span.shape
    cdef uint8_t* target
    cdef Py_ssize_t head_size
    if shape.head is None or (span._rare is not None and not _is_plain(span._rare)):
        return False
    head_size = PyBytes_GET_SIZE(shape.head)
    _need(out, _MOST_HEAD + _FIXED_PARTS + head_size)
    target = _put_identity(out.data + _MOST_HEAD, span)
    memcpy(target, PyBytes_AS_STRING(shape.head), head_size)
    target = _put_fixed64(target + head_size, span.started)
    target[0] = 0x41
    out.used = _put_fixed64(target + 1, span.ended) - out.data
    if span._attributes is not None:
        if not _encode_attributes(out, span._attributes):
            return False
    elif span.pairs.used:
        _put(out, _pairs_in(&span.pairs), span.pairs.used)
    if span._trace.tracestate and not _encode_field(out, 0x1A, span._trace.tracestate):
        return False
    _put_status(out, span)
    _put_flags(out, span)
    _close(out, begin)
    return True


cdef inline uint8_t* _put_identity(uint8_t* target, Span span) noexcept:
    target[0] = 0x0A
    target[1] = 16
    target = _put_big_endian(_put_big_endian(target + 2, span._trace.high), span._trace.low)
    target[0] = 0x12
    target[1] = 8
    target = _put_big_endian(target + 2, span.number)
    if span.has_parent:
        target[0] = 0x22
        target[1] = 8
        target = _put_big_endian(target + 2, span.parent_number)
    return target


cdef bint _encode_field(Scratch* out, uint8_t tag, object text) except -1:
    cdef Utf8 content
    if not PyUnicode_CheckExact(text) or not _measure(text, &content):
        return False
    _need(out, content.size + 12)
    out.used = _put_text(_put_head(out.data + out.used, tag, content.size), &content) - out.data
    return True


cdef bint _is_plain(Rarities rare) except -1:
    """Tell whether there are no events, links or texts that the policy has to look at."""
    return rare.events is None and rare.links is None and not rare.description


cdef int _put_status(Scratch* out, Span span) except -1:
    cdef uint8_t* target
    _need(out, 4)
    target = _put_head(out.data + out.used, 0x7A, 2 if span.code else 0)
    if span.code:
        target = _put_head(target, 0x18, span.code)
    out.used = target - out.data
    return 0


cdef int _put_flags(Scratch* out, Span span) except -1:
    cdef uint8_t* target
    _need(out, 6)
    target = _put_head(out.data + out.used, 0x85, 0x01)
    target[0] = span._trace.flags
    target[1] = 3 if span._parent_is_remote else 1
    target[2] = target[3] = 0
    out.used += 6
    return 0


cdef inline void _close(Scratch* out, size_t* begin) noexcept:
    """Write the tag and the length of the span before what has been written."""
    cdef size_t size = out.used - _MOST_HEAD
    begin[0] = _MOST_HEAD - 1 - _varint_size(size)
    _put_head(out.data + begin[0], 0x12, size)
