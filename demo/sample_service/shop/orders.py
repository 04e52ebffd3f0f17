"""Handles an order: prices, payment, delivery."""

from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind, Status, StatusCode

from .stock import deliver, price_of

tracer = trace.get_tracer(__name__)

LIMIT = 1000


class Refused(Exception):
    """The card is refused."""


def handle(items: dict[str, int]) -> str:
    """Handle one order, and return what became of it."""
    with tracer.start_as_current_span("order.handle", kind=SpanKind.CONSUMER) as span:
        span.set_attribute("order.items", sum(items.values()))
        total: int = sum(price_of(name) * count for name, count in items.items())
        span.set_attributes({"order.total": total, "order.currency": "EUR"})
        try:
            pay(total)
        except Refused as error:
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, "the card is refused"))
            return "refused"
        return ship(items)


@tracer.start_as_current_span("order.pay")
def pay(amount: int) -> None:
    """Charge the card."""
    if amount > LIMIT:
        raise Refused(f"{amount} is more than {LIMIT}")
    trace.get_current_span().add_event("card.charged", {"amount": amount})


def ship(items: dict[str, int]) -> str:
    """Tell the warehouse; the message carries the trace along."""
    message: dict[str, str] = {"articles": " ".join(items)}
    with tracer.start_as_current_span("order.ship", kind=SpanKind.PRODUCER, attributes={"queue": "warehouse"}):
        inject(message)
    return deliver(message)
