"""The three headers together: which of them count when others are missing, repeated or broken."""

from __future__ import annotations

import pytest

from tracing_facade.propagation import BaggageEntry, TraceParent, extract_context

PARENT = TraceParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1)
VALID = f"00-{PARENT.trace_id}-{PARENT.span_id}-01"
Headers = dict[str, list[str]]


@pytest.mark.parametrize(
    ("headers", "parent", "tracestate"),
    [
        ({"traceparent": [VALID], "tracestate": ["a=1", "b=2"]}, PARENT, "a=1,b=2"),
        ({"traceparent": [VALID]}, PARENT, ""),
        ({"traceparent": [VALID], "tracestate": ["A=1"]}, PARENT, ""),
        ({"tracestate": ["a=1"]}, None, ""),
        ({"traceparent": ["nonsense"], "tracestate": ["a=1"]}, None, ""),
        ({"traceparent": [VALID, VALID], "tracestate": ["a=1"]}, None, ""),
        ({"traceparent": [VALID, "nonsense"]}, None, ""),
        ({"traceparent": [""]}, None, ""),
        ({}, None, ""),
    ],
    ids=["both", "no tracestate", "illegal tracestate", "no traceparent", "illegal traceparent", "two traceparents",
         "one of two illegal", "empty", "nothing"],
)  # fmt: skip
def test_a_tracestate_counts_with_one_valid_traceparent(
    headers: Headers, parent: TraceParent | None, tracestate: str
) -> None:
    """A broken tracestate leaves the traceparent alone; a broken traceparent takes the tracestate with it."""
    extracted = extract_context(lambda name: headers.get(name, []))
    assert (extracted.parent, extracted.tracestate) == (parent, tracestate)


def test_baggage_counts_on_its_own() -> None:
    """It is a header of its own specification and needs no traceparent."""
    headers = {"baggage": ["a=1", "b=2"]}
    extracted = extract_context(lambda name: headers.get(name, []))
    assert extracted.baggage == {"a": BaggageEntry("1"), "b": BaggageEntry("2")}
