# What an application passes, as a span keeps it.


cdef inline bint _is_immutable(object value) noexcept:
    cdef PyTypeObject* kind = Py_TYPE(value)
    return (
        kind == &PyUnicode_Type or kind == &PyLong_Type or kind == &PyBool_Type or kind == &PyFloat_Type
        or kind == &PyBytes_Type or value is None
    )


cdef dict _frozen_dict(object attributes):
    """Return ``frozen_attributes(attributes)``, by a copy where that is enough."""
    cdef Py_ssize_t position = 0
    cdef PyObject* key
    cdef PyObject* value
    if not PyDict_CheckExact(attributes) or PyDict_Size(attributes) > MOST_ATTRIBUTES:
        return frozen_attributes(attributes)
    while PyDict_Next(attributes, &position, &key, &value):
        if not _is_immutable(<object>value):
            return frozen_attributes(attributes)
    return PyDict_Copy(attributes)


cdef str _as_text(object text):
    return text if type(text) is str else attribute_encoding.readable(text)


cdef uint64_t _instant(object nanoseconds) except? 0:
    """Return a time that OTLP can hold; see ``encoding._instant``."""
    cdef int overflow = 0
    cdef long long number
    if PyLong_CheckExact(nanoseconds):
        number = PyLong_AsLongLongAndOverflow(nanoseconds, &overflow)
        if number >= 0 and not overflow:
            return number
    return PyLong_AsUnsignedLongLong(encoding._instant(nanoseconds))
