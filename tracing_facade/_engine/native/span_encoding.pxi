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
    tf_copy(target, PyBytes_AS_STRING(shape.head), head_size)
    target = _put_fixed64(target + head_size, span.started)
    target[0] = 0x41
    out.used = _put_fixed64(target + 1, span.ended) - out.data
    if span._attributes is not None:
        if not _encode_attributes(out, span._attributes):
            return False
    elif span.pairs_used:
        _put(out, _pairs_in(span), span.pairs_used)
    if span._trace.tracestate and not _encode_field(out, 0x1A, span._trace.tracestate):
        return False
    if span._rare is not None and span._rare.links is not None and not _encode_links(out, span._rare.links):
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
    """Tell whether there are no events and no text that the policy has to look at."""
    return rare.events is None and not rare.description


cdef bint _encode_links(Scratch* out, object links) except -1:
    for link in links:
        if link.attributes or not _encode_link(out, link.trace_id, link.span_id, link.tracestate, link.flags & 0x3FF):
            return False
    return True


cdef bint _encode_link(Scratch* out, object trace_id, object span_id, object tracestate, uint32_t flags) except -1:
    cdef uint64_t high = 0
    cdef uint64_t low = 0
    cdef uint64_t number = 0
    cdef Utf8 state
    cdef uint8_t* target
    cdef size_t size = 18 + 10 + 5
    if not (
        _has_length(trace_id, 32) and _has_length(span_id, 16)
        and PyUnicode_CheckExact(tracestate) and _measure(tracestate, &state)
        and _read_hex(<const uint8_t*>PyUnicode_DATA(trace_id), 16, &high)
        and _read_hex(<const uint8_t*>PyUnicode_DATA(trace_id) + 16, 16, &low)
        and _read_hex(<const uint8_t*>PyUnicode_DATA(span_id), 16, &number)
    ):
        return False
    if state.size:
        size += 1 + _varint_size(state.size) + state.size
    _need(out, size + 12)
    target = _put_head(_put_head(out.data + out.used, 0x6A, size), 0x0A, 16)
    target = _put_head(_put_big_endian(_put_big_endian(target, high), low), 0x12, 8)
    target = _put_big_endian(target, number)
    if state.size:
        target = _put_text(_put_head(target, 0x1A, state.size), &state)
    target[0] = 0x35
    target[1] = <uint8_t>flags
    target[2] = <uint8_t>(flags >> 8 & 3)
    target[3] = target[4] = 0
    out.used = target + 5 - out.data
    return True


cdef inline bint _has_length(object text, Py_ssize_t length) noexcept:
    return PyUnicode_CheckExact(text) and PyUnicode_IS_COMPACT_ASCII(text) and PyUnicode_GET_LENGTH(text) == length



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
