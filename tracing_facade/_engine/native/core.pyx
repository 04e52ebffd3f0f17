# cython: language_level=3, binding=False, boundscheck=False, wraparound=False, cdivision=True, nonecheck=True
"""The engine in native form: the same spans, context, buffer and encoding as the modules beside it in pure Python.

Each part is a file of its own. They are one module, so that one part calls another at the price of a C call. What is
rare is left to the Python code of the pure engine, which is also the oracle of the tests.

Everything here runs under the interpreter's lock and relies on it. Whatever may run Python code, and an allocation that
the garbage collector sees is enough, may also end another span, on this thread or another; between such steps, and
never across them, memory is touched through pointers.
"""

cimport cython
from cpython.object cimport PyObject, PyTypeObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

import contextvars
import os

from tracing_facade import selfmetrics
from tracing_facade._engine import attribute_encoding, clock, context, encoding, exceptions, ids, passive
from tracing_facade._engine.buffer import Batch, Progress
from tracing_facade._engine.interface import Link
from tracing_facade._engine.slow import SlowWatch
from tracing_facade._engine.span import MOST_ATTRIBUTES as _MOST_ATTRIBUTES
from tracing_facade._engine.span import MOST_EVENTS as _MOST_EVENTS
from tracing_facade._engine.span import frozen, frozen_attributes, link_of, links_with, status_of
from tracing_facade._engine.spans import adopt_foreign
from tracing_facade.sampling import Origin
from tracing_facade.trust import Caller as _CallerOfRule
from tracing_facade.trust import Trust, trust_everyone, trust_nobody

# Raised whenever the Python code and this module have to change together.
INTERFACE = 1

include "interpreters.pxi"
include "platform.pxi"
include "tally.pxi"
include "identifiers.pxi"
include "time.pxi"
include "scratch.pxi"
include "attributes.pxi"
include "decoding.pxi"
include "home.pxi"
include "trace.pxi"
include "traceparent.pxi"
include "rules.pxi"
include "shape.pxi"
include "arena.pxi"
include "batch.pxi"
include "judging.pxi"
include "values.pxi"
include "passive.pxi"
include "rarities.pxi"
include "block.pxi"
include "span.pxi"
include "watch.pxi"
include "pairs.pxi"
include "leaving.pxi"
include "span_encoding.pxi"
include "recorder.pxi"
include "connections.pxi"
include "entry.pxi"
include "request_attributes.pxi"
include "span_of_request.pxi"
include "incoming.pxi"
include "exchange.pxi"
include "earlier.pxi"
include "url.pxi"
include "attempts.pxi"
include "sockets.pxi"
