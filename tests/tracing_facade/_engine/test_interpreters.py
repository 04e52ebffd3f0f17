"""Other interpreters in the same process: the first one to load the native engine has it, the others go without."""

from __future__ import annotations

import subprocess
import sys

from tests.support.repository import ROOT

PROGRAM = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

import tracing_facade as tracing
from tracing_facade._engine import engine

INNER = '''
import sys
sys.path[:0] = {path!r}
import tracing_facade as tracing
from tracing_facade._engine import engine
with tracing.configure(tracing.TracingConfiguration(exporter="none")), tracing.start_span("work") as span:
    print("inner", engine.name(), span.is_recording(), bool(engine.why_not), flush=True)
'''
import sys
for number in range(2):
    other = interpreters.create()
    failure = interpreters.run_string(other, INNER.format(path=sys.path))
    assert failure is None, failure
    interpreters.destroy(other)
with tracing.configure(tracing.TracingConfiguration(exporter="none")), tracing.start_span("work") as span:
    print("outer", engine.name(), span.is_recording())
"""


def test_another_interpreter_records_with_the_engine_in_python(engine_name: str) -> None:
    """It is told why, nothing crashes, and the first interpreter goes on with the engine that it has."""
    variables = {"TRACING_FACADE_ENGINE": "python"} if engine_name == "python" else {}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:3] == [*["inner python True True"] * 2, f"outer {engine_name} True"]
