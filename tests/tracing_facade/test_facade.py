"""inject and extract for boundaries without an adapter, and the promise that no fault of tracing reaches a caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import configuration_for
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade import _facade
from tracing_facade._engine import context
from tracing_facade.selfmetrics import COUNTERS
from tracing_facade.testing import capture_spans
from tracing_facade.trust import Trust, trust_everyone

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"


def _injected() -> dict[str, str]:
    carrier: dict[str, str] = {}
    tracing.inject(carrier)
    return carrier


def test_outside_of_any_span_nothing_is_injected() -> None:
    """There is no trace to tell of, with tracing on or off."""
    assert _injected() == {}
    with capture_spans():
        assert _injected() == {}


def test_a_message_carries_the_span_that_sends_it_to_the_span_that_handles_it() -> None:
    """What inject writes, extract reads: one connected trace."""
    with capture_spans() as spans:
        with tracing.start_span("send"):
            message = _injected()
        with tracing.extract(message, trust=trust_everyone), tracing.start_span("handle"):
            pass
        assert _injected() == {}
    send, handle = spans
    assert (handle.trace_id, handle.parent_span_id) == (send.trace_id, send.span_id)
    assert (send.parent_is_remote, handle.parent_is_remote) == (False, True)


def test_a_stranger_gets_a_new_trace_with_a_link() -> None:
    """Every first span of the block is linked; spans below them are not."""
    with capture_spans() as spans, tracing.extract({"traceparent": TRACEPARENT}):
        with tracing.start_span("first"), tracing.start_span("inner"):
            pass
        with tracing.start_span("second"):
            pass
    inner, first, second = spans
    assert [[link.span_id for link in span.links or ()] for span in (first, inner, second)] == [
        [SPAN_ID],
        [],
        [SPAN_ID],
    ]
    assert TRACE_ID not in {span.trace_id for span in spans}


@pytest.mark.parametrize(
    "carrier",
    [
        {"traceparent": TRACEPARENT},
        {"Traceparent": TRACEPARENT},
        {"TRACEPARENT": TRACEPARENT},
        {"traceparent": [TRACEPARENT]},
        {"traceparent": (TRACEPARENT,)},
        {"traceparent": TRACEPARENT.encode()},
        {b"traceparent": [TRACEPARENT.encode()]},
        {"traceparent": TRACEPARENT, "x": None, 7: object()},
    ],
    ids=["lower", "title", "upper", "list", "tuple", "bytes", "bytes names", "with other things"],
)
def test_headers_come_in_many_shapes(carrier: Mapping[Any, Any]) -> None:
    """Names in any case, values as text or bytes, one or several."""
    with capture_spans() as spans, tracing.extract(carrier, trust=trust_everyone), tracing.start_span("handle"):
        pass
    assert spans[0].parent_span_id == SPAN_ID


def test_headers_that_differ_in_case_only_are_one_header_sent_twice() -> None:
    """Two traceparents are none."""
    carrier = {"traceparent": TRACEPARENT, "Traceparent": TRACEPARENT}
    with capture_spans() as spans, tracing.extract(carrier, trust=trust_everyone), tracing.start_span("handle"):
        pass
    assert spans[0].parent_span_id == ""


def test_extracting_replaces_what_is_current() -> None:
    """The caller's context and not a mixture: neither a span nor baggage from around the block is left."""
    with (
        capture_spans(),
        tracing.extract({"baggage": "a=1"}, trust=trust_everyone),
        tracing.start_span("around") as around,
    ):
        with tracing.extract({}, trust=trust_everyone):
            assert _injected() == {}
            assert not tracing.current_span().is_recording()
        assert tracing.current_span() is around
        assert _injected()["baggage"] == "a=1"


def test_a_changed_sampled_flag_has_a_span_id_of_ours() -> None:
    """W3C Trace Context, mutating the traceparent field: the caller's span id goes on with his own flag only."""
    configuration = tracing.TracingConfiguration(sampling_rate_per_million=0)
    with capture_spans(configuration):
        with tracing.extract({"traceparent": TRACEPARENT}, trust=lambda caller: Trust.JOIN):
            changed = _injected()["traceparent"]
        with tracing.extract({"traceparent": TRACEPARENT}, trust=trust_everyone):
            assert _injected()["traceparent"] == TRACEPARENT
    assert changed.startswith(f"00-{TRACE_ID}-")
    assert changed.endswith("-00")
    assert SPAN_ID not in changed


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("broken", [None, 5, []], ids=repr)
def test_a_context_that_others_broke_stays_their_problem(broken: Any, enabled: bool) -> None:
    """The variable is OpenTelemetry's, which anybody may set: nothing is recorded and nothing raised."""
    with capture_spans() if enabled else nullcontext():
        variable: Any = context.variable
        before = variable.get()
        variable.set(broken)
        try:
            with tracing.start_span("work") as span:
                assert not span.is_recording()
                assert not tracing.current_span().is_recording()
                assert _injected() == {}
            assert variable.get() == broken
        finally:
            variable.set(before)


class Hostile:
    """Fails whatever is asked of it."""

    def _fail(self, *_arguments: Any) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __hash__ = __bool__ = __str__ = __repr__ = __len__ = __iter__ = _fail
    __getitem__ = __contains__ = __lt__ = __int__ = __float__ = __index__ = __format__ = __bytes__ = _fail
    __getattr__ = __call__ = __enter__ = __exit__ = _fail
    keys = items = values = _fail


class HostileText(str):
    """Is text, and fails when it is handled as such."""

    def _fail(self, *_arguments: Any) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __str__ = __repr__ = __len__ = __iter__ = encode = lower = strip = isprintable = _fail  # type: ignore[assignment]
    __hash__ = str.__hash__


class HostileList(list[Any]):
    """Is a list, and fails when it is read."""

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("hostile")

    __len__ = __getitem__ = __iter__  # type: ignore[assignment]


class HostileMapping(dict[Any, Any]):
    """Is a mapping, and fails when it is read."""

    def _fail(self, *_arguments: Any) -> Any:
        raise RuntimeError("hostile")

    items = keys = values = __iter__ = __len__ = __getitem__ = _fail


class HostileError(Exception):
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("hostile")

    __repr__ = __str__


VALUES: dict[str, Any] = {
    "None": None,
    "object": object(),
    "hostile": Hostile(),
    "hostile text": HostileText("x"),
    "hostile list": HostileList([1]),
    "hostile mapping": HostileMapping({"a": 1}),
    "list of hostile": [Hostile(), HostileText("x"), HostileError()],
    "nested": {"a": [{"b": Hostile()}]},
    "lone surrogate": "\ud800",
    "huge number": 10**400,
    "not a number": float("nan"),
    "error": HostileError(),
    "class": Hostile,
    "generator": (n for n in "ab"),
    "cycle": [],
}
VALUES["cycle"].append(VALUES["cycle"])


@contextmanager
def _exporting() -> Iterator[None]:
    """Encode every span as for export."""
    with tracing.configure(tracing.TracingConfiguration(exporter="none")):
        yield


@contextmanager
def _off() -> Iterator[None]:
    yield


@contextmanager
def _captured() -> Iterator[None]:
    """Record, and do not judge what is recorded here."""
    with capture_spans(check=False):
        yield


MODES = {"captured": _captured, "exporting": _exporting, "off": _off}


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
@pytest.mark.parametrize("bad", VALUES.values(), ids=VALUES.keys())
def test_nothing_that_is_put_into_a_span_fails(bad: Any, mode: Any) -> None:
    """As a value, in every place of a span that takes one; the application goes on and so does tracing."""
    with mode():
        with tracing.start_span("work", {"first": bad, "good": 1}, links=[bad]) as span:
            span.set_attribute("second", bad)
            span.set_attributes({"third": bad})
            span.set_attributes(bad)
            span.add_event("event", {"fourth": bad})
            span.add_event(bad, bad)
            span.record_error(bad)
        assert not tracing.current_span().is_recording()
        with tracing.start_span("after") as after:
            assert after.is_recording() == (mode is not _off)


def test_what_cannot_be_exported_takes_nothing_with_it() -> None:
    """Every span arrives, those with bad values without them."""
    with Collector() as collector, tracing.configure(configuration_for(collector, "http/protobuf")):
        for name, bad in VALUES.items():
            with tracing.start_span(f"before {name}"), tracing.start_span("bad", {"bad": bad, "good": 1}) as span:
                span.add_event("event", {"bad": bad})
        assert tracing.flush(10)
        received = collector.spans()
    assert sorted(span.name for span in received) == sorted(
        ["bad"] * len(VALUES) + [f"before {name}" for name in VALUES]
    )
    assert [span.attributes.get("good") for span in received if span.name == "bad"].count(1) >= len(VALUES) - 1


@pytest.mark.parametrize("name", VALUES)
def test_no_status_fails(name: str) -> None:
    """A status that is none, or a description that cannot be read, leaves the span as it is."""
    with capture_spans() as spans, tracing.start_span("work") as span:
        span.set_status(VALUES[name])
        span.set_status(False, VALUES[name])
    assert len(spans) == 1


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
@pytest.mark.parametrize("bad", [None, 7, Hostile()], ids=["None", "number", "hostile"])
def test_a_span_that_cannot_be_started_leaves_the_one_around_it_alone(bad: Any, mode: Any, engine_name: str) -> None:  # noqa: F811
    """The block runs without a span of its own, and the span around it goes on being current and open."""
    with mode():
        with tracing.start_span("work") as span:
            with tracing.start_span(bad, bad, links=bad) as inner:
                assert inner.trace_id == span.trace_id
            assert tracing.current_span().span_id == span.span_id
            assert tracing.current_span().is_recording() == (mode is not _off)
        assert not tracing.current_span().is_recording()


@pytest.mark.parametrize("key", [None, 7, b"bytes", HostileText("x"), (), Hostile], ids=lambda key: type(key).__name__)
def test_nothing_that_is_used_as_a_key_fails(key: Any) -> None:
    """An attribute whose name is none is dropped or exported as text."""
    with _exporting(), tracing.start_span("work", {key: 1}) as span:
        span.set_attribute(key, 1)
        span.set_attributes({key: 1, "good": 2})
        span.add_event("event", {key: 1})


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
def test_an_exception_without_a_text_leaves_as_it_is(mode: Any) -> None:
    """Recording it fails nowhere, and the application's own exception is what is raised."""
    error = HostileError()
    with mode(), pytest.raises(HostileError) as raised, tracing.start_span("work"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    "carrier", [None, 7, "text", [("traceparent", "x")], Hostile()], ids=lambda c: type(c).__name__
)
def test_a_carrier_that_is_none_costs_the_context_only(carrier: Any) -> None:
    """A wrong argument is counted as a fault and the work is done."""
    before = COUNTERS.total("internal_faults")
    with capture_spans() as spans:
        with tracing.extract(carrier, trust=trust_everyone), tracing.start_span("work"):
            tracing.inject(carrier)
        assert not tracing.current_span().is_recording()
    assert len(spans) == 1
    assert COUNTERS.total("internal_faults") > before


def test_a_header_whose_value_cannot_be_read_costs_the_context_only() -> None:
    """The other headers are lost with it, since nobody knows what they mean together."""
    carrier = {"traceparent": TRACEPARENT, "x": Hostile()}
    with capture_spans() as spans, tracing.extract(carrier, trust=trust_everyone), tracing.start_span("work"):
        pass
    assert spans[0].parent_span_id == ""


def test_a_fault_is_counted_and_logged_once_per_place(caplog: pytest.LogCaptureFixture) -> None:
    """With its traceback, so that it can be reported; never a flood."""
    _facade._faults_logged.discard("test")
    before = COUNTERS.snapshot().get(("internal_faults", "test"), 0)
    for _ in range(3):
        try:
            raise LookupError
        except LookupError:
            _facade.internal_fault("test")
    assert COUNTERS.snapshot()["internal_faults", "test"] == before + 3
    (record,) = caplog.records
    assert "tracing fault in test; the application goes on" in record.getMessage()
    assert record.exc_info
