# Attributes as OTLP ``KeyValue`` messages, byte for byte as ``attribute_encoding`` writes them.
#
# Texts, integers of 64 bits, floats, booleans, bytes and None are usual. A span with anything else, or with texts that
# UTF-8 cannot carry, is left to the Python code as a whole. So nothing here runs Python code.

# A text and its size as UTF-8; ``ascii`` points to the characters themselves when they need no encoding.
cdef struct Utf8:
    const uint8_t* ascii
    int kind
    void* characters
    Py_ssize_t length
    size_t size


cdef inline bint _measure(object text, Utf8* found) except -1:
    """Say how many bytes an exact ``str`` takes as UTF-8; False when it has surrogates, which UTF-8 cannot carry."""
    if PyUnicode_IS_COMPACT_ASCII(text):
        found.ascii = <const uint8_t*>PyUnicode_DATA(text)
        found.size = PyUnicode_GET_LENGTH(text)
        return True
    TF_READY(text)
    found.ascii = NULL
    found.kind = PyUnicode_KIND(text)
    found.characters = PyUnicode_DATA(text)
    found.length = PyUnicode_GET_LENGTH(text)
    return _measure_characters(found)


cdef bint _measure_characters(Utf8* found) noexcept nogil:
    cdef Py_ssize_t position = 0
    cdef uint32_t character
    found.size = 0
    while position < found.length:
        character = PyUnicode_READ(found.kind, found.characters, position)
        position += 1
        if character < 0x80:
            found.size += 1
        elif character < 0x800:
            found.size += 2
        elif character < 0x10000:
            if 0xD800 <= character <= 0xDFFF:
                return False
            found.size += 3
        else:
            found.size += 4
    return True


cdef inline uint8_t* _put_text(uint8_t* target, Utf8* text) noexcept nogil:
    if text.ascii != NULL:
        tf_copy(target, text.ascii, text.size)
        return target + text.size
    return _put_characters(target, text)


cdef uint8_t* _put_characters(uint8_t* target, Utf8* text) noexcept nogil:
    cdef Py_ssize_t position
    for position in range(text.length):
        target = _put_character(target, PyUnicode_READ(text.kind, text.characters, position))
    return target


cdef inline uint8_t* _put_character(uint8_t* target, uint32_t character) noexcept nogil:
    if character < 0x80:
        target[0] = <uint8_t>character
        return target + 1
    if character < 0x800:
        target[0] = <uint8_t>(0xC0 | character >> 6)
        target[1] = <uint8_t>(0x80 | character & 0x3F)
        return target + 2
    if character < 0x10000:
        target[0] = <uint8_t>(0xE0 | character >> 12)
        target[1] = <uint8_t>(0x80 | character >> 6 & 0x3F)
        target[2] = <uint8_t>(0x80 | character & 0x3F)
        return target + 3
    target[0] = <uint8_t>(0xF0 | character >> 18)
    target[1] = <uint8_t>(0x80 | character >> 12 & 0x3F)
    target[2] = <uint8_t>(0x80 | character >> 6 & 0x3F)
    target[3] = <uint8_t>(0x80 | character & 0x3F)
    return target + 4


cdef bint _encode_attributes(Scratch* out, dict attributes) except -1:
    """Write every attribute as field 9 of ``Span``; False when one of them is unusual."""
    cdef Py_ssize_t position = 0
    cdef PyObject* key
    cdef PyObject* value
    while PyDict_Next(attributes, &position, &key, &value):
        if not _encode_attribute(out, <object>key, <object>value):
            return False
    return True


cdef bint _encode_attribute(Scratch* out, object key, object value) except -1:
    cdef PyTypeObject* kind = Py_TYPE(value)
    cdef Utf8 name
    if not PyUnicode_CheckExact(key) or not _measure(key, &name):
        return False
    if kind == &PyUnicode_Type:
        return _encode_text(out, &name, value)
    if kind == &PyLong_Type:
        return _encode_integer(out, &name, value)
    if kind == &PyBool_Type:
        return _encode_number(out, &name, 0x10, value is True)
    if kind == &PyFloat_Type:
        return _encode_float(out, &name, PyFloat_AS_DOUBLE(value))
    if kind == &PyBytes_Type:
        return _encode_bytes(out, &name, value)
    if value is None:
        out.used = _put_key(out, &name, 0) - out.data
        return True
    return False


cdef bint _encode_text(Scratch* out, Utf8* name, object value) except -1:
    cdef Utf8 content
    cdef uint8_t* target
    if not _measure(value, &content):
        return False
    target = _put_key(out, name, 1 + _varint_size(content.size) + content.size)
    target = _put_head(target, 0x0A, content.size)
    out.used = _put_text(target, &content) - out.data
    return True


cdef bint _encode_bytes(Scratch* out, Utf8* name, bytes value) except -1:
    cdef size_t size = PyBytes_GET_SIZE(value)
    cdef uint8_t* target = _put_head(_put_key(out, name, 1 + _varint_size(size) + size), 0x3A, size)
    memcpy(target, PyBytes_AS_STRING(value), size)
    out.used = target + size - out.data
    return True


cdef bint _encode_integer(Scratch* out, Utf8* name, object value) except -1:
    cdef int overflow = 0
    cdef long long number = PyLong_AsLongLongAndOverflow(value, &overflow)
    return not overflow and _encode_number(out, name, 0x18, <uint64_t>number)


cdef bint _encode_number(Scratch* out, Utf8* name, uint8_t tag, uint64_t number) except -1:
    cdef uint8_t* target = _put_key(out, name, 1 + _varint_size(number))
    target[0] = tag
    out.used = _put_varint(target + 1, number) - out.data
    return True


cdef bint _encode_float(Scratch* out, Utf8* name, double number) except -1:
    cdef uint64_t bits
    cdef uint8_t* target = _put_key(out, name, 9)
    memcpy(&bits, &number, sizeof(bits))
    target[0] = 0x21
    out.used = _put_fixed64(target + 1, bits) - out.data
    return True


cdef uint8_t* _put_key(Scratch* out, Utf8* name, size_t value_size) except NULL:
    """Write all that stands before an ``AnyValue`` of this size, and make room for that."""
    cdef size_t size = 1 + _varint_size(name.size) + name.size + 1 + _varint_size(value_size) + value_size
    cdef uint8_t* target
    _need(out, size + 12)
    target = _put_head(out.data + out.used, 0x4A, size)
    target = _put_text(_put_head(target, 0x0A, name.size), name)
    return _put_head(target, 0x12, value_size)
