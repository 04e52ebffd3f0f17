"""Figures of whole processes: what importing costs, and whether ``shutdown`` keeps its deadline."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

import tracing_facade as tracing
from tests.support.repository import ROOT

Figures = dict[str, float]

_SPANS = 100
_DEADLINE_SECONDS = 1.0
_PROGRAMS = {
    "bare": "pass",
    "import": "import tracing_facade",
    "declare and start": (
        "import tracing_facade\nCHECKOUT = tracing_facade.SpanSpec('shop.checkout')\n"
        "with tracing_facade.start_span(CHECKOUT, {'order.items': 3}): pass"
    ),
    "configure": (
        "import tracing_facade, tracing_facade.servers.wsgi\n"
        "tracing_facade.configure("
        "tracing_facade.TracingConfiguration(endpoint='127.0.0.1:9', protocol='http/protobuf'))"
    ),
    "OpenTelemetry": """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
RequestsInstrumentor().instrument()
""",
}


def imports(rounds: int) -> dict[str, Figures]:
    """Return milliseconds on top of a bare interpreter, medians over rounds in which each has its turn."""
    took: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    with _ordinary_installation() as python:
        for program in _PROGRAMS.values():
            _run(python, program)
        for _ in range(rounds):
            times = {name: _run(python, program) for name, program in _PROGRAMS.items()}
            for name, time_ in times.items():
                took[name].append(time_ - times["bare"])
    found = {name: statistics.median(values) for name, values in took.items()}
    complete = found.pop("OpenTelemetry")
    return {"facade": found, "OpenTelemetry": dict.fromkeys(found, complete)}


@contextmanager
def _ordinary_installation() -> Iterator[Path]:
    """Make an environment in which all stands as if it were installed from an index.

    What is edited in place is found with the help of a module that each process loads at its start; that would be
    measured too, or hide what the facade loads itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, symlinks=True)
        (packages,) = Path(folder).glob("lib/python*/site-packages")
        installed = next(Path(path) for path in sys.path if path.endswith("site-packages"))
        for path in installed.iterdir():
            if path.suffix != ".pth" and not path.name.startswith(("__editable__", "_distutils_hack")):
                (packages / path.name).symlink_to(path)
        (packages / "tracing_facade").symlink_to(ROOT / "tracing_facade")
        yield Path(folder, "bin", "python")


def _run(python: Path, program: str) -> float:
    # os._exit: what a process does at its end is not what its start costs. -I: nothing of this folder is in the way.
    command = [str(python), "-I", "-c", f"{program}\nimport os; os._exit(0)"]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return (time.perf_counter() - started) * 1e3


def shutdowns() -> dict[str, Figures]:
    """Return the seconds that shutting down takes when there are spans that nobody takes."""
    with _silent_listener() as port:
        endpoints = {"refused": "http://127.0.0.1:9", "hanging": f"http://127.0.0.1:{port}"}
        return {
            "facade": {name: _facade_shutdown(endpoint) for name, endpoint in endpoints.items()},
            "OpenTelemetry": {name: _opentelemetry_shutdown(endpoint) for name, endpoint in endpoints.items()},
        }


def _facade_shutdown(endpoint: str) -> float:
    tracing.configure(tracing.TracingConfiguration(endpoint=endpoint, protocol="http/protobuf"))
    for _ in range(_SPANS):
        with tracing.start_span("work"):
            pass
    started = time.perf_counter()
    delivered = tracing.shutdown(_DEADLINE_SECONDS)
    took = time.perf_counter() - started
    if delivered:
        raise AssertionError(f"shutdown says that {endpoint} took the spans")
    return took


def _opentelemetry_shutdown(endpoint: str) -> float:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    tracer = provider.get_tracer("benchmark")
    for _ in range(_SPANS):
        with tracer.start_as_current_span("work"):
            pass
    started = time.perf_counter()
    provider.shutdown()
    return time.perf_counter() - started


@contextmanager
def _silent_listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[Any] = []

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
