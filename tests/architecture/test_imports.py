"""What importing a part loads: time at start-up is decided here."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# Slow to load, and wanted by `configure`, an adapter or a command at most.
HEAVY = {
    "asyncio", "concurrent.futures", "email", "http.client", "libcst", "multiprocessing", "sqlite3", "ssl",
    "subprocess", "unittest", "urllib.request", "xml", "yaml",
}  # fmt: skip
# A bare interpreter's own are not counted; the number is what one screen of `-X importtime` can still explain.
MOST_MODULES = 150


def _loaded(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter loads for one statement."""
    program = (
        "import sys, json; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    finished = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(json.loads(finished.stdout))


@pytest.mark.parametrize(
    "statement",
    [
        "import tracing_facade",
        "import tracing_facade.trust, tracing_facade.selfmetrics, tracing_facade.servers.wsgi",
        "import tracing_facade.testing",
        "import lint_plugin.flake8_plugin",
        "import lint_plugin.command",
    ],
)
def test_an_import_loads_the_standard_library_and_this_project_only(statement: str) -> None:
    """No OpenTelemetry, grpc, protobuf, requests or anything else that was installed."""
    known = {*sys.stdlib_module_names, "tracing_facade", "lint_plugin"}
    foreign = {name for name in _loaded(statement) if name.partition(".")[0] not in known}
    # What an editable installation, the coverage tool or the native engine loads by itself; the last are no files.
    own = ("__editable__", "_distutils_hack", "coverage", "_cython_", "cython_runtime")
    foreign = {name for name in foreign if not name.startswith(own)}
    assert not foreign


def test_the_facade_loads_nothing_heavy() -> None:
    """`import tracing_facade` needs no network, no YAML and no event loop."""
    loaded = _loaded("import tracing_facade")
    assert not loaded & HEAVY
    assert len(loaded) <= MOST_MODULES


def test_the_linter_does_not_load_the_facade() -> None:
    """Checking files must work where nothing but the checker is installed."""
    assert not {name for name in _loaded("import lint_plugin.command") if name.startswith("tracing_facade")}
