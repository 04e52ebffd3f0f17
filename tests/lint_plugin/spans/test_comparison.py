"""The verdict about a change of a promise, with its reason and its fix."""

from __future__ import annotations

from typing import Any

import pytest

from lint_plugin.spans.changes import Verdict
from lint_plugin.spans.comparison import compare
from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability
from tracing_facade.stability import Release

INTERNAL, ALPHA, BETA, STABLE = Stability
COMPATIBLE, NEEDS_ALIAS, BREAKING = Verdict
RELEASE = Release(1, 6)


def _attribute(key: str = "order.items", type: Any = int, **options: Any) -> AttributeSpec:
    return AttributeSpec(key, type, **{"stability": STABLE, **options})


def _span(*attributes: AttributeSpec, name: str = "order.place", **options: Any) -> SpanSpec:
    return SpanSpec(name, attributes=attributes, **{"stability": STABLE, **options})


ITEMS, TOTAL, STATE = _attribute(), _attribute("order.total", float), _attribute("order.state", str)
OLD = _attribute("order.old", deprecated_version="1.4")
PAID = EventSpec("order.paid", attributes=(TOTAL,), stability=STABLE)


def _span_cases() -> dict[str, tuple[Any, Any, Verdict | None, str]]:
    return {
        "nothing": (_span(ITEMS), _span(ITEMS), None, ""),
        "a brief": (_span(ITEMS), _span(_attribute(brief="How many.")), None, ""),
        "a threshold": (_span(), _span(slow_after=1), None, ""),
        "the order of attributes": (_span(ITEMS, TOTAL), _span(TOTAL, ITEMS), None, ""),
        "an ALPHA span is gone": (_span(stability=ALPHA), None, None, ""),
        "an ALPHA span is new": (None, _span(stability=ALPHA), None, ""),
        "an INTERNAL span changes": (_span(ITEMS, stability=INTERNAL), _span(stability=INTERNAL), None, ""),
        "a new promise": (None, _span(), COMPATIBLE, "is new"),
        "a span is gone": (_span(), None, BREAKING, 'deprecated_version="1.6"; it may go in 1.9'),
        "a BETA span is gone": (_span(stability=BETA), None, BREAKING, "it may go in 1.7"),
        "a deprecated span is gone in time": (_span(deprecated_version="1.3"), None, COMPATIBLE, "its time is over"),
        "a deprecated span is gone too early": (_span(deprecated_version="1.4"), None, BREAKING, "promised up to 1.6"),
        "a span is renamed": (_span(), _span(name="order.create"), NEEDS_ALIAS, 'add aliases=("order.place",), '),
        "a span is renamed with an alias": (
            _span(), _span(name="order.create", aliases=("order.place",), deprecated_version="1.6"),
            COMPATIBLE, "both names are emitted up to release 1.8",
        ),
        "a span is renamed with an alias of the past": (
            _span(), _span(name="order.create", aliases=("order.place",), deprecated_version="1.4"),
            BREAKING, "no release has said so yet",
        ),
        "an alias is dropped in time": (
            _span(aliases=("old",), deprecated_version="1.3"), _span(), COMPATIBLE, "so its time is over",
        ),
        "an alias is dropped too early": (
            _span(aliases=("old",), deprecated_version="1.4"), _span(), BREAKING, 'put "old" back into its aliases',
        ),
        "a second rename with an old date": (
            _span(aliases=("old",), deprecated_version="1.4"),
            _span(name="order.create", aliases=("old", "order.place"), deprecated_version="1.4"),
            BREAKING, 'write deprecated_version="1.6"',
        ),
        "a dropped alias leaves its date behind": (
            _span(aliases=("old",), deprecated_version="1.3"), _span(deprecated_version="1.3"),
            BREAKING, "is deprecated since 1.3",
        ),
        "the kind changes": (_span(), _span(kind=SpanKind.CLIENT), BREAKING, "keep kind=SpanKind.INTERNAL"),
        "a lower level": (_span(ITEMS), _span(ITEMS, stability=BETA), BREAKING, "keep stability=Stability.STABLE"),
        "no level": (_span(ITEMS), _span(ITEMS, stability=ALPHA), BREAKING, "a promise cannot be taken back"),
        "a higher level": (_span(stability=BETA), _span(), COMPATIBLE, "more is promised than before"),
        "a deprecation": (_span(), _span(deprecated_version="1.6"), COMPATIBLE, "it stays up to release 1.8"),
        "a deprecation for later": (_span(), _span(deprecated_version="1.7"), COMPATIBLE, "it stays up to release 1.9"),
        "a deprecation of the past": (_span(), _span(deprecated_version="1.2"), BREAKING, "no release has said so yet"),
        "an earlier deprecation": (
            _span(deprecated_version="1.5"), _span(deprecated_version="1.4"),
            BREAKING, 'write deprecated_version="1.5"',
        ),
        "a later deprecation": (_span(deprecated_version="1.4"), _span(deprecated_version="1.5"), COMPATIBLE, "stays"),
        "no deprecation any more": (_span(deprecated_version="1.4"), _span(), COMPATIBLE, "not deprecated any more"),
    }  # fmt: skip


def _attribute_cases() -> dict[str, tuple[Any, Any, Verdict | None, str]]:
    return {
        "an attribute is gone": (_span(ITEMS), _span(), BREAKING, "attribute order.items (STABLE) is gone"),
        "an ALPHA attribute is gone": (_span(_attribute(stability=ALPHA)), _span(), None, ""),
        "an attribute of an ALPHA span is gone": (_span(ITEMS, stability=ALPHA), _span(stability=ALPHA), None, ""),
        "a deprecated attribute is gone too early": (_span(OLD), _span(), BREAKING, "promised up to 1.6; this is 1.6"),
        "an attribute is renamed": (
            _span(ITEMS), _span(_attribute("order.count")), NEEDS_ALIAS,
            'add aliases=("order.items",), deprecated_version="1.6" to AttributeSpec("order.count")',
        ),
        "an attribute is renamed with an alias": (
            _span(ITEMS), _span(_attribute("order.count", aliases=("order.items",), deprecated_version="1.6")),
            COMPATIBLE, "is now order.count",
        ),
        "an attribute is renamed to another type": (_span(ITEMS), _span(TOTAL), BREAKING, "is gone"),
        "the most alike is the new name": (
            _span(ITEMS, stability=BETA), _span(_attribute("user.age"), _attribute("order.item_count"), stability=BETA),
            NEEDS_ALIAS, "seems to be order.item_count now",
        ),
        "nothing is alike": (
            _span(ITEMS), _span(_attribute("user.age", stability=BETA), _attribute("xyz", stability=BETA)),
            BREAKING, "is gone",
        ),
        "a STABLE attribute is new in a STABLE span": (
            _span(), _span(ITEMS), BREAKING, 'declare AttributeSpec("order.items") as BETA',
        ),
        "a BETA attribute is new in a STABLE span": (_span(), _span(_attribute(stability=BETA)), COMPATIBLE, "is new"),
        "an ALPHA attribute is new": (_span(), _span(_attribute(stability=ALPHA)), None, ""),
        "an attribute is new in a BETA span": (
            _span(stability=BETA), _span(ITEMS, stability=BETA), COMPATIBLE, "takes nothing away",
        ),
        "an attribute becomes STABLE": (
            _span(_attribute(stability=BETA)), _span(ITEMS), COMPATIBLE, "is STABLE and was BETA",
        ),
        "an attribute becomes ALPHA": (
            _span(ITEMS), _span(_attribute(stability=ALPHA)), BREAKING, "is ALPHA and was STABLE",
        ),
        "another type": (_span(ITEMS), _span(_attribute(type=str)), BREAKING, "is str and was int"),
        "a list of the type": (_span(ITEMS), _span(_attribute(type=list[int])), BREAKING, "is list[int] and was int"),
        "more values": (
            _span(_attribute(values=(1,))), _span(_attribute(values=(1, 2))), COMPATIBLE, "has more values: 2",
        ),
        "fewer values": (
            _span(_attribute(values=(1, 2))), _span(_attribute(values=(1,))), BREAKING, "no longer has the values 2",
        ),
        "values at last": (_span(ITEMS), _span(_attribute(values=(1,))), BREAKING, "the values any but 1"),
        "no values any more": (_span(_attribute(values=(1,))), _span(ITEMS), COMPATIBLE, "may have any value"),
        "another order of values": (_span(_attribute(values=(1, 2))), _span(_attribute(values=(2, 1))), None, ""),
        "a pattern": (_span(STATE), _span(_attribute("order.state", str, pattern="a+")), BREAKING, "must match 'a+'"),
        "another pattern": (
            _span(_attribute("order.state", str, pattern="a+")), _span(_attribute("order.state", str, pattern="a*")),
            BREAKING, "keep pattern='a+'",
        ),
        "no pattern any more": (
            _span(_attribute("order.state", str, pattern="a+")), _span(STATE), COMPATIBLE, "may be any text",
        ),
        "more sensitive": (
            _span(ITEMS), _span(_attribute(sensitivity="personal")), BREAKING, "is personal and was public",
        ),
        "less sensitive": (_span(_attribute(sensitivity="secret")), _span(ITEMS), COMPATIBLE, "readers get no less"),
        "required no more": (
            _span(_attribute(requirement="required")), _span(ITEMS), BREAKING, "is recommended and was required",
        ),
        "required now": (_span(ITEMS), _span(_attribute(requirement="required")), COMPATIBLE, "readers get no less"),
    }  # fmt: skip


def _event_cases() -> dict[str, tuple[Any, Any, Verdict | None, str]]:
    return {
        "an event is gone": (_span(events=(PAID,)), _span(), BREAKING, "event order.paid (STABLE) is gone"),
        "an event is renamed": (
            _span(events=(PAID,)), _span(events=(EventSpec("order.settled", attributes=(TOTAL,), stability=STABLE),)),
            NEEDS_ALIAS, 'to EventSpec("order.settled")',
        ),
        "an event is new": (_span(), _span(events=(PAID,)), COMPATIBLE, "is new"),
        "an event becomes ALPHA": (
            _span(events=(PAID,)), _span(events=(EventSpec("order.paid"),)), BREAKING, "is ALPHA and was STABLE",
        ),
        "an attribute of an event is gone": (
            _span(events=(PAID,)), _span(events=(EventSpec("order.paid", stability=STABLE),)),
            BREAKING, "attribute order.total of event order.paid (STABLE) is gone",
        ),
        "an ALPHA event is gone": (_span(events=(EventSpec("order.seen"),)), _span(), None, ""),
    }  # fmt: skip


CASES = {**_span_cases(), **_attribute_cases(), **_event_cases()}


@pytest.mark.parametrize(("old", "new", "verdict", "told"), CASES.values(), ids=CASES)
def test_every_change_has_its_verdict(old: Any, new: Any, verdict: Verdict | None, told: str) -> None:
    """Exactly one, with a reason; what is not compatible has a fix too."""
    changes = compare([old] if old else [], [new] if new else [], RELEASE)
    mine = [change for change in changes if change.verdict is verdict]
    assert bool(changes) is (verdict is not None), changes
    if verdict is not None:
        texts = [f"{change.subject} ({change.level}) {change.what}: {change.why}; {change.fix}" for change in mine]
        assert any(told in text for text in texts), changes
        assert max(changes, key=lambda change: list(Verdict).index(change.verdict)).verdict is verdict
    assert all(change.why for change in changes)
    assert all(bool(change.fix) is (change.verdict is not COMPATIBLE) for change in changes)


def test_without_a_release_no_time_is_over() -> None:
    """What cannot be known is not assumed."""
    (change,) = compare([_span(deprecated_version="1.3")], [], None)
    assert (change.verdict, change.fix) == (BREAKING, "pass --release")
    (change,) = compare([_span(aliases=("old",), deprecated_version="1.3")], [_span()], None)
    assert change.fix.endswith("or pass --release")


def test_a_change_that_spans_share_is_told_once() -> None:
    """With the names of all of them; the gravest change comes first."""
    old = [_span(ITEMS, name=name) for name in ("a", "b", "c")]
    new = [_span(name=name) for name in ("a", "b", "c")] + [_span(name="d")]
    first, second = compare(old, new, RELEASE)
    assert (first.subject, first.spans) == ("attribute order.items", ("a", "b", "c"))
    assert second.verdict is COMPATIBLE


def test_two_renames_find_their_new_names() -> None:
    """A new name is given to one old name only."""
    old = [_span(_attribute("cart.items"), _attribute("cart.total"))]
    new = [_span(_attribute("order.items"), _attribute("order.total"))]
    told = sorted(f"{change.subject} {change.what}" for change in compare(old, new, RELEASE))
    assert told == [
        "attribute cart.items seems to be order.items now",
        "attribute cart.total seems to be order.total now",
    ]


def test_a_part_promises_no_more_than_its_span() -> None:
    """A STABLE attribute of a BETA span is BETA, so that the span becomes STABLE without breaking anything."""
    changes = compare([_span(ITEMS, stability=BETA)], [_span(ITEMS)], RELEASE)
    assert {change.what for change in changes} == {"is STABLE and was BETA"}
