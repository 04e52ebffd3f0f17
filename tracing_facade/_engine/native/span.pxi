# The span that records; it behaves as ``span.RecordedSpan`` does.

cdef enum:
    _UNSET = 0
    _OK = 1
    _ERROR = 2

cdef Py_ssize_t MOST_ATTRIBUTES = _MOST_ATTRIBUTES
cdef Py_ssize_t MOST_EVENTS = _MOST_EVENTS


cdef class Recorder  # below, in recorder.pxi
cdef class Watch


@cython.final
@cython.freelist(64)
cdef class Span:
    """A span that is being recorded: exported when its trace is sampled, and watched when it may be slow.

    It also answers the methods of OpenTelemetry's ``Span``, for third-party code that finds it in the context.
    """

    cdef uint64_t number, parent_number, started, ended
    cdef uint8_t code
    cdef Trace _trace
    cdef bint has_parent, has_ended, _parent_is_remote, _exited_elsewhere_
    # Those of an incoming request, and none that the middleware adds when it ends.
    cdef bint is_as_it_came
    cdef Recorder recorder
    cdef Shape shape
    # The attributes are encoded as soon as they are set, as long as they are usual, and otherwise kept in a dict.
    cdef uint8_t* pairs  # when the space below is too small
    cdef uint32_t pairs_size, pairs_used
    cdef uint8_t inline_pairs[_INLINE]
    cdef object block  # what owns that space
    cdef dict _attributes
    cdef Rarities _rare
    cdef Watch watch_here, watch_around
    cdef object mapping, previous, token
    cdef object __weakref__

    cdef Rarities rare(self):
        cdef Rarities made
        if self._rare is None:
            made = Rarities.__new__(Rarities)
            made.description = ""
            # To make it may run destructors, and those may come here too.
            if self._rare is None:
                self._rare = made
        return self._rare

    # What everybody uses

    @property
    def trace_id(self):
        """32 lower-case hexadecimal digits."""
        return self._trace.trace_id

    @property
    def span_id(self):
        """16 lower-case hexadecimal digits."""
        return _span_hex(self.number)

    @property
    def flags(self):
        """The W3C trace flags of the trace."""
        return self._trace.flags

    @property
    def tracestate(self):
        """The W3C tracestate of the trace, as a header value."""
        return self._trace.tracestate

    def is_recording(self):
        """Whether the span is still open."""
        return not self.has_ended

    def set_attribute(self, key, value):
        """Set one attribute; a later value replaces an earlier one."""
        if not self.has_ended:
            self.put(key, value)

    cdef int put(self, object key, object value) except -1:
        # A reference of its own: the methods of a key may give the span other attributes meanwhile.
        cdef dict attributes
        if self.is_as_it_came and not _is_of_others(key):
            self.is_as_it_came = False
        if self._attributes is None and self.recorder.arena is not None:
            if _append_pair(self, key, value):
                return 0
            self.unpack()
        try:
            if self._attributes is None:
                self._attributes = {}
            attributes = self._attributes
            if len(attributes) >= MOST_ATTRIBUTES and key not in attributes:
                _count("attributes_dropped", "too_many")
            else:
                attributes[key] = value if _is_immutable(value) else frozen(value)
        except Exception:
            _count("attributes_dropped", "not_a_key")
        return 0

    cdef int put_first(self, object attributes) except -1:
        """Set the attributes that a span starts with."""
        if self.recorder.arena is None or not _fill_pairs(self, attributes):
            self._attributes = _frozen_dict(attributes)
        return 0

    cdef int unpack(self) except -1:
        """Keep the attributes as a dict from now on."""
        self.is_as_it_came = False
        self._attributes = _unpacked(self)
        self.pairs_used = 0
        return 0

    def begin_with(self, attributes):
        """Make these the attributes; the dict is the span's own from now on, and holds immutable values only."""
        self._attributes = None
        self.pairs_used = 0
        self.put_first(attributes)

    def set_attributes(self, attributes):
        """Set several attributes at once."""
        try:
            if self.pairs_used == 0 and self._attributes is None and not self.has_ended:
                if self.recorder.arena is not None and _fill_pairs(self, attributes):
                    return
            for key, value in attributes.items():
                if not self.has_ended:
                    self.put(key, value)
        except Exception:
            _count("attributes_dropped", "not_a_mapping")

    def add_event(self, event, attributes=None, timestamp=None):
        """Note that something happened now, or at ``timestamp`` nanoseconds since the epoch."""
        if not self.has_ended:
            try:
                self.append_event(event, attributes, timestamp)
            except Exception:
                _count("events_dropped", "not_an_event")

    cdef int append_event(self, object event, object attributes, object timestamp) except -1:
        cdef Rarities rare
        name = event if isinstance(event, str) else event.name
        at = timestamp or PyLong_FromUnsignedLongLong(_now())
        rare = self.rare()
        if rare.events is None:
            rare.events = []
        if len(rare.events) < MOST_EVENTS:
            rare.events.append((name, at, frozen_attributes(attributes) if attributes else None))
        else:
            _count("events_dropped", "too_many")
        if self.watch_here is not None:
            self.watch_here.add(name, at, None)
        elif self.watch_around is not None:
            self.watch_around.add(name, at, None)
        return 0

    def record_error(self, exception):
        """Add an ``exception`` event and set the error status."""
        self.record_exception(exception)
        self.set_status(False, exceptions.describe(exception))

    def set_status(self, ok, description=""):
        """Say whether the operation succeeded; also takes OpenTelemetry's ``Status`` or ``StatusCode``."""
        if self.has_ended or self.code == _OK:
            return
        code, description = status_of(ok, description)
        if code != _UNSET:
            self.code = code
        if description or self._rare is not None:
            self.rare().description = description

    # The context

    def __enter__(self):
        if self.mapping is None:  # entered already otherwise; see ``span.RecordedSpan``
            self.enter()
        return self

    cdef int enter(self) except -1:
        self.previous = _current_mapping()
        self.mapping = _mapping_with(self.previous, self)
        self.token = _make_current_for_now(self.mapping)
        return 0

    def __exit__(self, kind, error, traceback):
        self.leave()
        if error is not None and isinstance(error, Exception):
            self.record_exception(error, escaped=True)
            self.set_status(False, exceptions.describe(error))
        self.finish(0)

    cdef int leave(self) except -1:
        if self.mapping is not None and _is_current(self.mapping):
            previous = _still_entered(self.previous)
            _restore(self.token if previous is self.previous else None, previous)
            self.previous = self.token = None
            mapping, self.mapping = self.mapping, None
            _reuse(mapping)
        else:
            # Entered in one place and left in another (a generator closed elsewhere): what is current there is not
            # ours to replace. Whoever finds our mapping as its previous one later goes past it.
            self._exited_elsewhere_ = True
            self.token = None
        return 0

    @property
    def _exited_elsewhere(self):
        return self._exited_elsewhere_

    @property
    def _previous(self):
        return self.previous

    def end(self, end_time=None):
        """End the span; only the first call counts, also when threads race."""
        self.finish(0 if end_time is None else _instant(end_time))

    cdef int finish(self, uint64_t at) except -1:
        global _spans_ended
        if self.has_ended:
            return 0
        self.has_ended = True
        _spans_ended += 1
        if at == 0:
            at = _now()
        self.ended = at if at > self.started else self.started
        if self.watch_around is not None:
            self.watch_around.add_span(self)
        if self.watch_here is not None:
            self.watch_here.finish(self)
        if self._trace.is_sampled():
            self.recorder.take(self)
        return 0

    cdef inline int watched_with(self, Span above) except -1:
        """Let what watches ``above``, or a span around it, watch this one."""
        self.watch_around = above.watch_around if above.watch_here is None else above.watch_here
        return 0

    # What OpenTelemetry's Span has besides

    def get_span_context(self):
        """Return the identity of this span as OpenTelemetry's ``SpanContext``."""
        make = context.home.foreign_span_context
        return None if make is None else make(self.trace, self.span_id)

    def update_name(self, name):
        """Rename the span."""
        cdef Shape shape = self.shape
        if not self.has_ended:
            self.shape = shape.renamed(_as_text(name))

    def add_link(self, span_context, attributes=None):
        """Add a link to an OpenTelemetry ``SpanContext``."""
        self.add_links((link_of(span_context, attributes),))

    def add_links(self, links):
        """Add links; a span, a ``Link`` or anything with ``trace_id`` and ``span_id`` will do."""
        cdef Rarities rare
        if not self.has_ended:
            rare = self.rare()
            rare.links = links_with(rare.links, links)

    def record_exception(self, exception, attributes=None, timestamp=None, escaped=False):
        """Add an ``exception`` event without touching the status, as OpenTelemetry does."""
        if not self.has_ended:
            self.add_event("exception", exceptions.event_attributes(exception, attributes, escaped), timestamp)

    # What is read of a finished span, and set by those who start one

    @property
    def trace(self):
        """What the spans of one trace share."""
        return self._trace

    @property
    def name(self):
        """What the operation is called."""
        return self.shape.name

    @property
    def kind(self):
        """The number of the span's kind."""
        return self.shape.kind

    @property
    def scope(self):
        """The name of the instrumentation scope."""
        return self.shape.scope

    @property
    def parent_span_id(self):
        """The parent's id, empty for the first span of a trace."""
        return _span_hex(self.parent_number) if self.has_parent else ""

    @property
    def parent_is_remote(self):
        """Whether the parent is in another process."""
        return self._parent_is_remote

    @parent_is_remote.setter
    def parent_is_remote(self, bint value):
        self._parent_is_remote = value

    @property
    def attributes(self):
        """The attributes; None when there are none."""
        if self.pairs_used:
            self.unpack()
        return self._attributes

    @property
    def events(self):
        """The events as name, time and attributes; None when there are none."""
        return None if self._rare is None else self._rare.events

    @property
    def links(self):
        """The links; None when there are none."""
        return None if self._rare is None else self._rare.links

    @property
    def status_code(self):
        """0, 1 for success or 2 for an error."""
        return self.code

    @property
    def status_description(self):
        """What went wrong."""
        return "" if self._rare is None else self._rare.description

    @property
    def start_ns(self):
        """When it started, nanoseconds since the epoch."""
        return self.started

    @property
    def end_ns(self):
        """When it ended, 0 while it is open."""
        return self.ended

    @property
    def watch(self):
        """What watches this span for slowness."""
        return self.watch_here

    @property
    def watch_above(self):
        """What watches an outer span for slowness."""
        return self.watch_around
