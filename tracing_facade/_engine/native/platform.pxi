# What is used of CPython and of the C library beyond what Cython declares.

cdef extern from *:
    """
    #include <pthread.h>
    #include <sys/random.h>
    #include <time.h>

    #ifndef TF_SOURCES
    #define TF_SOURCES ""
    #endif

    #if PY_VERSION_HEX < 0x030C0000
    #define TF_READY(text) PyUnicode_READY(text)
    #else
    #define TF_READY(text) 0
    #endif

    static inline uint64_t tf_now(void) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    }

    /* Most texts are short, and a call of memcpy takes longer than to copy one. */
    static inline void tf_copy(void *target, const void *source, size_t size) {
        char *to = (char *)target;
        const char *from = (const char *)source;
        uint64_t first, second, third, fourth;
        uint32_t head, tail;
        if (size > 32) {
            memcpy(to, from, size);
        } else if (size >= 16) {
            memcpy(&first, from, 8), memcpy(&second, from + 8, 8);
            memcpy(&third, from + size - 16, 8), memcpy(&fourth, from + size - 8, 8);
            memcpy(to, &first, 8), memcpy(to + 8, &second, 8);
            memcpy(to + size - 16, &third, 8), memcpy(to + size - 8, &fourth, 8);
        } else if (size >= 8) {
            memcpy(&first, from, 8), memcpy(&second, from + size - 8, 8);
            memcpy(to, &first, 8), memcpy(to + size - 8, &second, 8);
        } else if (size >= 4) {
            memcpy(&head, from, 4), memcpy(&tail, from + size - 4, 4);
            memcpy(to, &head, 4), memcpy(to + size - 4, &tail, 4);
        } else if (size) {
            char middle = from[size / 2], last = from[size - 1];
            to[0] = from[0], to[size / 2] = middle, to[size - 1] = last;
        }
    }

    /* Compilers do not see through a loop over bytes. */
    static inline void tf_put_big_endian(void *target, uint64_t value) {
    #if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        value = __builtin_bswap64(value);
    #endif
        memcpy(target, &value, 8);
    }
    static inline void tf_put_little_endian(void *target, uint64_t value) {
    #if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
        value = __builtin_bswap64(value);
    #endif
        memcpy(target, &value, 8);
    }

    /* Set by the C library in a forked child, also when Python does not know of the fork. */
    static volatile int tf_forked = 0;
    static void tf_note_fork(void) { tf_forked = 1; }
    static int tf_watch_forks(void) { return pthread_atfork(NULL, NULL, tf_note_fork); }

    /* A dict, or an object of a subclass of dict that does not make itself in a way of its own. */
    static inline PyObject *tf_new_dict(PyTypeObject *type, PyObject *no_arguments) {
        return type == &PyDict_Type ? PyDict_New() : PyDict_Type.tp_new(type, no_arguments, NULL);
    }
    /* An instance without a call of __init__. */
    static inline PyObject *tf_new_instance(PyTypeObject *type, PyObject *no_arguments) {
        if (type->tp_new == NULL) {
            PyErr_SetString(PyExc_TypeError, "there is no way to make another object of this type");
            return NULL;
        }
        return type->tp_new(type, no_arguments, NULL);
    }
    /* An object of a subclass of tuple that has nothing of its own, such as a NamedTuple, without a call of its code. */
    static inline PyObject *tf_new_named_tuple(PyTypeObject *type, PyObject *values) {
        PyObject *arguments = PyTuple_Pack(1, values);
        PyObject *made = arguments == NULL ? NULL : PyTuple_Type.tp_new(type, arguments, NULL);
        Py_XDECREF(arguments);
        return made;
    }
    static inline int tf_makes_plain_dicts(PyTypeObject *type) { return type->tp_new == PyDict_Type.tp_new; }
    """
    const char* TF_SOURCES
    int TF_READY(object text) except -1
    uint64_t tf_now() nogil
    void tf_copy(void* target, const void* source, size_t size) nogil
    void tf_put_big_endian(void* target, uint64_t value) nogil
    void tf_put_little_endian(void* target, uint64_t value) nogil
    int tf_forked
    int tf_watch_forks()
    object tf_new_dict(PyTypeObject* type, object no_arguments)
    object tf_new_instance(PyTypeObject* type, object no_arguments)
    object tf_new_named_tuple(PyTypeObject* type, object values)
    bint tf_makes_plain_dicts(PyTypeObject* type)
    int getentropy(void* target, size_t size) nogil

cdef extern from "Python.h":
    bint PyDict_Check(object value)
    bint PyDict_CheckExact(object value)
    bint PyUnicode_Check(object value)
    bint PyUnicode_CheckExact(object value)
    bint PyUnicode_IS_COMPACT_ASCII(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    uint32_t PyUnicode_READ(int kind, void* data, Py_ssize_t index) nogil
    object PyUnicode_New(Py_ssize_t size, uint32_t largest)
    PyObject* PyDict_GetItemWithError(object mapping, object key) except? NULL
    int PyDict_SetItem(object mapping, object key, object value) except -1
    int PyDict_Next(object mapping, Py_ssize_t* position, PyObject** key, PyObject** value)
    Py_ssize_t PyDict_Size(object mapping)
    object PyDict_Copy(object mapping)
    bint PyLong_CheckExact(object value)
    PyObject* PyIter_Next(object iterator) except? NULL
    long long PyLong_AsLongLongAndOverflow(object value, int* overflow) except? -1
    unsigned long long PyLong_AsUnsignedLongLong(object value) except? 0xFFFFFFFFFFFFFFFF
    object PyLong_FromUnsignedLongLong(unsigned long long value)
    double PyFloat_AS_DOUBLE(object value)
    Py_ssize_t PyBytes_GET_SIZE(object value)
    char* PyBytes_AS_STRING(object value)
    bint PyContextVar_CheckExact(object variable)
    int PyContextVar_Get(object variable, PyObject* default, PyObject** value) except -1
    PyObject* PyContextVar_Set(object variable, object value) except NULL
    int PyContextVar_Reset(object variable, object token)
    void PyErr_Clear()
    void* PyMem_RawMalloc(size_t size) nogil
    void* PyMem_RawCalloc(size_t count, size_t size) nogil
    void* PyMem_RawRealloc(void* memory, size_t size) nogil
    void PyMem_RawFree(void* memory) nogil
    void Py_INCREF(object value)
    void Py_DECREF(object value)
    void Py_XDECREF(PyObject* value)
    Py_ssize_t Py_REFCNT(object value)
    PyTypeObject* Py_TYPE(object value)
    PyTypeObject PyUnicode_Type
    PyTypeObject PyLong_Type
    PyTypeObject PyBool_Type
    PyTypeObject PyFloat_Type
    PyTypeObject PyBytes_Type
    PyTypeObject PyTuple_Type
    PyObject* Py_None
    bint PyObject_TypeCheck(object value, PyTypeObject* kind)
    Py_ssize_t PY_SSIZE_T_MAX
    int PyList_SetSlice(list values, Py_ssize_t low, Py_ssize_t high, PyObject* replacement) except -1
    object PyObject_GenericGetAttr(object value, object name)
    object PyObject_GenericGetDict(object value, void* context)
    int PyObject_GenericSetDict(object value, object attributes, void* context) except -1

SOURCES = TF_SOURCES.decode()

tf_watch_forks()
