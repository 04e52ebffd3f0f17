"""Other interpreters in the same process: the main one has the native engine, the others go without."""

from __future__ import annotations

import subprocess
import sys

from tests.support.repository import ROOT

# With a lock of its own, where the language has that.
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
# Python 3.12 breaks its memory when the main interpreter is not the first to load parts of the standard library, such
# as decimal: `import decimal` in two interpreters, one after the other, and nothing else, ends the process there.
tracing.configure(tracing.TracingConfiguration(exporter="none")).shutdown()
for number in range(2):
    other = interpreters.create()
    failure = interpreters.run_string(other, INNER.format(path=sys.path))
    assert failure is None, failure
    interpreters.destroy(other)
with tracing.configure(tracing.TracingConfiguration(exporter="none")), tracing.start_span("work") as span:
    print("outer", engine.name(), span.is_recording())
"""

# Without a lock of its own, as mod_wsgi makes them.
SHARING = """
import sys

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

ANYWHERE = '''
import tracing_facade as tracing
from tracing_facade._engine import engine
with tracing.configure(tracing.TracingConfiguration(exporter="none")), tracing.start_span("work") as span:
    print(engine.name(), span.is_recording(), engine.why_not, flush=True)
'''
for number in range(2):
    other = interpreters.create("legacy") if sys.version_info >= (3, 13) else interpreters.create(isolated=False)
    failure = interpreters.run_string(other, f"import sys\\nsys.path[:0] = {sys.path!r}\\n{ANYWHERE}")
    assert failure is None, failure
    interpreters.destroy(other)
exec(ANYWHERE)
"""


def test_an_interpreter_that_comes_first_does_not_keep_the_engine_from_the_main_one(engine_name: str) -> None:
    """It is refused before it has touched anything, however it was made, and ends without a trace of it."""
    variables = {"TRACING_FACADE_ENGINE": "python"} if engine_name == "python" else {}
    done = subprocess.run(
        [sys.executable, "-c", SHARING], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    native = engine_name == "native"
    why_not = "the native engine is for the main interpreter of a process only"
    told = f"python True {why_not if native else 'TRACING_FACADE_ENGINE=python'}"
    assert done.stdout.splitlines() == [told, told, "native True " if native else told]


def test_another_interpreter_records_with_the_engine_in_python(engine_name: str) -> None:
    """It is told why, nothing crashes, and the first interpreter goes on with the engine that it has."""
    variables = {"TRACING_FACADE_ENGINE": "python"} if engine_name == "python" else {}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [*["inner python True True"] * 2, f"outer {engine_name} True"]
