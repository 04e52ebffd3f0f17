# The attributes that the middleware sets on the span of a request: those it comes with, and those of the answer.


cdef int _put_request(Span span, dict environ, str method) except -1:
    """Set the attributes of an incoming request."""
    cdef Scratch* scratch
    cdef bint done = False
    if span.recorder.arena is not None:
        scratch = _borrow()
        try:
            done = _encode_request(scratch, environ, method, not _query_allow) and _add_pairs(
                span, scratch.data, scratch.used
            )
        finally:
            _give_back(scratch)
    if not done:
        span.begin_with(_request_attributes(environ, _query_allow))
    span.is_as_it_came = done
    return 0


cdef inline bint _has_no_answer(Span span) noexcept:
    """Tell whether an attribute of the answer is surely not there yet, and not one too many."""
    return span.is_as_it_came and span.pairs_used < MOST_ATTRIBUTES * _SMALLEST_PAIR


cdef int _put_route(Span span, str route) except -1:
    """Set the route of a request at its end."""
    cdef Scratch* scratch
    cdef bint done
    if not _has_no_answer(span):
        return span.put("http.route", route)
    scratch = _borrow()
    try:
        done = _encode_text(scratch, &_HTTP_ROUTE, route) and _add_pairs(span, scratch.data, scratch.used)
    finally:
        _give_back(scratch)
    return 0 if done else span.put("http.route", route)


cdef int _put_status_code(Span span, int code) except -1:
    """Set the status of the answer to a request."""
    cdef Scratch* scratch
    cdef bint done
    if not _has_no_answer(span):
        return span.put("http.response.status_code", code)
    scratch = _borrow()
    try:
        _encode_number(scratch, &_STATUS_CODE, 0x18, code)
        done = _add_pairs(span, scratch.data, scratch.used)
    finally:
        _give_back(scratch)
    return 0 if done else span.put("http.response.status_code", code)
