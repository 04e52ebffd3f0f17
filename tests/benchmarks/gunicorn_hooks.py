"""gunicorn's settings for the load test; each worker leaves its counters in a file when it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import tracing_facade as tracing
from tracing_facade._engine import engine
from tracing_facade.selfmetrics import COUNTERS

workers = int(os.environ["BENCHMARK_WORKERS"])
worker_class = os.environ["BENCHMARK_WORKER_CLASS"]
threads = 4 if worker_class == "gthread" else 1
keepalive = 30
loglevel = "warning"


def worker_exit(server: Any, worker: Any) -> None:
    """Deliver what is left, then write the counters."""
    tracing.shutdown(20.0)
    totals: dict[str, Any] = {"engine": engine.name()}
    for (name, _reason), amount in COUNTERS.snapshot().items():
        totals[name] = totals.get(name, 0) + amount
    Path(os.environ["BENCHMARK_FOLDER"], f"counters.{worker.pid}").write_text(json.dumps(totals))
