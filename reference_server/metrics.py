"""The page ``/metrics``: what tracing counts about itself, in this process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from werkzeug.wrappers import Response

from tracing_facade.prometheus import TracingCollector

# A registry of our own: what others put into the global one is not ours to show.
_REGISTRY = CollectorRegistry()
_REGISTRY.register(TracingCollector())


def metrics_page(accept: str) -> Response:
    """Return the metrics as Prometheus text, or as OpenMetrics where the request prefers that."""
    encode, content_type = choose_encoder(accept)
    return Response(encode(_REGISTRY), content_type=content_type)
