# The bounded buffer: spans that ended, encoded already, one after the other in large pieces of memory.
#
# It does what ``buffer.SpanBuffer`` does, and is bounded in bytes too. What waits in it is neither seen by the garbage
# collector nor larger than what will be sent. A span that only the Python code can encode waits as the object it is.

cdef enum:
    _OBJECT_BYTES = 512  # what a span that waits as an object counts for, apart from its attributes
    _LONGEST_ENCODED = 65536  # a longer span waits as an object

cdef enum:
    _MOST_SPARE = 8

cdef size_t _CHUNK_SIZE = 256 * 1024 - 64
cdef uint32_t _IS_OBJECT = 0x80000000

cdef uint64_t _arenas_made = 0


# What stands before each span: its size, and a reference to its shape. Or, with a bit set in what it is taken to weigh, a
# reference to the span itself, and nothing follows.
cdef packed struct RecordHead:
    uint32_t size
    PyObject* owner


cdef struct Chunk:
    Chunk* following
    size_t size
    size_t begin
    size_t end


cdef inline uint8_t* _content(Chunk* chunk) noexcept nogil:
    return <uint8_t*>(chunk + 1)


cdef inline size_t _weight(RecordHead* head) noexcept nogil:
    """Return what a span counts for in the bound on bytes."""
    return sizeof(RecordHead) + (head.size & ~_IS_OBJECT)


cdef inline size_t _extent(RecordHead* head) noexcept nogil:
    """Return how long a record is."""
    return sizeof(RecordHead) + (0 if head.size & _IS_OBJECT else head.size)


@cython.final
cdef class Arena:
    """Holds finished spans until they are delivered; drops the newest, counted, when it is full.

    Args:
        capacity: how many spans it holds at most, those that are being delivered included.
        most_bytes: how many bytes they take at most.
        encoder: a ``SpanEncoder`` for what cannot be encoded here, used by the thread that takes spans.
        judges: whether the encoder's policy has to look at all others too.
    """

    cdef readonly Py_ssize_t capacity
    cdef readonly size_t most_bytes
    cdef size_t most_span_bytes
    cdef Py_ssize_t first_half
    cdef Chunk* first
    cdef Chunk* last
    # Kept for use again, since new memory costs more than what is written into it.
    cdef Chunk* spare
    cdef int spare_count
    cdef Py_ssize_t waiting, in_flight, taken, settled, lost
    cdef size_t waiting_bytes, in_flight_bytes
    cdef bint opened, closed, short_of_bytes, taking, abandoned, judges
    cdef object on_first, on_half_full, encoder
    cdef uint64_t serial, forks
    cdef dict rules

    def __cinit__(self, Py_ssize_t capacity, size_t most_bytes, encoder, bint judges):
        global _arenas_made
        self.capacity = capacity
        self.most_bytes = most_bytes
        self.first_half = max(1, capacity // 2)
        self.encoder = encoder
        self.most_span_bytes = encoder.most_bytes
        self.judges = judges
        self.rules = {}
        _arenas_made += 1
        self.serial = _arenas_made

    def __dealloc__(self):
        cdef Chunk* chunk
        self.forget_waiting()
        while self.spare != NULL:
            chunk = self.spare
            self.spare = chunk.following
            PyMem_RawFree(chunk)

    cdef int forget_waiting(self) except -1:
        cdef Chunk* chunk
        cdef Chunk* left = self.first
        # First out of here: letting go of a span may run the code of an application, which may end spans.
        self.first = self.last = NULL
        self.waiting = 0
        self.waiting_bytes = 0
        while left != NULL:
            chunk = left
            left = chunk.following
            _empty_chunk(chunk)
            self.put_aside(chunk)
        return 0

    cdef void put_aside(self, Chunk* chunk) noexcept:
        if self.spare_count == _MOST_SPARE or chunk.size != _CHUNK_SIZE:
            PyMem_RawFree(chunk)
            return
        chunk.following = self.spare
        self.spare = chunk
        self.spare_count += 1

    def reset_after_fork(self):
        """Forget everything in a forked child: the parent exports what was there."""
        self.forks += 1
        if self.taking:
            # The fork may have come out of `take`, called back by it, which then goes on reading here.
            self.first = self.last = NULL
            self.waiting = 0
            self.waiting_bytes = 0
        self.forget_waiting()
        self.in_flight = self.taken = self.settled = self.lost = 0
        self.in_flight_bytes = 0
        self.opened = self.closed = self.short_of_bytes = self.taking = False

    def listen(self, on_first, on_half_full):
        """Call ``on_first`` when the first span comes, and ``on_half_full`` when half of the room is used up."""
        self.on_first = on_first
        self.on_half_full = on_half_full

    # The way in

    def add(self, span):
        """Take one finished span, whichever engine made it; False when it was dropped, which is counted."""
        return self.push_object(span, 0)

    cdef bint push_object(self, object span, size_t more) except -1:
        """Take a span as it is; ``more`` is what is known to make it larger than others."""
        cdef RecordHead head
        head.size = _IS_OBJECT | <uint32_t>min(<size_t>_OBJECT_BYTES + more, <size_t>_IS_OBJECT - 1)
        head.owner = <PyObject*>span
        return self.push(&head, NULL)

    cdef bint push_encoded(self, Shape shape, const uint8_t* content, size_t size) except -1:
        """Take an encoded span."""
        cdef RecordHead head
        head.size = <uint32_t>size
        head.owner = <PyObject*>shape
        return self.push(&head, content)

    cdef bint push(self, RecordHead* head, const uint8_t* content) except -1:
        cdef Py_ssize_t held = self.waiting + self.in_flight
        cdef size_t held_bytes = self.waiting_bytes + self.in_flight_bytes
        cdef size_t weight = _weight(head)
        cdef size_t extent = _extent(head)
        if self.closed or held >= self.capacity or held_bytes + weight > self.most_bytes:
            return self.refuse(held)
        if (self.last == NULL or self.last.size - self.last.end < extent) and not self.add_chunk(extent):
            return self.refuse(held)
        self.write(head, content, extent)
        self.waiting += 1
        self.waiting_bytes += weight
        if not self.opened:
            self.opened = True
            self.tell(self.on_first)
        elif held == self.first_half or held_bytes <= self.most_bytes // 2 < held_bytes + weight:
            self.tell(self.on_half_full)
        return True

    cdef bint refuse(self, Py_ssize_t held) noexcept:
        global _dropped_shutdown, _dropped_queue_full, _dropped_queue_bytes
        self.lost += 1
        if self.closed:
            _dropped_shutdown += 1
        elif held >= self.capacity:
            _dropped_queue_full += 1
        else:
            self.short_of_bytes = True
            _dropped_queue_bytes += 1
        return False

    cdef bint add_chunk(self, size_t needed) noexcept:
        cdef size_t size = max(needed, _CHUNK_SIZE)
        cdef Chunk* chunk = self.spare
        if chunk != NULL and size == _CHUNK_SIZE:
            self.spare = chunk.following
            self.spare_count -= 1
        else:
            chunk = <Chunk*>PyMem_RawMalloc(sizeof(Chunk) + size)
            if chunk == NULL:
                return False
            chunk.size = size
        chunk.following = NULL
        chunk.begin = chunk.end = 0
        if self.last == NULL:
            self.first = chunk
        else:
            self.last.following = chunk
        self.last = chunk
        return True

    cdef inline void write(self, RecordHead* head, const uint8_t* content, size_t extent) noexcept:
        cdef uint8_t* target = _content(self.last) + self.last.end
        memcpy(target, head, sizeof(RecordHead))
        if content != NULL:
            memcpy(target + sizeof(RecordHead), content, head.size)
        Py_INCREF(<object>head.owner)
        self.last.end += extent

    cdef int tell(self, object listener) except -1:
        if listener is None:
            return 0
        try:
            listener()
        except Exception:
            # No thread can be started, for example. The span stays; flush and the next call try again.
            _count("internal_faults", "wake_worker")
        return 0

    # What it holds

    def __len__(self):
        return self.waiting + self.in_flight

    @property
    def more_than_half_full(self):
        """Whether the room is running out."""
        return (
            self.waiting + self.in_flight > self.first_half
            or self.waiting_bytes + self.in_flight_bytes > self.most_bytes // 2
        )

    @property
    def full(self):
        """Whether the next span would be dropped."""
        return self.waiting + self.in_flight >= self.capacity or self.short_of_bytes

    def mark(self):
        """Return how many spans have been accepted; all are done with once ``progress().settled`` is as large."""
        return self.taken + self.waiting

    def progress(self):
        """Return how far export has come."""
        return Progress(self.settled, self.lost)

    def close(self):
        """Drop what comes from now on, counted as ``shutdown``; what is there can still be taken."""
        self.closed = True

    def abandon(self):
        """Let go of what waits, which nobody will take any more."""
        if self.taking:
            self.abandoned = True
            return
        # Spans that wait as objects hold what holds this, which the garbage collector does not see.
        self.taken += self.waiting
        self.forget_waiting()

    # The way out

    def take(self, Py_ssize_t most_spans, size_t most_bytes):
        """Take the oldest spans, as the policy lets them pass; they are in flight until ``release``.

        For one thread at a time.

        Args:
            most_spans: the limit on their number.
            most_bytes: stop after the span that reaches this size.

        Returns:
            The batch, with at least one span, encoded or left out; None when none is waiting.
        """
        if self.waiting == 0 or self.taking:
            return None
        self.taking = True
        try:
            return _take(self, most_spans, most_bytes)
        finally:
            self.taking = False
            if self.abandoned:
                self.abandon()

    cdef int discard(self, Py_ssize_t spans) except -1:
        """Let the oldest spans go; they are in flight from now on."""
        cdef Chunk* chunk
        cdef RecordHead head
        cdef Py_ssize_t number
        cdef uint64_t forks = self.forks
        for number in range(spans):
            if self.forks != forks:
                return 0
            chunk = self.first
            if chunk.begin == chunk.end:
                self.first = chunk.following
                self.put_aside(chunk)
                chunk = self.first
            memcpy(&head, _content(chunk) + chunk.begin, sizeof(head))
            chunk.begin += _extent(&head)
            self.waiting -= 1
            self.taken += 1
            self.in_flight += 1
            self.waiting_bytes -= _weight(&head)
            self.in_flight_bytes += _weight(&head)
            # Last, since letting go of a span may run the code of an application.
            Py_DECREF(<object>head.owner)
        if self.waiting == 0:
            self.forget_waiting()
        return 0

    def release(self, Py_ssize_t done, Py_ssize_t lost=0):
        """Make room for ``done`` spans that were taken and are done with, ``lost`` of them without being delivered."""
        done = min(done, self.in_flight)
        self.settled += done
        self.lost += lost
        self.in_flight -= done
        if self.in_flight <= 0:
            self.in_flight_bytes = 0
        else:
            # Which ones they were is not known: on the average that is right, and it is exact again at zero.
            self.in_flight_bytes -= self.in_flight_bytes * done // (self.in_flight + done)
        self.short_of_bytes = False


cdef int _empty_chunk(Chunk* chunk) except -1:
    cdef RecordHead head
    while chunk.begin < chunk.end:
        memcpy(&head, _content(chunk) + chunk.begin, sizeof(head))
        chunk.begin += _extent(&head)
        Py_DECREF(<object>head.owner)
    return 0
