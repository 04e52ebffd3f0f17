"""The page of the self-metrics: what tracing counts about itself."""

from __future__ import annotations

from collections.abc import Iterator

from docs import markdown
from tracing_facade import selfmetrics
from tracing_facade.selfmetrics import catalogue

TITLE = "Self-metrics"


def render() -> str:
    """Return the page."""
    return f"""
{markdown.from_docstring(selfmetrics.__doc__ or "")}

## Counters

In Prometheus `tracing_facade_` stands before the name and `_total` behind it. In a snapshot a name is counted by
reasons, which are the values of the labels; of two, a colon stands between them. No name has more than 256 reasons:
further ones become `(other)`.

{markdown.table(("name", "labels", "what is counted"), _counted())}

## Measurements

In Prometheus `tracing_facade_` stands before the name; the fields of a snapshot are on the page of the [Python
API](api.md).

{markdown.table(("name", "kind", "what it is"), _measured())}

How to use them: [Watch tracing](../how_to/watch_tracing.md).
"""


def _counted() -> Iterator[tuple[str, str, str]]:
    for counted in catalogue.COUNTED:
        labels = ", ".join(f"`{label}`" for label in counted.labels)
        yield f"`{counted.name}`", labels, counted.meaning


def _measured() -> Iterator[tuple[str, str, str]]:
    for measured in catalogue.MEASURED:
        yield f"`{measured.name}`", measured.kind, measured.meaning
