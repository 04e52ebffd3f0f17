# Where the current context is kept; see ``context``, which says so whenever that changes.

cdef object _variable = None
cdef bint _variable_is_native = False
cdef object _span_key = None
cdef object _baggage_key = None
cdef object _new_mapping = None
cdef PyTypeObject* _mapping_type = NULL
cdef tuple _NO_ARGUMENTS = ()
# What is current where nothing was ever made current.
cdef object _default_mapping = None

cdef enum:
    _MOST_MAPPINGS = 16

# Mappings that hold one span, made here and forgotten by everybody, so that they can be used again.
cdef PyObject* _mappings[_MOST_MAPPINGS]
cdef int _mapping_count = 0


def move_home():
    """Keep the current context where ``context`` says now."""
    global _variable, _variable_is_native, _span_key, _baggage_key, _new_mapping, _mapping_type, _default_mapping
    global _mapping_count
    while _mapping_count:
        _mapping_count -= 1
        Py_XDECREF(_mappings[_mapping_count])
    _default_mapping = None
    _variable = context.variable
    _variable_is_native = PyContextVar_CheckExact(_variable)
    _span_key = context.span_key
    _baggage_key = context.baggage_key
    _new_mapping = context.new_mapping
    _mapping_type = NULL
    if _variable_is_native:
        _default_mapping = contextvars.Context().run(_variable.get)
    if isinstance(_new_mapping, type) and issubclass(_new_mapping, dict):
        if tf_makes_plain_dicts(<PyTypeObject*>_new_mapping):
            _mapping_type = <PyTypeObject*>_new_mapping


move_home()
context.on_move(move_home)


cdef inline object _current_mapping():
    cdef PyObject* found = NULL
    cdef object mapping
    if not _variable_is_native:
        return _variable.get()
    PyContextVar_Get(_variable, NULL, &found)
    if found == NULL:
        raise LookupError("the context variable has no value")
    mapping = <object>found
    Py_XDECREF(found)
    return mapping


cdef inline bint _is_current(object mapping) except -1:
    cdef PyObject* found = NULL
    if not _variable_is_native:
        return _variable.get() is mapping
    PyContextVar_Get(_variable, NULL, &found)
    Py_XDECREF(found)  # only compared from here on
    return found == <PyObject*>mapping


cdef inline int _make_current(object mapping) except -1:
    if _variable_is_native:
        Py_XDECREF(PyContextVar_Set(_variable, mapping))
    else:
        _variable.set(mapping)
    return 0


cdef inline object _make_current_for_now(object mapping):
    """Make a mapping current; returns what ``_restore`` wants, which saves it the allocation of another one."""
    cdef PyObject* set_by_us
    cdef object token
    if not _variable_is_native:
        _variable.set(mapping)
        return None
    set_by_us = PyContextVar_Set(_variable, mapping)
    token = <object>set_by_us
    Py_XDECREF(set_by_us)
    return token


cdef inline int _restore(object token, object previous) except -1:
    """Make current again what was so before ``_make_current_for_now``."""
    if token is not None:
        if PyContextVar_Reset(_variable, token) == 0:
            return 0
        PyErr_Clear()  # it was set in another context, or reset already
    return _make_current(previous)


cdef inline object _value_in(object mapping, object key):
    """Return ``mapping.get(key)``."""
    cdef PyObject* found
    if mapping is _default_mapping:
        return None
    if not PyDict_Check(mapping):
        return mapping.get(key)
    found = PyDict_GetItemWithError(mapping, key)
    return None if found == NULL else <object>found


cdef object _mapping_with(object mapping, object span):
    """Return the current mapping with ``span`` as its span; see ``context.with_span``."""
    global _mapping_count
    cdef object made
    if _mapping_type == NULL or not _holds_at_most_a_span(mapping):
        return _new_mapping({**mapping, _span_key: span})
    if _mapping_count:
        _mapping_count -= 1
        made = <object>_mappings[_mapping_count]
        Py_DECREF(made)  # the pool's reference
    else:
        made = tf_new_dict(_mapping_type, _NO_ARGUMENTS)
    PyDict_SetItem(made, _span_key, span)
    return made


cdef inline bint _holds_at_most_a_span(object mapping) except -1:
    cdef Py_ssize_t size
    if mapping is _default_mapping:
        return True
    if not PyDict_Check(mapping):
        return False
    size = PyDict_Size(mapping)
    return size == 0 or (size == 1 and PyDict_GetItemWithError(mapping, _span_key) != NULL)


cdef inline int _reuse(object mapping) except -1:
    """Keep a mapping for the next span, if this is the only reference to it that is left."""
    global _mapping_count
    if Py_REFCNT(mapping) == 1 and Py_TYPE(mapping) == _mapping_type and PyDict_Size(mapping) == 1:
        # First without the span: letting go of that may run the code of an application, and that may fill the pool.
        PyDict_SetItem(mapping, _span_key, None)
        if _mapping_count < _MOST_MAPPINGS and Py_REFCNT(mapping) == 1:
            Py_INCREF(mapping)
            _mappings[_mapping_count] = <PyObject*>mapping
            _mapping_count += 1
    return 0
