"""Knows the prices."""

import opentelemetry.trace as otel

PRICES = {"book": 20, "pen": 2, "piano": 5000}


def price_of(name: str) -> int:
    """Return the price of one article."""
    with otel.get_tracer(__name__).start_as_current_span("stock.look_up"):
        otel.get_current_span().set_attribute("article", name)
        return PRICES[name]
