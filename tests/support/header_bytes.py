"""Trace headers as strangers send them: valid, nearly valid, arbitrary bytes, huge, repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import strategies as st

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
NAMES = ("traceparent", "tracestate", "baggage")

_FRAGMENTS = [
    b"00", b"cc", b"ff", b"-", b"01", b"03", TRACE_ID.encode(), SPAN_ID.encode(), TRACE_ID.upper().encode(), b"0" * 32,
    b"vendor", b"evil@tenant", b"=", b"=stolen", b",", b";", b" ", b"\t", b"user=evil", b"%0d%0aX-Evil: 1", b"%ff",
    b"\r\n", b"\x00", b"\x7f", b"\xe9", b"\xff", b"\"", b"\\", "\u6f22".encode(), b"a=1", b";p=q",
]  # fmt: skip

_pieces = st.lists(st.sampled_from(_FRAGMENTS) | st.binary(max_size=4), max_size=12).map(b"".join)
_huge = st.builds(bytes.__mul__, st.sampled_from(_FRAGMENTS), st.sampled_from([100, 5_000]))
_anything = st.binary(max_size=120) | _pieces | _huge

_ids = st.tuples(st.integers(1, (1 << 128) - 1), st.integers(1, (1 << 64) - 1), st.integers(0, 255))
_valid_parent = _ids.map(lambda ids: b"00-%032x-%016x-%02x" % ids) | st.just(f"00-{TRACE_ID}-{SPAN_ID}-01".encode())
_valid_state = st.lists(st.sampled_from([b"vendor=stolen", b"a@b=1", b"x=y z"]), min_size=1, max_size=4).map(b",".join)
_valid_baggage = st.lists(st.sampled_from([b"user=evil", b"a=%C3%A9;p", b"t=1 ; q=2"]), min_size=1).map(b", ".join)


def _values(valid: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[bytes]]:
    return st.lists(valid, min_size=1, max_size=1) | st.lists(valid | _anything, max_size=3)


sent_headers: st.SearchStrategy[dict[str, list[bytes]]] = st.fixed_dictionaries(
    {"traceparent": _values(_valid_parent), "tracestate": _values(_valid_state), "baggage": _values(_valid_baggage)}
)
"""The values of each header, in the order in which they are sent."""

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]\Z")
_MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]\Z")
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_OCTETS = r"[!#-+\--:<-\[\]-~]*"
_PROPERTY = rf"{_TOKEN}(?:[ \t]*=[ \t]*{_OCTETS})?"
_BAGGAGE = re.compile(rf"{_TOKEN}={_OCTETS}(?:;{_PROPERTY})*\Z")


def is_well_formed(headers: Mapping[str, str]) -> bool:
    """Tell whether every header is one that the specifications allow to be sent, and none is another header."""
    members = headers["tracestate"].split(",") if "tracestate" in headers else []
    return (
        set(headers) <= set(NAMES)
        and ("traceparent" not in headers or _TRACEPARENT.match(headers["traceparent"]) is not None)
        and ("tracestate" not in headers or "traceparent" in headers)
        and all(_MEMBER.match(member) for member in members)
        and len({member.partition("=")[0] for member in members}) == len(members) <= 32
        and ("baggage" not in headers or all(map(_BAGGAGE.match, headers["baggage"].split(","))))
        and len(headers.get("baggage", "")) <= 8192
    )
