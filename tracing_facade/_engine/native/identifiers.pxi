# Trace and span ids as numbers: random, never zero, not repeated in a forked child; as text only when asked.

# xoshiro256++ of Blackman and Vigna: 256 bits of state, far more than a process can use up.
cdef uint64_t _state[4]
cdef bint _seeded = False
# Tests want the same fixed sequence from both engines.
cdef bint _ids_from_python = False

cdef const char* _HEX = "0123456789abcdef"


def take_ids_from_python(bint wanted):
    """Let the pure engine's generator make the ids, for tests that fix them."""
    global _ids_from_python
    _ids_from_python = wanted


cdef inline uint64_t _rotated(uint64_t number, int by) noexcept nogil:
    return (number << by) | (number >> (64 - by))


cdef int _seed() except -1:
    global _seeded, tf_forked
    cdef bytes random
    # In this order: a fork in between seeds once more.
    tf_forked = 0
    if getentropy(&_state[0], sizeof(_state)) != 0:
        random = os.urandom(sizeof(_state))
        memcpy(&_state[0], PyBytes_AS_STRING(random), sizeof(_state))
    _state[0] |= 1  # a state of nothing but zeros would stay so
    _seeded = True
    return 0


cdef uint64_t _random_bits() except 0:
    cdef uint64_t result, shifted
    if tf_forked or not _seeded:
        _seed()
    while True:
        result = _rotated(_state[0] + _state[3], 23) + _state[0]
        shifted = _state[1] << 17
        _state[2] ^= _state[0]
        _state[3] ^= _state[1]
        _state[1] ^= _state[2]
        _state[0] ^= _state[3]
        _state[2] ^= shifted
        _state[3] = _rotated(_state[3], 45)
        if result:
            return result


cdef uint64_t _new_span_id() except 0:
    if _ids_from_python:
        return int(ids.new_span_id(), 16)
    return _random_bits()


cdef int _new_trace_id(uint64_t* high, uint64_t* low) except -1:
    if _ids_from_python:
        return _parse_trace_id(ids.new_trace_id(), high, low)
    high[0] = _random_bits()
    low[0] = _random_bits()
    return 0


cdef inline void _write_hex(uint8_t* target, uint64_t number) noexcept nogil:
    cdef int position
    for position in range(8):
        memcpy(target + 2 * position, &_PAIRS_OF_DIGITS[(number >> (56 - 8 * position)) & 255][0], 2)


cdef str _span_hex(uint64_t number):
    cdef object text = PyUnicode_New(16, 127)
    _write_hex(<uint8_t*>PyUnicode_DATA(text), number)
    return text


cdef str _trace_hex(uint64_t high, uint64_t low):
    cdef object text = PyUnicode_New(32, 127)
    _write_hex(<uint8_t*>PyUnicode_DATA(text), high)
    _write_hex(<uint8_t*>PyUnicode_DATA(text) + 16, low)
    return text


cdef inline bint _read_hex(const uint8_t* source, int digits, uint64_t* number) noexcept nogil:
    """Read up to 16 lower-case digits; False when one of them is none."""
    cdef uint64_t value = 0
    cdef uint8_t wrong = 0
    cdef int position
    for position in range(digits):
        wrong |= _DIGITS[source[position]]
        value = (value << 4) | _DIGITS[source[position]]
    number[0] = value
    return wrong < 16


# By character, what it stands for as a lower-case hexadecimal digit; 16 for nothing.
cdef uint8_t _DIGITS[256]


# By byte, its two digits: half as many steps as one digit after the other.
cdef uint8_t _PAIRS_OF_DIGITS[256][2]


cdef void _fill_digits() noexcept nogil:
    cdef int number
    for number in range(256):
        _DIGITS[number] = 16
        _PAIRS_OF_DIGITS[number][0] = _HEX[number >> 4]
        _PAIRS_OF_DIGITS[number][1] = _HEX[number & 15]
    for number in range(16):
        _DIGITS[<uint8_t>_HEX[number]] = <uint8_t>number


_fill_digits()


cdef int _parse_span_id(object text, uint64_t* number) except -1:
    number[0] = PyLong_AsUnsignedLongLong(int(text, 16))
    return 0


cdef int _parse_trace_id(object text, uint64_t* high, uint64_t* low) except -1:
    if len(text) != 32:
        raise ValueError(f"trace id {text!r} has not 32 hexadecimal digits")
    high[0] = PyLong_AsUnsignedLongLong(int(text[:16], 16))
    low[0] = PyLong_AsUnsignedLongLong(int(text[16:], 16))
    return 0
