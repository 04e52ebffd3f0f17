"""Children of ``multiprocessing`` deliver what they have recorded, though they end without exit handlers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.collector import HANG, Collector
from tests.support.exporting import configuration_for

PROGRAM = """
import multiprocessing, sys, time
from concurrent.futures import ProcessPoolExecutor
import tracing_facade as tracing

_, endpoint, method, where = sys.argv

def configure():
    tracing.configure(tracing.TracingConfiguration(endpoint=endpoint, protocol="http/protobuf"))

def work(name):
    if where == "in the child":
        configure()
    with tracing.start_span(name): pass

if __name__ == "__main__":
    if where == "in the parent":
        configure()
    context = multiprocessing.get_context(method)
    process = context.Process(target=work, args=("process",))
    process.start()
    process.join()
    assert process.exitcode == 0
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        executor.submit(work, "executor").result()
"""


def run(directory: Path, endpoint: str, method: str, where: str) -> subprocess.CompletedProcess[str]:
    """Run the program, from a file as ``spawn`` needs it."""
    program = directory / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), endpoint, method, where]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@pytest.mark.parametrize(
    ("method", "where"),
    [
        ("fork", "in the parent"),
        ("fork", "in the child"),
        ("spawn", "in the child"),
        ("forkserver", "in the child"),
    ],
)
def test_spans_of_children_arrive(tmp_path: Path, method: str, where: str) -> None:
    """However the child is started, and wherever tracing is configured, nothing that it recorded is lost."""
    with Collector() as collector:
        endpoint = configuration_for(collector, "http/protobuf").endpoint
        done = run(tmp_path, endpoint, method, where)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(span.name for span in collector.spans()) == ["executor", "process"]


def test_a_hanging_collector_does_not_keep_a_child(tmp_path: Path) -> None:
    """It ends after two seconds at most and says what is lost."""
    with Collector() as collector:
        endpoint = configuration_for(collector, "http/protobuf").endpoint
        collector.behaviour = HANG
        done = run(tmp_path, endpoint, "fork", "in the parent")
        assert done.returncode == 0
        assert done.stderr.count("1 spans were not delivered before the shutdown and are lost") == 2
