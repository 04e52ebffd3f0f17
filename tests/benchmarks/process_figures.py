"""Figures of whole processes: what importing costs, and whether ``shutdown`` keeps its deadline."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import tracing_facade as tracing

Figures = dict[str, float]

_CONFIGURE = (
    "import tracing_facade, tracing_facade.servers.wsgi\n"
    "tracing_facade.configure(tracing_facade.TracingConfiguration(endpoint='127.0.0.1:9', protocol='http/protobuf'))"
)
_OPENTELEMETRY = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
"""
IMPORTS = {
    "import tracing_facade": "import tracing_facade",
    "import and configure (HTTP)": _CONFIGURE,
    "OpenTelemetry, the same": _OPENTELEMETRY,
}


def imports(rounds: int) -> Figures:
    """Return milliseconds on top of a bare interpreter, medians over rounds in which each has its turn."""
    took: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        bare = _run("pass")
        for name, program in IMPORTS.items():
            took[name].append(_run(program) - bare)
    return {name: statistics.median(values) for name, values in took.items()}


def _run(program: str) -> float:
    # os._exit: what a process does at its end is not what its start costs.
    command = [sys.executable, "-c", f"{program}\nimport os; os._exit(0)"]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return (time.perf_counter() - started) * 1e3


def shutdowns() -> dict[str, Figures]:
    """Return seconds and verdict of ``shutdown(1.0)`` with spans to deliver to nobody."""
    with _silent_listener() as port:
        return {"refused": _shutdown("127.0.0.1:9"), "hanging": _shutdown(f"127.0.0.1:{port}")}


def _shutdown(endpoint: str) -> Figures:
    tracing.configure(tracing.TracingConfiguration(endpoint=f"http://{endpoint}", protocol="http/protobuf"))
    for _ in range(100):
        with tracing.start_span("work"):
            pass
    started = time.perf_counter()
    delivered = tracing.shutdown(1.0)
    return {"seconds": time.perf_counter() - started, "delivered": float(delivered)}


@contextmanager
def _silent_listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    kept.append(listener.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        for connection in kept:
            connection.close()
