"""What the W3C's validation suite for trace context asks, told anew: real requests through a traced service.

``w3c_service.py`` says how to run the suite itself.
"""

from __future__ import annotations

import http.client
import json
import re
import string
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.end_to_end.w3c_service import server_on
from tests.support.http_peer import HttpPeer, Received
from tracing_facade.testing import capture_spans

TRACE_ID, SPAN_ID = "12345678901234567890123456789012", "1234567890123456"
PARENT = f"{TRACE_ID}-{SPAN_ID}"
SAMPLED, UNSAMPLED = f"00-{PARENT}-01", f"00-{PARENT}-00"
TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")

Headers = list[tuple[str, str]]


class Service(NamedTuple):
    """The running service and the server that it calls."""

    port: int
    peer: HttpPeer

    def forwarded(self, headers: Headers, times: int = 1) -> list[Received]:
        """Send one request with these headers and return what the service sends on."""
        self.peer.received.clear()
        body = json.dumps([{"url": self.peer.url, "arguments": []}] * times)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest("POST", "/test")
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        assert connection.getresponse().status == 200
        connection.close()
        assert len(self.peer.received) == times
        return list(self.peer.received)

    def trace_ids(self, headers: Headers, times: int = 1) -> list[tuple[str, str]]:
        """Return trace and span ids of what the service sends on; each must be well-formed."""
        sent = [TRACEPARENT.match(request.header("traceparent") or "") for request in self.forwarded(headers, times)]
        assert all(sent)
        return [(found[1], found[2]) for found in sent if found]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Run the service for all tests of this module."""
    server = server_on(0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    with HttpPeer() as peer, capture_spans():
        thread.start()
        yield Service(server.server_port, peer)
        server.shutdown()
        thread.join()
        server.server_close()


def test_without_headers_a_trace_begins(service: Service) -> None:
    """Every request that goes out carries a valid traceparent and no tracestate."""
    (request,) = service.forwarded([])
    assert TRACEPARENT.match(request.header("traceparent") or "")
    assert request.header("tracestate") is None


@pytest.mark.parametrize(
    "headers",
    [
        [("traceparent", SAMPLED)],
        [("TraceParent", SAMPLED)],
        [("TrAcEpArEnT", SAMPLED)],
        [("TRACEPARENT", SAMPLED)],
        [("traceparent", f"cc-{PARENT}-01")],
        [("traceparent", f"cc-{PARENT}-01-what-comes-later")],
        [("traceparent", f" {SAMPLED}")],
        [("traceparent", f"\t{SAMPLED}")],
        [("traceparent", f"{SAMPLED} ")],
        [("traceparent", f"{SAMPLED}\t")],
        [("traceparent", f"\t {SAMPLED} \t")],
        [("traceparent", SAMPLED), ("tracestate", "")],
    ],
    ids=lambda headers: repr(headers)[:70],
)
def test_a_valid_traceparent_is_continued(service: Service, headers: Headers) -> None:
    """The trace goes on, below a span of the service's own."""
    ((trace_id, span_id),) = service.trace_ids(headers)
    assert trace_id == TRACE_ID
    assert span_id != SPAN_ID


@pytest.mark.parametrize(
    "headers",
    [
        [("traceparent", SAMPLED), ("traceparent", f"00-{TRACE_ID[:-1]}1-{SPAN_ID}-01")],
        [("trace-parent", SAMPLED)],
        [("trace.parent", SAMPLED)],
        [("traceparent", f"{SAMPLED}.")],
        [("traceparent", f"{SAMPLED}-what-comes-later")],
        [("traceparent", f"cc-{PARENT}-01.what-comes-later")],
        [("traceparent", f"ff-{PARENT}-01")],
        [("traceparent", f".0-{PARENT}-01")],
        [("traceparent", f"0.-{PARENT}-01")],
        [("traceparent", f"000-{PARENT}-01")],
        [("traceparent", f"0000-{PARENT}-01")],
        [("traceparent", f"0-{PARENT}-01")],
        [("traceparent", f"00-{'0' * 32}-{SPAN_ID}-01")],
        [("traceparent", f"00-.{TRACE_ID[1:]}-{SPAN_ID}-01")],
        [("traceparent", f"00-{TRACE_ID[:-1]}.-{SPAN_ID}-01")],
        [("traceparent", f"00-{TRACE_ID}3-{SPAN_ID}-01")],
        [("traceparent", f"00-{TRACE_ID[:-1]}-{SPAN_ID}-01")],
        [("traceparent", f"00-{TRACE_ID}-{'0' * 16}-01")],
        [("traceparent", f"00-{TRACE_ID}-.{SPAN_ID[1:]}-01")],
        [("traceparent", f"00-{TRACE_ID}-{SPAN_ID[:-1]}.-01")],
        [("traceparent", f"00-{TRACE_ID}-{SPAN_ID}7-01")],
        [("traceparent", f"00-{TRACE_ID}-{SPAN_ID[:-1]}-01")],
        [("traceparent", f"00-{PARENT}-.0")],
        [("traceparent", f"00-{PARENT}-0.")],
        [("traceparent", f"00-{PARENT}-001")],
        [("traceparent", f"00-{PARENT}-1")],
    ],
    ids=lambda headers: repr(headers)[:70],
)
def test_an_invalid_traceparent_begins_a_new_trace(service: Service, headers: Headers) -> None:
    """Nothing of the caller's ids is used, and his tracestate goes with them."""
    (request,) = service.forwarded([*headers, ("tracestate", "foo=1")])
    sent = TRACEPARENT.match(request.header("traceparent") or "")
    assert sent
    assert sent[1] not in repr(headers)
    assert sent[1] != "0" * 32
    assert request.header("tracestate") is None


LONG_KEYS = ("z" * 256, "t" * 241 + "@" + "v" * 14, "t" * 242 + "@v", "t@" + "v" * 15)
ALL_KEY_CHARACTERS = string.ascii_lowercase + string.digits + "_-*/"
ALL_VALUE_CHARACTERS = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ",=")
MEMBERS = [f"bar{number:02}={number:02}" for number in range(1, 34)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["foo=1,bar=2"], "foo=1,bar=2"),
        (["foo=1", ""], "foo=1"),
        (["", "foo=1"], "foo=1"),
        (["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
        (["foo=1,foo=1"], "foo=1"),
        (["foo=1,foo=2"], "foo=1"),
        (["foo=1", "foo=1"], "foo=1"),
        (["foo=1", "foo=2"], "foo=1"),
        ([f"{ALL_KEY_CHARACTERS}={ALL_VALUE_CHARACTERS}"], f"{ALL_KEY_CHARACTERS}={ALL_VALUE_CHARACTERS}"),
        ([f"{ALL_KEY_CHARACTERS}@a-z0-9_-*/={ALL_VALUE_CHARACTERS}"],
         f"{ALL_KEY_CHARACTERS}@a-z0-9_-*/={ALL_VALUE_CHARACTERS}"),
        (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3"),
        ([" foo=1"], "foo=1"),
        (["\tfoo=1"], "foo=1"),
        (["foo=1 "], "foo=1"),
        (["foo=1\t"], "foo=1"),
        (["\t foo=1 \t"], "foo=1"),
        (["foo@=1,bar=2"], "foo@=1,bar=2"),
        (["foo@@bar=1,bar=2"], "foo@@bar=1,bar=2"),
        (["foo@bar@baz=1,bar=2"], "foo@bar@baz=1,bar=2"),
        ([",".join(MEMBERS[:10]), ",".join(MEMBERS[10:20]), ",".join(MEMBERS[20:32])], ",".join(MEMBERS[:32])),
        *((["foo=1", f"{key}=1"], f"foo=1,{key}=1") for key in LONG_KEYS),
    ],
    ids=lambda value: repr(value)[:60],
)  # fmt: skip
def test_a_valid_tracestate_goes_on(service: Service, values: list[str], expected: str) -> None:
    """In its order, as one header, whatever white space and however many headers there were."""
    (request,) = service.forwarded([("traceparent", UNSAMPLED), *(("tracestate", value) for value in values)])
    assert request.header("tracestate") == expected
    assert TRACE_ID in (request.header("traceparent") or "")


@pytest.mark.parametrize("name", ["tracestate", "TraceState", "TrAcEsTaTe", "TRACESTATE"])
def test_the_name_of_the_header_may_be_in_any_case(service: Service, name: str) -> None:
    """Header names are case-insensitive."""
    (request,) = service.forwarded([("traceparent", UNSAMPLED), (name, "foo=1")])
    assert request.header("tracestate") == "foo=1"


@pytest.mark.parametrize(
    "headers",
    [
        [("tracestate", "")],
        [("trace-state", "foo=1")],
        [("trace.state", "foo=1")],
        *([("tracestate", value)] for value in
          ("foo =1", "FOO=1", "foo.bar=1", "@foo=1,bar=2", "foo=bar=baz", "foo=,bar=3", f"{'z' * 257}=1")),
        [("tracestate", ",".join(MEMBERS))],
        [("tracestate", "foo=1"), ("tracestate", f"{'z' * 257}=1")],
    ],
    ids=lambda headers: repr(headers)[:60],
)  # fmt: skip
def test_an_invalid_tracestate_is_discarded_and_the_trace_goes_on(service: Service, headers: Headers) -> None:
    """The traceparent does not depend on it."""
    (request,) = service.forwarded([("traceparent", UNSAMPLED), *headers])
    assert request.header("tracestate") is None
    assert TRACE_ID in (request.header("traceparent") or "")


@pytest.mark.parametrize("value", ["foo=1", "foo=1,bar=2"])
def test_a_tracestate_without_traceparent_is_discarded(service: Service, value: str) -> None:
    """It belongs to a trace that nobody named."""
    assert service.forwarded([("tracestate", value)])[0].header("tracestate") is None


@pytest.mark.parametrize(
    ("headers", "continued"),
    [([("traceparent", SAMPLED)], True), ([], False), ([("traceparent", f"00-{'0' * 32}-{SPAN_ID}-01")], False)],
    ids=["valid", "none", "invalid"],
)
def test_several_requests_of_one_trace_have_spans_of_their_own(
    service: Service, headers: Headers, continued: bool
) -> None:
    """One trace id, the caller's if it is valid, and a different parent for each."""
    sent = service.trace_ids(headers, times=3)
    assert len({trace_id for trace_id, _ in sent}) == 1
    assert (sent[0][0] == TRACE_ID) == continued
    assert len({span_id for _, span_id in sent}) == 3


@pytest.mark.parametrize("flags", ["00", "01", "02", "03"])
def test_the_flags_go_on(service: Service, flags: str) -> None:
    """Level 2: the random flag of a trace is kept as it was, set or not."""
    (request,) = service.forwarded([("traceparent", f"00-{PARENT}-{flags}")])
    sent = request.header("traceparent") or ""
    assert (sent[3:35], sent[-2:]) == (TRACE_ID, flags)


@pytest.mark.parametrize("flags", ["00", "02"])
def test_an_unsampled_trace_gets_a_span_id_of_the_service_too(service: Service, flags: str) -> None:
    """The parent id stands for the current operation, recorded or not ("Processing Model")."""
    ((trace_id, span_id),) = service.trace_ids([("traceparent", f"00-{PARENT}-{flags}")])
    assert trace_id == TRACE_ID
    assert span_id != SPAN_ID
