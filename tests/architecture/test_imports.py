"""What importing a part loads: time at start-up is decided here."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import tracing_facade
from tests.support.repository import ROOT

# Slow to load, and wanted by `configure`, an adapter or a command at most.
HEAVY = {
    "asyncio", "concurrent.futures", "email", "http.client", "libcst", "multiprocessing", "sqlite3", "ssl",
    "subprocess", "unittest", "urllib.request", "xml", "yaml",
}  # fmt: skip
# Wanted by declarations, `configure` or `traced`; not by a program that only starts spans while tracing is off.
LATER = {
    "dataclasses", "difflib", "inspect", "ipaddress", "json", "logging", "pathlib", "tracing_facade._enforcement",
    "tracing_facade._traced", "tracing_facade.config.types", "tracing_facade.export", "tracing_facade.policy.enforcer",
    "tracing_facade.policy.settings", "tracing_facade.registry.reading", "tracing_facade.registry.span_spec",
    "tracing_facade.stability", "traceback", "urllib.parse",
}  # fmt: skip
# A bare interpreter's own are not counted; the number is what one screen of `-X importtime` can still explain.
MOST_MODULES = 100
GATHERING = ("", ".config", ".policy", ".propagation", ".registry", ".selfmetrics")


def _loaded(statement: str, libraries: bool = True) -> set[str]:
    """Return the modules that a fresh interpreter loads for one statement.

    Args:
        statement: what it runs.
        libraries: whether it finds what is installed beside the standard library.
    """
    # Without `site`, since what an editable installation loads to find itself is in nobody else's process.
    search = [str(ROOT), *(path for path in sys.path if libraries and path.endswith("-packages"))]
    program = (
        f"import sys; sys.path += {search}; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(sorted(set(sys.modules) - before))"
    )
    finished = subprocess.run([sys.executable, "-S", "-c", program], check=True, capture_output=True, text=True)
    return set(ast.literal_eval(finished.stdout))


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


@pytest.mark.parametrize(
    "use",
    [
        "",
        "with t.start_span('work', {'a': 1}): pass",
        "t.inject({})",
        "t.current_span().is_recording()",
        "t.shutdown()",
    ],
    ids=("import", "start_span", "inject", "current_span", "shutdown"),
)
def test_a_program_whose_tracing_is_off_loads_nothing_that_it_does_not_need(use: str) -> None:
    """Neither the import nor the use of a facade that was never configured loads what `configure` needs."""
    assert not _loaded(f"import tracing_facade as t\n{use}") & LATER


def test_configuring_in_code_loads_no_reader_of_files_and_nothing_that_an_export_may_need() -> None:
    """Files, declarations, TLS, compression, hashes and mistakes each load their own, when they are there."""
    configure = "t.configure(t.TracingConfiguration(endpoint='127.0.0.1:9', protocol='http/protobuf'))"
    loaded = _loaded(
        f"import tracing_facade as t, tracing_facade.servers.wsgi\n{configure}\nt.shutdown(0)", libraries=False
    )
    rarely = {
        "datetime", "difflib", "email", "gzip", "hashlib", "http.client", "json", "pathlib", "ssl", "subprocess",
        "yaml", "tracing_facade.config.loading", "tracing_facade.policy.loading", "tracing_facade.registry.reading",
    }  # fmt: skip
    assert not loaded & rarely


@pytest.mark.parametrize("package", GATHERING)
def test_a_package_finds_the_names_that_it_gathers(package: str) -> None:
    """The table for the interpreter and the imports for type checkers name the same, and nothing is missing."""
    module = importlib.import_module(f"tracing_facade{package}")
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    imported = {
        alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    for name in module.__all__:
        assert getattr(module, name) is getattr(importlib.import_module(str(imported[name])), name)


def test_a_name_that_a_package_does_not_have_is_an_error() -> None:
    """A misspelt name is told as the language tells it."""
    with pytest.raises(AttributeError, match="module 'tracing_facade' has no attribute 'strat_span'"):
        _ = tracing_facade.strat_span  # type: ignore[attr-defined]  # what is tested


def test_the_linter_does_not_load_the_facade() -> None:
    """Checking files must work where nothing but the checker is installed."""
    assert not {name for name in _loaded("import lint_plugin.command") if name.startswith("tracing_facade")}
