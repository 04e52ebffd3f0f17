# Encoded spans as the policy lets them pass: attribute by attribute, recognised by its bytes or judged as a value.

cdef enum:
    _TIMES = 8 + 1 + 8


# Where the parts of an encoded span are.
cdef struct Parts:
    const uint8_t* identifiers
    const uint8_t* name
    const uint8_t* times
    const uint8_t* attributes
    const uint8_t* end


cdef inline void _find_parts(Parts* parts, const uint8_t* content, size_t size, Py_ssize_t head_size) noexcept nogil:
    cdef uint64_t length
    parts.identifiers = _read_varint(content + 1, &length)
    parts.name = parts.identifiers + 18 + 10
    if parts.name[0] == 0x22:
        parts.name += 10
    parts.times = parts.name + head_size
    parts.attributes = parts.times + _TIMES
    parts.end = content + size


cdef int _put_judged(Arena arena, Scratch* spans, Shape shape, const uint8_t* content, size_t size) except -1:
    """Copy an encoded span as the policy lets it pass."""
    cdef Parts parts
    cdef size_t before = spans.used
    cdef Rules rules = shape.rules
    cdef bytes head = shape.head
    _find_parts(&parts, content, size, PyBytes_GET_SIZE(shape.head))
    if rules is None or rules.owner != arena.serial:
        name, found = arena.encoder.presentation(shape.name)
        rules = _rules_like(arena, found)
        if name == shape.name:
            shape.rules = rules
        else:
            head = encoding._name_and_kind(name, shape.kind)
    if head is shape.head and not rules.together and _all_known(rules, parts.attributes, parts.end):
        _put(spans, content, size)
    else:
        _put_rewritten(rules, spans, &parts, head)
    if spans.used - before > arena.most_span_bytes:
        _shorten(arena, spans, before, &parts, head)
    return 0


cdef Rules _rules_like(Arena arena, object encoders):
    """Return what is known about spans that these encoders are for."""
    cdef Rules rules = arena.rules.get(encoders)
    if rules is None:
        rules = Rules()
        rules.owner = arena.serial
        rules.attributes = encoders.attributes
        rules.always = encoders.always
        rules.together = encoders.renames
        arena.rules[encoders] = rules
    return rules


cdef bint _all_known(Rules rules, const uint8_t* position, const uint8_t* end) noexcept:
    cdef uint64_t length
    while position < end and position[0] == 0x4A:
        position = _read_varint(position + 1, &length)
        if not rules.lets_pass(position, length):
            return False
        position += length
    return True


cdef int _put_rewritten(Rules rules, Scratch* spans, Parts* parts, bytes head) except -1:
    """Write a span anew, with another name or with other attributes."""
    cdef Scratch* body = _borrow()
    cdef const uint8_t* rest
    try:
        _put(body, parts.identifiers, parts.name - parts.identifiers)
        _put_whole(body, head)
        _put(body, parts.times, _TIMES)
        rest = _put_attributes(rules, body, parts.attributes, parts.end)
        _put(body, rest, parts.end - rest)
        _put_span(spans, body)
    finally:
        _give_back(body)
    return 0


cdef int _put_span(Scratch* spans, Scratch* body) except -1:
    _need(spans, _MOST_HEAD)
    spans.used = _put_head(spans.data + spans.used, 0x12, body.used) - spans.data
    return _put(spans, body.data, body.used)


cdef int _shorten(Arena arena, Scratch* spans, size_t before, Parts* parts, bytes head) except -1:
    """Leave out what made the last span too large, if it is; see ``encoding.SpanEncoder``."""
    cdef Scratch* body
    cdef const uint8_t* rest = parts.attributes
    cdef uint64_t size
    cdef uint64_t attributes = 0
    cdef uint64_t links = 0
    _read_varint(spans.data + before + 1, &size)
    if size <= arena.most_span_bytes:
        return 0
    _count("spans_truncated", "")
    spans.used = before
    # Attributes, tracestate and links; then come the status and the flags, which stay.
    while rest < parts.end and (rest[0] == 0x4A or rest[0] == 0x1A or rest[0] == 0x6A):
        attributes += rest[0] == 0x4A
        links += rest[0] == 0x6A
        rest = _read_varint(rest + 1, &size)
        rest += size
    body = _borrow()
    try:
        _put(body, parts.identifiers, parts.name - parts.identifiers)
        _put_whole(body, head)
        _put(body, parts.times, _TIMES)
        _put_left_out(body, 0x50, attributes)
        _put_left_out(body, 0x70, links)
        _put(body, rest, parts.end - rest)
        _put_span(spans, body)
    finally:
        _give_back(body)
    return 0


cdef int _put_left_out(Scratch* body, uint8_t tag, uint64_t count) except -1:
    """Say how much there was of what is left out."""
    if count:
        _need(body, _MOST_HEAD)
        body.used = _put_head(body.data + body.used, tag, count) - body.data
    return 0


cdef const uint8_t* _put_attributes(
    Rules rules, Scratch* body, const uint8_t* position, const uint8_t* end
) except NULL:
    """Write the attributes as they are judged; returns where they end."""
    cdef const uint8_t* pair
    cdef uint64_t length
    cdef dict attributes = {}
    _put_whole(body, rules.always)
    while position < end and position[0] == 0x4A:
        pair = _read_varint(position + 1, &length)
        if rules.together:
            key, value = _decoded_pair(pair)
            attributes[key] = value
        elif rules.lets_pass(pair, length):
            _put(body, position, pair + length - position)
        else:
            _put_unknown(rules, body, position, pair, length)
        position = pair + length
    if attributes:
        _put_whole(body, rules.attributes.encode(attributes))
    return position


cdef int _put_unknown(
    Rules rules, Scratch* body, const uint8_t* position, const uint8_t* pair, size_t length
) except -1:
    """Ask the policy about one attribute."""
    cdef size_t size = pair + length - position
    cdef bytes judged
    cdef size_t before
    key, value = _decoded_pair(pair)
    judged = rules.attributes.encode({key: value})
    if <size_t>PyBytes_GET_SIZE(judged) == size and memcmp(PyBytes_AS_STRING(judged), position, size) == 0:
        # Identifiers, ports and sizes are others in each request: judged once, all that look like it pass.
        before = _before_small_number(pair, length)
        if before and rules.attributes.passes_small_numbers(key):
            rules.remember(key, pair, before)
        elif _ends_in_uuid(pair, length) and rules.attributes.passes_identifiers(key):
            rules.remember(key, pair, length - _UUID_CHARACTERS)
        else:
            rules.remember(key, pair, length)
    return _put_whole(body, judged)
