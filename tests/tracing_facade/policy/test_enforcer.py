"""What the compiled policy makes of attributes, events and names."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.finished_spans import FinishedSpan
from tests.support.received_span import ReceivedSpan, spans_of
from tracing_facade import AttributeSpec, EventSpec, SpanSpec, Stability
from tracing_facade._engine.attribute_encoding import AttributeEncoder
from tracing_facade._engine.encoding import SpanEncoder, encode_request
from tracing_facade.policy.cardinality import OTHER
from tracing_facade.policy.enforcer import Enforcer, SpanRules
from tracing_facade.policy.refused import REFUSED
from tracing_facade.policy.settings import Level, Policy

ORDER = SpanSpec(
    "order.place",
    attributes=(
        AttributeSpec("order.items", int),
        AttributeSpec("order.paid", bool),
        AttributeSpec("order.weight", float),
        AttributeSpec("order.tags", list[str]),
        AttributeSpec("order.state", values=("new", "paid")),
        AttributeSpec("order.code", pattern="[A-Z]{3}"),
        AttributeSpec("order.customer", sensitivity="personal"),
        AttributeSpec("order.voucher", sensitivity="secret"),
    ),
    events=(EventSpec("packed", attributes=(AttributeSpec("boxes", int),)),),
)


class Fixture:
    def __init__(self, **settings: Any) -> None:
        self.counted: Counter[tuple[str, str]] = Counter()
        self.reported: list[tuple[Level, str]] = []
        policy = Policy(**settings)
        self.enforcer = Enforcer(policy, [ORDER], self._count, lambda *report: self.reported.append(report))

    def _count(self, name: str, reason: str) -> None:
        self.counted[name, reason] += 1

    def rules(self, name: str = ORDER.name) -> SpanRules:
        return self.enforcer.rules_for(name)[1]

    def judge(self, key: str, value: Any, name: str = ORDER.name) -> Any:
        return self.rules(name).attributes.judge(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("order.items", 3), ("order.paid", True), ("order.weight", 1.5), ("order.weight", 2), ("order.tags", ["a", "b"]),
     ("order.tags", ()), ("order.state", "paid"), ("order.code", "ABC"), ("something.else", "x")],
)  # fmt: skip
def test_right_values_stay(key: str, value: Any) -> None:
    """Nothing is refused, counted or said about them."""
    fixture = Fixture()
    assert fixture.judge(key, value) == (tuple(value) if isinstance(value, list) else value)
    assert (fixture.counted, fixture.reported) == ({}, [])


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [("order.items", "3", "type"), ("order.items", True, "type"), ("order.items", None, "type"),
     ("order.paid", 1, "type"), ("order.weight", "1", "type"), ("order.tags", "ab", "type"),
     ("order.tags", ["a", 1], "type"), ("order.state", "lost", "value"), ("order.code", "abcd", "pattern"),
     ("order.code", "ABC\n", "pattern")],
)  # fmt: skip
def test_wrong_values_are_refused_counted_and_said_once(key: str, value: Any, reason: str) -> None:
    """By reason and span; the sentence names both but never the value, which may be secret."""
    fixture = Fixture()
    assert [fixture.judge(key, value) for _ in range(3)] == [REFUSED] * 3
    assert fixture.counted == {("attributes_refused", f"order.place: {reason}"): 3}
    ((level, sentence),) = fixture.reported
    assert level == "error"
    assert key in sentence
    assert "order.place" in sentence


@pytest.mark.parametrize(
    ("level", "stays", "says"), [("allow", True, 0), ("warn", True, 1), ("drop", False, 0), ("error", False, 1)]
)
def test_undeclared_attributes_and_events(level: Level, stays: bool, says: int) -> None:
    """As the policy's level says, for attributes and events alike; exception events are part of every span."""
    fixture = Fixture(undeclared_attributes=level)
    assert (fixture.judge("order.colour", "red") == "red") is stays
    assert len(fixture.reported) == says
    assert fixture.rules().admits_event("painted") is stays
    assert fixture.rules().admits_event("exception")


def test_spans_without_a_declaration_are_held_against_none() -> None:
    """Undeclared spans are another setting's business."""
    fixture = Fixture(undeclared_attributes="error")
    assert fixture.judge("order.colour", "red", "another span") == "red"


@pytest.mark.parametrize(
    ("settings", "customer", "voucher"),
    [
        ({}, "hash:", REFUSED),
        ({"personal": "mask", "secret": "mask"}, "REDACTED", "REDACTED"),
        ({"personal": "keep", "secret": "hash"}, "jane", "hash:"),
    ],
)
def test_sensitive_attributes(settings: dict[str, Any], customer: Any, voucher: Any) -> None:
    """Dropped, masked, hashed or kept, as the policy says for their sensitivity."""
    fixture = Fixture(**settings)
    for key, value, expected in (("order.customer", "jane", customer), ("order.voucher", "SPRING", voucher)):
        judged = fixture.judge(key, value)
        if expected == "hash:":
            assert judged.startswith("hash:")
            assert value not in judged
        else:
            assert judged == expected


def test_hashes_with_a_key_are_the_same_everywhere() -> None:
    """And different with another key, or without one."""
    hashes = [Fixture(hash_key=key).judge("order.customer", "jane") for key in ("k", "k", "l", "", "")]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


def test_attributes_whose_name_is_secret() -> None:
    """Nobody has to declare that a password is one."""
    fixture = Fixture()
    assert fixture.judge("user.password", "abc") == "REDACTED"
    assert fixture.judge("user.password", ["abc"]) == "REDACTED"
    assert Fixture(detect_secrets=False).judge("user.password", "abc") == "abc"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["fine", "password=abc"], ("fine", "password=REDACTED")),
        ({"password": "abc", "n": 1}, {"password": "REDACTED", "n": 1}),
        ({"deep": [{"token": 5}]}, {"deep": ({"token": "REDACTED"},)}),
        (b"password=abc", "password=REDACTED"),
        (b"\xff\x00", b"\xff\x00"),
        (4111111111111111, "REDACTED"),
        (1700000000000000000, 1700000000000000000),
        (None, None),
        (float("inf"), float("inf")),
    ],
)
def test_values_of_every_shape_are_searched(value: Any, expected: Any) -> None:
    """Lists, mappings, bytes and numbers too."""
    assert Fixture().judge("x", value) == expected


def test_long_values_are_cut() -> None:
    """Texts and collections; stack traces have their own limit."""
    fixture = Fixture(max_value_length=5, max_stacktrace_length=8, max_items=2)
    assert fixture.judge("x", "abcdefghij") == "abcde"
    assert fixture.judge("x", ["abcdefghij", "b", "c"]) == ("abcde", "b")
    assert fixture.judge("exception.stacktrace", "abcdefghij") == "abcdefgh"
    assert fixture.judge("k" * 300, "v") is REFUSED


def test_distinct_values_are_bounded() -> None:
    """Per attribute, also in declared ones; attributes that are made to be distinct are not bounded."""
    fixture = Fixture(max_distinct_values=2)
    assert [fixture.judge("a", text) for text in ("1", "2", "3", "1")] == ["1", "2", OTHER, "1"]
    assert [fixture.judge("b", text) for text in ("1", "2")] == ["1", "2"]
    assert [fixture.judge("order.code", text) for text in ("AAA", "BBB", "CCC")] == ["AAA", "BBB", OTHER]
    assert [fixture.judge("url.path", text) for text in "1234"] == list("1234")
    assert fixture.counted["attributes_bounded", "a"] == 1


def test_texts_in_lists_are_bounded_too() -> None:
    """A list is no way around the bound."""
    fixture = Fixture(max_distinct_values=2)
    assert [fixture.judge("shop.tags", ["a", str(number)]) for number in range(3)] == [
        ("a", "0"), ("a", OTHER), ("a", OTHER),
    ]  # fmt: skip
    assert fixture.counted == {("attributes_bounded", "shop.tags"): 2}


def test_a_declared_attribute_with_the_name_of_a_secret() -> None:
    """Declared as public by mistake; its values are masked all the same, unless they are known or numbers."""
    spec = SpanSpec("login", attributes=(AttributeSpec("user.password"), AttributeSpec("retry.token", int)))
    enforcer = Enforcer(Policy(), [spec], lambda *_: None, lambda *_: None)
    attributes = enforcer.rules_for("login")[1].attributes
    assert (attributes.judge("user.password", "x1"), attributes.judge("retry.token", 5)) == ("REDACTED", 5)


class _Mute(str):
    def __str__(self) -> str:
        raise RuntimeError("unreadable")


def test_a_personal_value_that_cannot_be_read_is_refused() -> None:
    """It is not worth the whole span."""
    assert Fixture().judge("order.customer", _Mute("jane")) is REFUSED


def test_a_key_is_cleaned_before_anybody_reads_about_it() -> None:
    """The log is no place for secrets either."""
    fixture = Fixture(undeclared_attributes="warn")
    fixture.judge("token=abc123", 1)
    assert "abc123" not in str(fixture.reported)


def test_names_of_scopes_are_cleaned_and_bounded() -> None:
    """They come from third-party code."""
    scopes = Fixture().enforcer.scopes
    assert (scopes["library"], scopes["password=x1"]) == ("library", "password=REDACTED")
    assert [scopes[f"scope {number}"] for number in range(300)][-1] == OTHER


def test_the_attributes_of_the_process_are_held_to_the_policy() -> None:
    """``OTEL_RESOURCE_ATTRIBUTES`` is written in a hurry."""
    wanted = {"service.name": "shop", "deployment.token": "x1", "note": "password=x1"}
    cleaned = {"service.name": "shop", "deployment.token": "REDACTED", "note": "password=REDACTED"}
    assert Fixture().enforcer.allowed(wanted) == cleaned


def test_keys_made_up_at_run_time_are_counted_together() -> None:
    """The first 256 attributes have a bound and a count of their own; the others share one, so memory is bounded."""
    fixture = Fixture(max_distinct_values=1)
    for number in range(2_000):
        fixture.judge(f"key {number}", "a")
        fixture.judge(f"key {number}", f"b {number}")
    assert fixture.counted["attributes_bounded", "key 0"] == 1
    assert fixture.counted["attributes_bounded", OTHER] > 1_700
    assert len(fixture.counted) <= 257


def test_distinct_names_are_bounded() -> None:
    """Declared names always stay; names hold no secrets."""
    fixture = Fixture(max_distinct_names=2)
    names = [fixture.enforcer.rules_for(name)[0] for name in ("a", "b", "c", "order.place", "a")]
    assert names == ["a", "b", OTHER, "order.place", "a"]
    assert Fixture().enforcer.rules_for("GET /x?token=abc")[0] == "GET /x?token=REDACTED"


class Hostile:
    def __str__(self) -> str:
        raise ValueError("no")

    __repr__ = __str__


_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
_values = st.recursive(
    _leaves | st.builds(Hostile),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=30), _values)
def test_any_value_can_be_judged(key: str, value: Any) -> None:
    """Nothing raises, whatever an attribute holds."""
    fixture = Fixture()
    for name in (key, "order.items", "order.customer", "order.tags"):
        fixture.judge(name, value)


PARCEL = SpanSpec(
    "parcel.ship",
    attributes=(
        AttributeSpec(
            "parcel.weight", float, stability=Stability.STABLE, deprecated_version="1.4", aliases=("weight",)
        ),
        AttributeSpec("parcel.old", stability=Stability.STABLE, deprecated_version="1.4"),
        AttributeSpec("parcel.colour", stability=Stability.STABLE),
    ),
    events=(
        EventSpec("parcel.sent", stability=Stability.STABLE, deprecated_version="1.4", aliases=("sent",)),
        EventSpec("parcel.lost", stability=Stability.STABLE, deprecated_version="1.4"),
    ),
    stability=Stability.STABLE,
    deprecated_version="1.4",
    aliases=("parcel.send",),
)


def emitted(release: str, name: str = "parcel.ship", **settings: Any) -> ReceivedSpan:
    """Return a span of a parcel as a collector gets it from this release."""
    enforcer = Enforcer(Policy(release=release, **settings), [PARCEL], lambda *_: None, lambda *_: None)
    attributes = {"parcel.weight": 2.5, "parcel.old": "x", "parcel.colour": "red"}
    events = [("parcel.sent", 5, None), ("parcel.lost", 6, None)]
    encoded = SpanEncoder(enforcer).encode(FinishedSpan(name=name, attributes=attributes, events=events))
    request = ExportTraceServiceRequest.FromString(encode_request(b"", [("s", encoded)]))
    (span,) = spans_of(request)
    return span


@pytest.mark.parametrize("release", ["1.4", "1.6", "1.7.0.dev0"])
def test_former_names_are_emitted_during_the_window(release: str) -> None:
    """Beside the present ones: attributes and events twice, the span's own former names in an attribute."""
    span = emitted(release)
    assert span.name == "parcel.ship"
    assert span.attributes == {
        "tracing_facade.span.former_names": ["parcel.send"],
        "parcel.weight": 2.5,
        "weight": 2.5,
        "parcel.old": "x",
        "parcel.colour": "red",
    }
    assert [event.name for event in span.events] == ["parcel.sent", "sent", "parcel.lost"]


def test_after_the_window_they_are_hidden() -> None:
    """And what is deprecated itself is not emitted any more, unless the last release is asked for."""
    span = emitted("1.7")
    assert span.attributes == {"parcel.weight": 2.5, "parcel.colour": "red"}
    assert [event.name for event in span.events] == ["parcel.sent"]
    assert emitted("1.7", show_hidden_for="1.6") == emitted("1.6")


def test_code_may_still_use_former_names() -> None:
    """They count as the present ones, and nothing is sent twice."""
    assert emitted("1.5", name="parcel.send").name == "parcel.ship"
    rules = Enforcer(Policy(release="1.5"), [PARCEL], lambda *_: None, lambda *_: None).rules_for("parcel.ship")[1]
    encoder = AttributeEncoder(0x4A, rules.attributes)
    assert encoder.encode({"weight": 1.0}) == encoder.encode({"parcel.weight": 1.0})
    assert encoder.encode({"weight": 2.0, "parcel.weight": 1.0}) == encoder.encode({"parcel.weight": 1.0})


def test_without_a_release_everything_is_emitted_as_it_is_recorded() -> None:
    """Nobody has said which windows are open."""
    assert emitted("").attributes == {"parcel.weight": 2.5, "parcel.old": "x", "parcel.colour": "red"}
