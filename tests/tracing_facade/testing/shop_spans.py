"""What a shop may emit, for tests of what happens when it emits something else."""

from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec

ACCEPTED = EventSpec("card.accepted", attributes=(AttributeSpec("card.brand"),))
CHECK_OUT = SpanSpec(
    "checkout",
    kind=SpanKind.SERVER,
    attributes=(AttributeSpec("order.items", int), AttributeSpec("order.state", values=("new", "paid"))),
)
PAY = SpanSpec("checkout.pay", events=(ACCEPTED,), aliases=("pay",), deprecated_version="1.0")
