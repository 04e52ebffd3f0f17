# Which interpreter of a process may have this module: the main one.
#
# What is kept here is kept once for the process, and belongs to the interpreter that made it. Cython gives a module to
# the first interpreter that asks, and so a short-lived one would keep it from the main one. The check is the first thing
# that happens, since what an interpreter touched before it is refused would be gone with it.

cdef extern from *:
    """
    static PyObject *(*tf_make_module)(PyObject *spec, PyModuleDef *definition);

    static PyObject *tf_make_module_in_main(PyObject *spec, PyModuleDef *definition) {
        if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
            PyErr_SetString(PyExc_ImportError, "the native engine is for the main interpreter of a process only");
            return NULL;
        }
        return tf_make_module(spec, definition);
    }

    static PyObject *tf_with_check(PyModuleDef *definition) {
        PyModuleDef_Slot *slot;
        for (slot = definition->m_slots; slot->slot != 0; slot++) {
            if (slot->slot == Py_mod_create && slot->value != (void *)tf_make_module_in_main) {
                tf_make_module = (PyObject *(*)(PyObject *, PyModuleDef *))slot->value;
                slot->value = (void *)tf_make_module_in_main;
            }
        }
        return PyModuleDef_Init(definition);
    }
    /* Cython's own code below this has no place for it. */
    #define PyModuleDef_Init tf_with_check
    """
