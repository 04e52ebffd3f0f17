"""The ``traceparent`` header (W3C Trace Context level 2, "Traceparent Header")."""

from __future__ import annotations

import re

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.propagation.carried import TraceParent

SAMPLED = 0x01
RANDOM = 0x02

KNOWN_FLAGS = SAMPLED | RANDOM
_OPTIONAL_WHITESPACE = " \t"

# One expression for the whole header: version ff and all-zero ids are excluded, version 00 must end after the flags,
# a later version may go on after another dash ("Versioning of traceparent").
_HEADER = pattern_on_demand(
    r"(?!ff)(?:00|(?!00)([0-9a-f]{2}))"
    r"-(?!0{32})([0-9a-f]{32})"
    r"-(?!0{16})([0-9a-f]{16})"
    r"-([0-9a-f]{2})"
    r"(?(1)(?:-.*)?)\Z",
    re.ASCII | re.DOTALL,
)


match_usual = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]\Z", re.ASCII).match
"""Matches what nearly everybody sends, in half of the time; an id may still be all zeros."""


def parse_traceparent(value: str) -> TraceParent | None:
    """Parse one header value.

    Args:
        value: the header's value; white space around it is allowed, upper-case digits are not.

    Returns:
        The caller's span, or None when the specification says to ignore the header. Unknown flags are dropped.
    """
    found = _HEADER.match(value.strip(_OPTIONAL_WHITESPACE))
    if found is None:
        return None
    _, trace_id, span_id, flags = found.groups()
    return TraceParent(trace_id, span_id, int(flags, 16) & KNOWN_FLAGS)


SHOWN_FLAGS = ("00", "01", "02", "03")
"""The digits of flags, by their number."""


def traceparent_of(trace_id: str, span: int, flags: int) -> str:
    """Return the header value for a span whose id is a number; in half of the time of one for digits."""
    return f"00-{trace_id}-{span.to_bytes(8, 'big').hex()}-{SHOWN_FLAGS[flags & KNOWN_FLAGS]}"


def format_traceparent(trace_id: str, span_id: str, flags: int) -> str:
    """Return the header value, version 00; flags that level 2 does not define are sent as zero."""
    return f"00-{trace_id}-{span_id}-0{flags & KNOWN_FLAGS}"
