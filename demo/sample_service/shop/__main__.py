"""Handle three orders: ``python -m shop``."""

from . import orders, telemetry

with telemetry.exporting():
    for order in ({"book": 2, "pen": 5}, {"pen": 1}, {"piano": 1}):
        print(orders.handle(order))
