"""Declarations: which spans a program may emit, with which attributes and events, and what each promises."""

from typing import TYPE_CHECKING

from tracing_facade._on_demand import names_on_demand

if TYPE_CHECKING:
    from tracing_facade.registry.attribute_spec import AttributeSpec
    from tracing_facade.registry.event_spec import EventSpec
    from tracing_facade.registry.kinds import AttributeValue, SpanKind
    from tracing_facade.registry.span_spec import SpanSpec, span_named_at_run_time
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade.registry.attribute_spec": ("AttributeSpec",),
            "tracing_facade.registry.event_spec": ("EventSpec",),
            "tracing_facade.registry.kinds": ("AttributeValue", "SpanKind"),
            "tracing_facade.registry.span_spec": ("SpanSpec", "span_named_at_run_time"),
        },
    )

__all__ = ["AttributeSpec", "AttributeValue", "EventSpec", "SpanKind", "SpanSpec", "span_named_at_run_time"]
