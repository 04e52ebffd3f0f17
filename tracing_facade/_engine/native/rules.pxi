# The policy, as it applies to spans that are encoded already.
#
# The policy itself is Python code, and judges pairs of key and value. What it has let pass unchanged once, it lets pass
# always, so it is asked about every pair only once, and the pairs it passed are recognised by their bytes. As in the
# pure engine, the first pairs of a key stay known for good, so that a key whose values never repeat does no harm.

cdef enum:
    _LONGEST_KNOWN = 160
    _MOST_KNOWN_KEYS = 512
    _MOST_KNOWN_VALUES = 32
    _MOST_PROBES = 16
    _FIRST_SLOTS = 64
    _UUID_CHARACTERS = 36
    _SMALL_NUMBER_BYTES = 5

cdef uint64_t _hash_key = _random_bits()


cdef struct Known:
    uint64_t hash
    uint8_t* content
    uint32_t size


cdef inline uint64_t _hash_of(const uint8_t* content, size_t size) noexcept nogil:
    """Return a hash that nobody outside of this process can foresee."""
    cdef uint64_t result = _hash_key ^ size
    cdef uint64_t word
    while size >= 8:
        memcpy(&word, content, 8)
        result = (result ^ word) * 0x9E3779B97F4A7C15ULL
        result ^= result >> 29
        content += 8
        size -= 8
    if size:
        word = 0
        memcpy(&word, content, size)
        result = (result ^ word) * 0x9E3779B97F4A7C15ULL
        result ^= result >> 29
    result *= 0xBF58476D1CE4E5B9ULL
    return result ^ result >> 32


cdef inline bint _ends_in_uuid(const uint8_t* pair, size_t size) noexcept nogil:
    """Tell whether a pair has a UUID as its value, or something that ends in one."""
    cdef const uint8_t* text
    cdef int place
    cdef uint8_t letter
    if size <= _UUID_CHARACTERS:
        return False
    text = pair + size - _UUID_CHARACTERS
    for place in range(_UUID_CHARACTERS):
        letter = text[place]
        if place == 8 or place == 13 or place == 18 or place == 23:
            if letter != 0x2D:
                return False
        elif not (0x30 <= letter <= 0x39 or 0x61 <= (letter | 0x20) <= 0x66):
            return False
    return True


cdef inline size_t _before_small_number(const uint8_t* pair, size_t size) noexcept nogil:
    """Return how much of a pair stands before the value, when that is a number from 0 to 2**35 - 1; else 0."""
    cdef uint64_t key_length
    cdef const uint8_t* value = _read_varint(pair + 1, &key_length)
    value += key_length
    # A tag, the length, another tag, the number.
    if pair + size - value > 3 + _SMALL_NUMBER_BYTES or pair + size - value < 4 or value[2] != 0x18:
        return 0
    # With the tag, without the length: no other pair, and no part of one, is known by these bytes.
    return value + 1 - pair


@cython.final
cdef class Rules:
    """What is known about spans of one name under one policy."""

    # The serial number of the buffer, each of which has a policy of its own.
    cdef uint64_t owner
    # Encodes attributes as the policy lets them pass, and what stands before them.
    cdef object attributes
    cdef bytes always
    # Whether attributes depend on each other, so that they have to be looked at together.
    cdef bint together
    cdef Known* slots
    cdef size_t slot_count, known_count
    cdef dict values_by_key

    def __cinit__(self):
        self.values_by_key = {}

    def __dealloc__(self):
        cdef size_t number
        for number in range(self.slot_count):
            PyMem_RawFree(self.slots[number].content)
        PyMem_RawFree(self.slots)

    cdef bint knows(self, const uint8_t* pair, size_t size) noexcept:
        cdef uint64_t hashed
        cdef Known* slot
        cdef int probe
        if self.slot_count == 0 or size > _LONGEST_KNOWN:
            return False
        hashed = _hash_of(pair, size)
        for probe in range(_MOST_PROBES):
            slot = &self.slots[(hashed + probe) & (self.slot_count - 1)]
            if slot.content == NULL:
                return False
            if slot.hash == hashed and slot.size == size and memcmp(slot.content, pair, size) == 0:
                return True
        return False

    cdef bint lets_pass(self, const uint8_t* pair, size_t size) noexcept:
        """Tell whether this pair is known to pass, or all of its key with a value of this look are."""
        cdef size_t before
        if self.knows(pair, size):
            return True
        before = _before_small_number(pair, size)
        if before:
            return self.knows(pair, before)
        # What stands before the value says its length, so nothing but a text of just a UUID has it.
        return _ends_in_uuid(pair, size) and self.knows(pair, size - _UUID_CHARACTERS)

    cdef int remember(self, str key, const uint8_t* pair, size_t size) except -1:
        """Know this pair from now on, if there is room for it."""
        cdef object values = self.values_by_key.get(key, 0)
        if size > _LONGEST_KNOWN or values >= _MOST_KNOWN_VALUES:
            return 0
        if not values and len(self.values_by_key) >= _MOST_KNOWN_KEYS:
            return 0
        if self.known_count * 2 >= self.slot_count:
            self.enlarge()
        if self.insert(_hash_of(pair, size), pair, size):
            self.values_by_key[key] = values + 1
        return 0

    cdef bint insert(self, uint64_t hashed, const uint8_t* pair, size_t size) except -1:
        cdef Known* slot
        cdef int probe
        for probe in range(_MOST_PROBES):
            slot = &self.slots[(hashed + probe) & (self.slot_count - 1)]
            if slot.content == NULL:
                slot.content = <uint8_t*>PyMem_RawMalloc(size)
                if slot.content == NULL:
                    raise MemoryError
                memcpy(slot.content, pair, size)
                slot.hash = hashed
                slot.size = <uint32_t>size
                self.known_count += 1
                return True
        return False

    cdef int enlarge(self) except -1:
        cdef size_t old_count = self.slot_count
        cdef Known* old = self.slots
        cdef size_t number
        cdef size_t new_count = old_count * 2 or _FIRST_SLOTS
        cdef Known* slots = <Known*>PyMem_RawCalloc(new_count, sizeof(Known))
        if slots == NULL:
            raise MemoryError
        self.slots = slots
        self.slot_count = new_count
        self.known_count = 0
        for number in range(old_count):
            if old[number].content != NULL:
                self.move(&old[number])
        PyMem_RawFree(old)
        return 0

    cdef void move(self, Known* known) noexcept:
        cdef Known* slot
        cdef int probe
        for probe in range(_MOST_PROBES):
            slot = &self.slots[(known.hash + probe) & (self.slot_count - 1)]
            if slot.content == NULL:
                slot[0] = known[0]
                self.known_count += 1
                return
        PyMem_RawFree(known.content)
