# What is known of an HTTP request when it comes in, from the WSGI environment straight to encoded attributes.
#
# ``http_attributes.wsgi_request_attributes`` says what they are, and does it for every request that is unusual.

cdef enum:
    _MOST_CHARACTERS = 1024
    _MOST_QUERY = 2048

cdef bytes _REDACTED = b"REDACTED"


cdef struct Piece:
    const uint8_t* text
    Py_ssize_t length


# Keys of attributes; the bytes live as long as this module.
cdef list _constants = []


cdef Utf8 _constant(bytes text):
    cdef Utf8 name
    _constants.append(text)
    name.ascii = <const uint8_t*>PyBytes_AS_STRING(text)
    name.size = PyBytes_GET_SIZE(text)
    return name


cdef Utf8 _METHOD = _constant(b"http.request.method")
cdef Utf8 _SCHEME = _constant(b"url.scheme")
cdef Utf8 _PATH = _constant(b"url.path")
cdef Utf8 _QUERY = _constant(b"url.query")
cdef Utf8 _SERVER_ADDRESS = _constant(b"server.address")
cdef Utf8 _SERVER_PORT = _constant(b"server.port")
cdef Utf8 _CLIENT_ADDRESS = _constant(b"client.address")
cdef Utf8 _PEER_ADDRESS = _constant(b"network.peer.address")
cdef Utf8 _PEER_PORT = _constant(b"network.peer.port")
cdef Utf8 _PROTOCOL_VERSION = _constant(b"network.protocol.version")
cdef Utf8 _STATUS_CODE = _constant(b"http.response.status_code")
cdef Utf8 _HTTP_ROUTE = _constant(b"http.route")
cdef Utf8 _USER_AGENT = _constant(b"user_agent.original")

cdef Piece _NOTHING = Piece(<const uint8_t*>"", 0)


# The method as an attribute, encoded, for those that HTTP knows.
cdef dict _encoded_methods = {}


cdef int _encode_methods(object known_methods) except -1:
    for method in known_methods:
        _encoded_methods[method] = attribute_encoding.encode_attributes(0x4A, {"http.request.method": method})
    return 0


cdef bint _piece_of(dict environ, object key, Piece* piece) except -1:
    """Find a text; a missing one is empty. False when there is something else, or text beyond ASCII."""
    cdef PyObject* value = PyDict_GetItemWithError(environ, key)
    piece.text = _NOTHING.text
    piece.length = 0
    if value == NULL:
        return True
    if not PyUnicode_CheckExact(<object>value) or not PyUnicode_IS_COMPACT_ASCII(<object>value):
        return False
    piece.text = <const uint8_t*>PyUnicode_DATA(<object>value)
    piece.length = PyUnicode_GET_LENGTH(<object>value)
    return True


cdef int _put_piece(Scratch* out, Utf8* key, Piece* piece) except -1:
    cdef uint8_t* target
    if key.size + piece.length < 120:
        # All lengths fit into one byte.
        _need(out, 128)
        target = out.data + out.used
        target[0] = 0x4A
        target[1] = <uint8_t>(key.size + piece.length + 6)
        target[2] = 0x0A
        target[3] = <uint8_t>key.size
        tf_copy(target + 4, key.ascii, key.size)
        target += 4 + key.size
        target[0] = 0x12
        target[1] = <uint8_t>(piece.length + 2)
        target[2] = 0x0A
        target[3] = <uint8_t>piece.length
        target += 4
    else:
        target = _put_key(out, key, 1 + _varint_size(piece.length) + piece.length)
        target = _put_head(target, 0x0A, piece.length)
    tf_copy(target, piece.text, piece.length)
    out.used = target + piece.length - out.data
    return 0


cdef bint _encode_request(Scratch* out, dict environ, str method, bint redacts_all) except -1:
    """Write the attributes of a request; False when the Python code has to find them."""
    cdef Piece scheme, query, agent
    cdef PyObject* encoded_method = PyDict_GetItemWithError(_encoded_methods, method)
    if encoded_method == NULL or not (
        _piece_of(environ, "wsgi.url_scheme", &scheme)
        and _piece_of(environ, "QUERY_STRING", &query)
        and _piece_of(environ, "HTTP_USER_AGENT", &agent)
    ):
        return False
    if (query.length and not redacts_all) or query.length > _MOST_QUERY or agent.length > _MOST_CHARACTERS:
        return False
    _need(out, 256)
    _put_whole(out, <bytes>encoded_method)
    _put_piece(out, &_SCHEME, &scheme)
    if not _put_path(out, environ):
        return False
    if query.length:
        _put_query(out, &query)
    if not _put_server(out, environ, &scheme) or not _put_peer(out, environ):
        return False
    if agent.length:
        _put_piece(out, &_USER_AGENT, &agent)
    return True


cdef bint _put_path(Scratch* out, dict environ) except -1:
    cdef Piece script, path
    cdef uint8_t* target
    cdef Py_ssize_t length
    if not (_piece_of(environ, "SCRIPT_NAME", &script) and _piece_of(environ, "PATH_INFO", &path)):
        return False
    length = script.length + path.length
    if length > _MOST_CHARACTERS:
        return False
    target = _put_head(_put_key(out, &_PATH, 1 + _varint_size(length) + length), 0x0A, length)
    tf_copy(target, script.text, script.length)
    tf_copy(target + script.length, path.text, path.length)
    out.used = target + length - out.data
    return True


cdef int _put_query(Scratch* out, Piece* query) except -1:
    """Write the query with every value redacted; see ``policy.url_redaction``."""
    cdef Scratch* redacted = _borrow()
    cdef Piece result
    try:
        # At worst each character is a part of its own.
        _need(redacted, query.length * 10)
        redacted.used = _redact(redacted.data, query) - redacted.data
        result.text = redacted.data
        result.length = redacted.used
        _put_piece(out, &_QUERY, &result)
    finally:
        _give_back(redacted)
    return 0


cdef uint8_t* _redact(uint8_t* target, Piece* query) noexcept:
    cdef Py_ssize_t position = 0
    cdef Py_ssize_t start, equals
    while True:
        start = position
        equals = -1
        while position < query.length and query.text[position] != c"&" and query.text[position] != c";":
            if equals < 0 and query.text[position] == c"=":
                equals = position
            position += 1
        if equals >= 0:
            memcpy(target, query.text + start, equals + 1 - start)
            target += equals + 1 - start
        if position > start and equals + 1 < position:
            memcpy(target, PyBytes_AS_STRING(_REDACTED), 8)
            target += 8
        if position == query.length:
            return target
        target[0] = c"&"
        target += 1
        position += 1


cdef bint _put_server(Scratch* out, dict environ, Piece* scheme) except -1:
    cdef Piece host, port
    cdef Py_ssize_t colon
    if not _piece_of(environ, "HTTP_HOST", &host):
        return False
    if host.length == 0:
        if not (_piece_of(environ, "SERVER_NAME", &host) and _piece_of(environ, "SERVER_PORT", &port)):
            return False
    else:
        colon = host.length - 1
        while colon > 0 and host.text[colon] != c":":
            colon -= 1
        port = _NOTHING
        if colon > 0 and host.text[host.length - 1] != c"]":
            port.text = host.text + colon + 1
            port.length = host.length - colon - 1
            host.length = colon
    if host.length == 0:
        return True
    if host.text[0] == c"[":
        host.text += 1
        host.length -= 1
    if host.length and host.text[host.length - 1] == c"]":
        host.length -= 1
    if host.length > _MOST_CHARACTERS:
        return False
    _put_piece(out, &_SERVER_ADDRESS, &host)
    _put_port(out, &_SERVER_PORT, &port, scheme)
    return True


cdef int _put_port(Scratch* out, Utf8* key, Piece* port, Piece* scheme) except -1:
    """Write a port, or the scheme's when it is none."""
    cdef int number = _number_in(port)
    if number < 0 and scheme != NULL:
        if scheme.length == 4 and memcmp(scheme.text, b"http", 4) == 0:
            number = 80
        elif scheme.length == 5 and memcmp(scheme.text, b"https", 5) == 0:
            number = 443
    if number >= 0:
        _encode_number(out, key, 0x18, number)
    return 0


cdef int _number_in(Piece* text) noexcept:
    """Return a number of at most five digits, or -1."""
    cdef int number = 0
    cdef Py_ssize_t position
    if text.length == 0 or text.length > 5:
        return -1
    for position in range(text.length):
        if not c"0" <= text.text[position] <= c"9":
            return -1
        number = number * 10 + (text.text[position] - c"0")
    return number


cdef bint _put_peer(Scratch* out, dict environ) except -1:
    cdef Piece address, port, protocol
    if not (
        _piece_of(environ, "REMOTE_ADDR", &address)
        and _piece_of(environ, "REMOTE_PORT", &port)
        and _piece_of(environ, "SERVER_PROTOCOL", &protocol)
    ):
        return False
    if address.length:
        _put_piece(out, &_CLIENT_ADDRESS, &address)
        _put_piece(out, &_PEER_ADDRESS, &address)
    _put_port(out, &_PEER_PORT, &port, NULL)
    if protocol.length > 5 and memcmp(protocol.text, b"HTTP/", 5) == 0:
        protocol.text += 5
        protocol.length = min(protocol.length - 5, 16)
        _put_piece(out, &_PROTOCOL_VERSION, &protocol)
    return True
