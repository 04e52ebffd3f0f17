"""The public API: small, sorted, explained, and free of OpenTelemetry's types."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tracing_facade
from tests.support.repository import PACKAGES, ROOT, modules

PRIVATE = tuple(path for path in modules(*PACKAGES) if any(re.match("_[^_]", part) for part in path.parts))
PUBLIC_MODULES = tuple(path for path in modules(*PACKAGES) if path not in PRIVATE)


def _members(name: str) -> list[tuple[str, Any]]:
    public = getattr(tracing_facade, name)
    if not inspect.isclass(public):
        return [(name, public)]
    own = [(f"{name}.{key}", value) for key, value in vars(public).items() if not key.startswith("_")]
    return [(name, public), *((path, value) for path, value in own if callable(value) or isinstance(value, property))]


def test_the_whole_api_is_on_one_screen() -> None:
    """At most twenty names, sorted as a reader sorts, and every one exists."""
    assert len(tracing_facade.__all__) <= 20
    assert tracing_facade.__all__ == sorted(tracing_facade.__all__, key=lambda name: (name.islower(), name))
    assert all(hasattr(tracing_facade, name) for name in tracing_facade.__all__)


@pytest.mark.parametrize("name", tracing_facade.__all__)
def test_a_public_name_explains_itself(name: str) -> None:
    """Each public name has a docstring, and so have the methods and properties of a class."""
    for path, value in _members(name):
        assert inspect.getdoc(value), f"tracing_facade.{path} has no docstring"


@pytest.mark.parametrize("name", tracing_facade.__all__)
def test_a_public_signature_shows_no_opentelemetry_type(name: str) -> None:
    """A ban on OpenTelemetry is possible only because nobody needs its types to call us."""
    for path, value in _members(name):
        function = value.fget if isinstance(value, property) else value
        annotations = getattr(function, "__annotations__", {})
        assert not [str(hint) for hint in annotations.values() if "opentelemetry" in str(hint).lower()], path


@pytest.mark.parametrize("path", PUBLIC_MODULES, ids=str)
def test_public_functions_and_classes_have_docstrings(path: Path) -> None:
    """What another module may call says what it does."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, f"{path}: no docstring on {', '.join(silent)}"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("tracing_facade.servers.wsgi", "TracingMiddleware"),
        ("tracing_facade.clients.requests_adapter", "trace_session"),
        ("tracing_facade.trust", "trust_everyone"),
        ("tracing_facade.trust", "trust_nobody"),
        ("tracing_facade.testing", "capture_spans"),
    ],
    ids=lambda value: value,
)
def test_the_promised_names_stand_where_they_were_promised(module: str, name: str) -> None:
    """Adapters and helpers are imported from the modules that the documentation names."""
    assert inspect.getdoc(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(
    "package",
    ["", ".config", ".policy", ".propagation", ".registry", ".selfmetrics"],
)
def test_names_that_are_loaded_on_demand_can_be_seen(package: str) -> None:
    """``dir()``, and with it ``help()`` and completion, knows every public name before it is first used."""
    code = f"import tracing_facade{package} as it; print(sorted(set(it.__all__) - set(dir(it))))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
