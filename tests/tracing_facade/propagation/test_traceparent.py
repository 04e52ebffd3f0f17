"""The traceparent header: W3C Trace Context level 1 and 2, case by case, and for any text at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracing_facade.propagation import TraceParent, format_traceparent, parse_traceparent

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"{TRACE_ID}-{SPAN_ID}"

WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]\Z")


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        (f"00-{PARENT}-00", 0),
        (f"00-{PARENT}-01", 1),
        (f"00-{PARENT}-02", 2),
        (f"00-{PARENT}-03", 3),
        (f"00-{PARENT}-ff", 3),
        (f"00-{PARENT}-09", 1),
        (f"00-{PARENT}-fc", 0),
        (f" 00-{PARENT}-01", 1),
        (f"00-{PARENT}-01\t", 1),
        (f"\t 00-{PARENT}-01 \t", 1),
        (f"01-{PARENT}-01", 1),
        (f"cc-{PARENT}-01", 1),
        (f"fe-{PARENT}-03", 3),
        (f"cc-{PARENT}-01-", 1),
        (f"cc-{PARENT}-01-more-of-it", 1),
        (f"cc-{PARENT}-01-\x00\xff", 1),
    ],
)
def test_a_valid_header_is_read(value: str, flags: int) -> None:
    """Known flags are kept, unknown ones dropped; a later version may say more after a dash."""
    assert parse_traceparent(value) == TraceParent(TRACE_ID, SPAN_ID, flags)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-",
        "00",
        f"00-{PARENT}",
        f"00-{PARENT}-",
        f"00-{PARENT}-0",
        f"00-{PARENT}-001",
        f"00-{PARENT}-01.",
        f"00-{PARENT}-01-",
        f"00-{PARENT}-01-more",
        f"00-{PARENT}-01\n",
        f"00-{PARENT}-01\x0b",
        f"00-{PARENT}-01\x00",
        f"00-{PARENT}-01,00-{PARENT}-01",
        f"ff-{PARENT}-01",
        f"FF-{PARENT}-01",
        f"0-{PARENT}-01",
        f"000-{PARENT}-01",
        f"0000-{PARENT}-01",
        f".0-{PARENT}-01",
        f"0x-{PARENT}-01",
        f"cc-{PARENT}-01.more",
        f"cc-{PARENT}-0",
        f"cc-{PARENT}",
        f"00-{'0' * 32}-{SPAN_ID}-01",
        f"cc-{'0' * 32}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"cc-{TRACE_ID}-{'0' * 16}-01",
        f"00-{TRACE_ID.upper()}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{SPAN_ID.upper()}-01",
        f"00-{PARENT}-0A",
        f"00-{PARENT}-0g",
        f"00-{TRACE_ID}0-{SPAN_ID}-01",
        f"00-{TRACE_ID[1:]}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{SPAN_ID}0-01",
        f"00-{TRACE_ID}-{SPAN_ID[1:]}-01",
        f"00-.{TRACE_ID[1:]}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-.{SPAN_ID[1:]}-01",
        f"00_{TRACE_ID}_{SPAN_ID}_01",
        f"00-{TRACE_ID[:-1]}\u0660-{SPAN_ID}-01",
        f"\u00a000-{PARENT}-01",
        f"00-{PARENT}-01 extra",
    ],
)
def test_an_invalid_header_is_none(value: str) -> None:
    """It is ignored as a whole, so the trace starts anew."""
    assert parse_traceparent(value) is None


ids = st.integers(1, (1 << 128) - 1).map("{:032x}".format)
span_ids = st.integers(1, (1 << 64) - 1).map("{:016x}".format)


@settings(deadline=None)
@given(trace_id=ids, span_id=span_ids, flags=st.integers(0, 255))
def test_what_is_written_can_be_read(trace_id: str, span_id: str, flags: int) -> None:
    """Every id survives, and only the two flags that level 2 defines are sent."""
    written = format_traceparent(trace_id, span_id, flags)
    assert WELL_FORMED.match(written)
    assert parse_traceparent(written) == TraceParent(trace_id, span_id, flags & 3)


_parts = st.sampled_from(["00", "cc", "ff", "-", TRACE_ID, SPAN_ID, "01", "0", " ", "\t", ",", "é", "0" * 32, "A"])


@settings(deadline=None)
@given(st.text() | st.lists(_parts).map("".join) | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"))
def test_any_text_is_read_without_an_error_and_nothing_malformed_comes_out(value: str) -> None:
    """What a stranger sends is either well-formed again or gone."""
    parsed = parse_traceparent(value)
    if parsed is not None:
        assert WELL_FORMED.match(format_traceparent(*parsed))
        assert parsed.trace_id in value
        assert parsed.span_id in value


@pytest.mark.parametrize("value", ["-" * 1_000_000, f"cc-{PARENT}-01-" + "x" * 1_000_000, " " * 1_000_000], ids=len)
def test_a_huge_header_is_read_in_linear_time(value: str) -> None:
    """One pass over the header, whatever is in it."""
    parsed = parse_traceparent(value)
    assert (parsed is not None) == value.startswith("cc")
