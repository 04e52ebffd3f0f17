# From the buffer to a batch: by scope, and as the policy lets spans pass.

cdef enum:
    _MOST_SCOPES = 64  # in one batch; what belongs to more of them waits for the next


cdef struct Share:
    PyObject* scope
    Scratch* spans


cdef object _take(Arena arena, Py_ssize_t most_spans, size_t most_bytes):
    """Return the next batch; see ``Arena.take``."""
    cdef Share shares[_MOST_SCOPES]
    cdef int used = 0
    cdef int number
    cdef Py_ssize_t seen = 0
    cdef Py_ssize_t left_out = 0
    cdef uint64_t forks = arena.forks
    cdef object scopes
    try:
        seen = _fill(arena, shares, &used, most_spans, most_bytes, &left_out)
        scopes = _scopes(shares, used)
    finally:
        for number in range(used):
            _give_back(shares[number].spans)
            Py_XDECREF(shares[number].scope)
    if arena.forks != forks:
        return None
    arena.discard(seen)
    return Batch(seen - left_out, scopes, left_out)


cdef Py_ssize_t _fill(
    Arena arena, Share* shares, int* used, Py_ssize_t most_spans, size_t most_bytes, Py_ssize_t* left_out
) except -1:
    """Copy spans into ``shares``; returns how many, those that cannot be encoded included.

    The policy may give other threads their turn. They add to the buffer, behind what is read here, and take nothing.
    """
    cdef Chunk* chunk = arena.first
    cdef size_t position = chunk.begin
    cdef size_t total = 0
    cdef Py_ssize_t seen = 0
    cdef Py_ssize_t size
    cdef uint64_t forks = arena.forks
    cdef RecordHead head
    while seen < most_spans and total < most_bytes:
        if position == chunk.end:
            if chunk.following == NULL:
                break
            chunk = chunk.following
            position = chunk.begin
            continue
        memcpy(&head, _content(chunk) + position, sizeof(head))
        size = _copy(arena, &head, _content(chunk) + position + sizeof(head), shares, used)
        if size < 0 or arena.forks != forks:
            break
        if size == 0:
            left_out[0] += 1
        total += size
        position += _extent(&head)
        seen += 1
    return seen


cdef Py_ssize_t _copy(Arena arena, RecordHead* head, const uint8_t* content, Share* shares, int* used) except? -2:
    """Copy one span; returns its size, 0 when it cannot be encoded, -1 when the batch has too many scopes for it."""
    cdef object owner = <object>head.owner
    cdef bint is_object = head.size & _IS_OBJECT
    cdef object encoded
    cdef Scratch* spans
    cdef size_t before
    if is_object:
        encoded = encoding.encoded_or_dropped(owner, arena.encoder.encode)
        if not encoded:
            return 0
        spans = _share_of(_scope_name(owner), shares, used)
    else:
        spans = _share_of((<Shape>owner).scope, shares, used)
    if spans == NULL:
        return -1
    before = spans.used
    if is_object:
        _put(spans, PyBytes_AS_STRING(encoded), PyBytes_GET_SIZE(encoded))
    elif not arena.judges:
        _put(spans, content, head.size)
    else:
        _put_judged_or_drop(arena, spans, <Shape>owner, content, head.size)
    return spans.used - before


cdef str _scope_name(object span):
    name = span.scope
    return name if type(name) is str else str(name)


cdef Scratch* _share_of(str scope, Share* shares, int* used) except? NULL:
    """Return where the spans of a scope go; NULL when there are too many scopes."""
    cdef int number
    for number in range(used[0]):
        if shares[number].scope == <PyObject*>scope or <object>shares[number].scope == scope:
            return shares[number].spans
    if used[0] == _MOST_SCOPES:
        return NULL
    shares[used[0]].spans = _borrow()
    shares[used[0]].scope = <PyObject*>scope
    Py_INCREF(scope)
    used[0] += 1
    return shares[used[0] - 1].spans


cdef tuple _scopes(Share* shares, int used):
    cdef list scopes = []
    cdef int number
    for number in range(used):
        if shares[number].spans.used:
            content = <object>_bytes(shares[number].spans)
            scopes.append((<object>shares[number].scope, content))
    return tuple(scopes)


cdef bytes _bytes(Scratch* scratch):
    return (<char*>scratch.data)[:scratch.used]


cdef int _put_judged_or_drop(
    Arena arena, Scratch* spans, Shape shape, const uint8_t* content, size_t size
) except -1:
    cdef size_t before = spans.used
    try:
        _put_judged(arena, spans, shape, content, size)
    except Exception:
        spans.used = before
        _count("spans_dropped", "encode")
    return 0
