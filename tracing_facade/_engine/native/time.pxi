# What time it is: the system's clock, read without Python, or in tests one that is given.

cdef object _given_clock = None


def take_time_from(given):
    """Ask this clock from now on; the system's is read directly."""
    global _given_clock
    _given_clock = None if given is clock.SYSTEM else given


cdef inline uint64_t _now() except? 0:
    if _given_clock is None:
        return tf_now()
    return PyLong_AsUnsignedLongLong(_given_clock())
