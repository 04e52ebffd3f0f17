# The URL of an outgoing request, as far as it is usual: http or https, a plain host, and nothing but ASCII.


cdef struct Url:
    Piece head  # all before the query
    Piece query
    Piece origin  # scheme, host and port
    Piece host
    int port


cdef bint _split_url(object text, Url* url) noexcept:
    """Find the parts of a URL; False when it is unusual and left to ``urllib.parse``."""
    cdef const uint8_t* start
    cdef const uint8_t* end
    cdef const uint8_t* position
    cdef const uint8_t* question
    if not PyUnicode_CheckExact(text) or not PyUnicode_IS_COMPACT_ASCII(text):
        return False
    start = <const uint8_t*>PyUnicode_DATA(text)
    end = start + PyUnicode_GET_LENGTH(text)
    if end - start > _MOST_QUERY:
        return False
    question = _plain_until(c"?", start, end)
    if question == NULL or _plain_until(-1, question, end) == NULL:
        return False
    if end - start > 7 and memcmp(start, b"http://", 7) == 0:
        url.host.text = start + 7
        url.port = 80
    elif end - start > 8 and memcmp(start, b"https://", 8) == 0:
        url.host.text = start + 8
        url.port = 443
    else:
        return False
    position = url.host.text
    while position < end and _is_of_host(position[0]):
        position += 1
    url.host.length = position - url.host.text
    if position < end and position[0] == c":":
        position = _read_port(position + 1, end, &url.port)
    url.origin.text = start
    url.origin.length = position - start
    if url.host.length == 0 or url.port < 0 or (position < end and position[0] != c"/" and position[0] != c"?"):
        return False
    url.head.text = start
    url.head.length = question - start
    url.query.text = question + 1
    url.query.length = max(end - question - 1, 0)
    return True


cdef inline bint _is_of_host(uint8_t character) noexcept nogil:
    # Capitals are left out, since a host is compared in small letters.
    return (
        c"a" <= character <= c"z" or c"0" <= character <= c"9"
        or character == c"." or character == c"-" or character == c"_"
    )


cdef const uint8_t* _plain_until(int stop, const uint8_t* position, const uint8_t* end) noexcept nogil:
    """Return where ``stop`` is, -1 for none, or the end; NULL when a space, a control character or a fragment comes before."""
    while position < end and position[0] != stop:
        if position[0] <= 0x20 or position[0] == 0x7F or position[0] == c"#":
            return NULL
        position += 1
    return position


cdef const uint8_t* _read_port(const uint8_t* position, const uint8_t* end, int* port) noexcept nogil:
    """Read a port; -1 for one that cannot be. Without digits the port stays what it is."""
    cdef const uint8_t* start = position
    cdef int number = 0
    while position < end and position - start < 6 and c"0" <= position[0] <= c"9":
        number = number * 10 + (position[0] - c"0")
        position += 1
    if position > start:
        port[0] = number if 0 < number <= 65535 else -1
    return position


cdef int _put_url(Scratch* out, Utf8* key, Url* url) except -1:
    """Write a URL with its query redacted."""
    cdef Scratch* redacted
    cdef Piece result
    if url.query.length == 0:
        return _put_piece(out, key, &url.head)
    redacted = _borrow()
    try:
        _need(redacted, url.head.length + 1 + url.query.length * 10)
        memcpy(redacted.data, url.head.text, url.head.length)
        redacted.data[url.head.length] = c"?"
        redacted.used = _redact(redacted.data + url.head.length + 1, &url.query) - redacted.data
        result.text = redacted.data
        result.length = redacted.used
        _put_piece(out, key, &result)
    finally:
        _give_back(redacted)
    return 0
