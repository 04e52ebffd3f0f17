"""What a release emits of a declaration."""

from __future__ import annotations

from tracing_facade import AttributeSpec, EventSpec, SpanSpec, Stability
from tracing_facade.registry.emission import EventPlan, plan_for, plans_for

STABLE = Stability.STABLE
SUM = AttributeSpec("order.sum", int, aliases=("order.total",), deprecated_version="1.4", stability=STABLE)
OLD = AttributeSpec("order.old", int, deprecated_version="1.4", stability=STABLE)
ITEMS = AttributeSpec("order.items", int)


def test_what_is_not_deprecated_needs_no_plan() -> None:
    """So that nobody has to look at each of its attributes."""
    assert plan_for(SpanSpec("order.place", attributes=(ITEMS,), events=(EventSpec("order.paid"),)), "1.4").is_plain


def test_a_renamed_attribute_is_emitted_with_both_keys_in_its_window() -> None:
    """Whichever of the two the code still sets."""
    spec = SpanSpec("order.place", attributes=(SUM, ITEMS))
    both = ("order.sum", "order.total")
    assert plan_for(spec, "1.6").attributes == {"order.sum": both, "order.total": both}


def test_after_the_window_a_former_key_becomes_the_present_one() -> None:
    """Code that sets the old key goes on working, and readers see the new one."""
    assert plan_for(SpanSpec("order.place", attributes=(SUM,)), "1.7").attributes == {
        "order.sum": ("order.sum",), "order.total": ("order.sum",),
    }  # fmt: skip


def test_a_deprecated_attribute_is_hidden_after_its_window() -> None:
    """No key is left to emit it with."""
    spec = SpanSpec("order.place", attributes=(OLD,))
    assert plan_for(spec, "1.6").is_plain
    assert plan_for(spec, "1.7").attributes == {"order.old": ()}


def test_what_was_just_hidden_can_be_shown() -> None:
    """For one more release."""
    assert plan_for(SpanSpec("order.place", attributes=(OLD,)), "1.7", show_hidden_for="1.6").is_plain


def test_a_renamed_event_happens_under_both_names() -> None:
    """With its attributes planned as those of a span."""
    paid = EventSpec(
        "order.paid", attributes=(OLD,), aliases=("Paid!",), deprecated_version="1.9", stability=Stability.BETA
    )
    plan = EventPlan(("order.paid", "Paid!"), {"order.old": ()})
    assert plan_for(SpanSpec("order.place", events=(paid,)), "1.9").events == {"order.paid": plan, "Paid!": plan}


def test_a_renamed_span_tells_its_former_names() -> None:
    """It has one name, since it is sent once; each of its names leads to the same plan."""
    spec = SpanSpec("order.place", aliases=("Place order",), deprecated_version="1.4", stability=STABLE)
    plans = plans_for([spec], "1.4")
    assert plans["Place order"] is plans["order.place"]
    assert (plans["order.place"].name, plans["order.place"].former_names) == ("order.place", ("Place order",))
    assert plan_for(spec, "1.7").is_plain


def test_a_present_name_goes_before_a_former_one() -> None:
    """A name that was given to another span means that other span."""
    renamed = SpanSpec("order.place", aliases=("order.new",), deprecated_version="1.4")
    assert plans_for([SpanSpec("order.new"), renamed], "1.4")["order.new"].name == "order.new"


def test_a_disabled_span_is_hidden_whatever_is_shown() -> None:
    """By its present or a former name."""
    spec = SpanSpec("order.place", aliases=("Place order",), deprecated_version="1.4", stability=STABLE)
    for name in ("order.place", "Place order"):
        assert plan_for(spec, "1.4", show_hidden_for="1.3", disabled=[name]).is_hidden
    assert not plan_for(spec, "1.4", disabled=["other"]).is_hidden


def test_a_deprecated_span_is_hidden_after_its_window() -> None:
    """As a whole."""
    spec = SpanSpec("order.place", deprecated_version="1.4", stability=Stability.BETA)
    assert [plan_for(spec, version).is_hidden for version in ("1.4", "1.5")] == [False, True]
