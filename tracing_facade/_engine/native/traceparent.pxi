# The ``traceparent`` header, read and written; see ``propagation.traceparent``.

cdef enum:
    _HEADER_LENGTH = 55


cdef struct Caller:
    uint64_t trace_high
    uint64_t trace_low
    uint64_t number
    uint8_t flags


cdef bint _parse_traceparent(object value, Caller* caller) noexcept:
    """Read a header that is an exact ``str``; False when the specification says to ignore it."""
    cdef const uint8_t* text
    cdef Py_ssize_t length
    cdef uint64_t version, flags
    if not PyUnicode_IS_COMPACT_ASCII(value):
        return False
    text = <const uint8_t*>PyUnicode_DATA(value)
    length = PyUnicode_GET_LENGTH(value)
    while length and (text[0] == c" " or text[0] == c"\t"):
        text += 1
        length -= 1
    while length and (text[length - 1] == c" " or text[length - 1] == c"\t"):
        length -= 1
    if length < _HEADER_LENGTH or text[2] != c"-" or text[35] != c"-" or text[52] != c"-":
        return False
    if not (
        _read_hex(text, 2, &version)
        and _read_hex(text + 3, 16, &caller.trace_high)
        and _read_hex(text + 19, 16, &caller.trace_low)
        and _read_hex(text + 36, 16, &caller.number)
        and _read_hex(text + 53, 2, &flags)
    ):
        return False
    # Version 00 ends after the flags, a later one may go on after another dash, and ff is forbidden.
    if version == 0xFF or (length > _HEADER_LENGTH and (version == 0 or text[_HEADER_LENGTH] != c"-")):
        return False
    caller.flags = <uint8_t>(flags & (_SAMPLED | _RANDOM))
    return (caller.trace_high or caller.trace_low) and caller.number


cdef str _traceparent(Trace trace, uint64_t number, uint8_t flags):
    """Return the header's value, version 00."""
    cdef object text = PyUnicode_New(_HEADER_LENGTH, 127)
    cdef uint8_t* target = <uint8_t*>PyUnicode_DATA(text)
    memcpy(target, b"00-", 3)
    _write_hex(target + 3, trace.high)
    _write_hex(target + 19, trace.low)
    target[35] = c"-"
    _write_hex(target + 36, number)
    target[52] = c"-"
    target[53] = c"0"
    target[54] = c"0" + (flags & (_SAMPLED | _RANDOM))
    return text
