"""A project requires a sealed distribution, or registers with one.

Why:
    A requirement invites the import, and an entry point in a group of OpenTelemetry is loaded by it without any import.
    What the facade needs comes with the facade's own extras. Read are `pyproject.toml`, `hatch.toml`, `setup.cfg`,
    `setup.py`, `Pipfile` and requirements files.

Wrong:
    [project]
    dependencies = ["opentelemetry-api", "opentelemetry-sdk"]

Right:
    [project]
    dependencies = ["tracing-facade[otel]"]
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_plugin.manifest_names import is_manifest
from lint_plugin.rule import Hit, Module, Place, Rule
from lint_plugin.unsaved import content_of

if TYPE_CHECKING:
    from lint_plugin.manifests import Declaration

_LARGEST_FILE = 1_000_000
# Distributions that are not called like the module in them.
_DISTRIBUTIONS = {"elasticapm": "elastic-apm", "sentry_sdk": "sentry-sdk"}


def _check(module: Module) -> Iterator[Hit]:
    if is_manifest(module.path):
        yield from _in_manifest(module)
    elif any("/// script" in line for line in module.lines[:100]):
        from lint_plugin.manifests import declarations_in_script

        for declared in declarations_in_script(module.lines):
            if _sealed(module, declared):
                yield Hit(Place(declared.line, 0), _message(declared))
    elif os.path.basename(module.path) == "setup.py":
        from lint_plugin.setup_script import declarations_in_setup

        for node, declared in declarations_in_setup(module.tree):
            if _sealed(module, declared):
                # A text may list one in each line.
                place = node if declared.line == node.lineno else Place(declared.line, 0)
                yield Hit(place, _message(declared))


def _in_manifest(module: Module) -> Iterator[Hit]:
    from lint_plugin.manifests import declarations

    for declared in declarations(module.path, module.lines):
        if _sealed(module, declared):
            yield Hit(Place(declared.line, _column(module.lines, declared)), _message(declared))
    yield from _in_included(module)


def _in_included(module: Module) -> Iterator[Hit]:
    """What a manifest includes need not be called like one, and then is not looked at by itself."""
    from lint_plugin.manifests import declarations, included, read_by_setuptools

    if module.path.endswith((".txt", ".in")):
        others = included(module.lines)
    elif os.path.basename(module.path) == "pyproject.toml":
        others = read_by_setuptools(module.lines)
    else:
        return
    for line, name in others:
        path = os.path.join(os.path.dirname(module.path), name)
        for declared in declarations(path, _lines_of(path)) if not is_manifest(path) else ():
            if _sealed(module, declared):
                yield Hit(Place(line, 0), f"{name}, line {declared.line}: {_message(declared)}")
                break


def _lines_of(path: str) -> list[str]:
    try:
        return content_of(path, _LARGEST_FILE).decode("utf-8", "replace").split("\n")
    except OSError:
        return []


def _column(lines: list[str], declared: Declaration) -> int:
    line = lines[declared.line - 1]
    return len(line) - len(line.lstrip())


def _sealed(module: Module, declared: Declaration) -> bool:
    for top in module.settings.sealed:
        if "." not in top and _belongs(declared, top):
            return True
    return bool(declared.entry_point) and module.settings.seals(declared.entry_point)


def _belongs(declared: Declaration, top: str) -> bool:
    name = _DISTRIBUTIONS.get(top, top.replace("_", "-"))
    distribution = declared.distribution
    return distribution == name or distribution.startswith(f"{name}-") or declared.entry_point.startswith(f"{top}_")


def _message(declared: Declaration) -> str:
    if declared.distribution:
        return f"{declared.distribution} is sealed: require an extra of tracing-facade instead"
    return f"{declared.entry_point} is sealed: configure tracing_facade instead of registering there"


RULE = Rule(
    code="TRF109",
    name="sealed-requirement",
    check=_check,
    accepts=(
        "# file: pyproject.toml\n[project]\nkeywords = ['opentelemetry']\ndependencies = ['tracing-facade[otel]']\n",
        "# file: requirements.txt\n# opentelemetry-api\nlike-opentelemetry>=1\n",
        "# file: setup.cfg\n[metadata]\nkeywords = opentelemetry-api\n",
    ),
    rejects=(
        "# file: pyproject.toml\n[project]\ndependencies = [\n  'requests',\n  'opentelemetry-api>=1.30',\n]\n",
        "# file: pyproject.toml\n[project.optional-dependencies]\ntracing = ['OpenTelemetry.SDK[x]; extra == 1']\n",
        "# file: pyproject.toml\n[dependency-groups]\ndev = ['opentelemetry-sdk']\n",
        "# file: pyproject.toml\n[tool.poetry.dependencies]\nopentelemetry-api = '^1.30'\n",
        "# file: pyproject.toml\n[project.entry-points.opentelemetry_tracer_provider]\nmine = 'app.tracing:provider'\n",
        "# file: setup.cfg\n[options]\ninstall_requires =\n  requests\n  opentelemetry-api\n",
        "# file: setup.py\nfrom setuptools import setup\nsetup(install_requires=['opentelemetry-api>=1'])\n",
        "# file: requirements/dev.txt\nopentelemetry_sdk==1.30\n",
        "# file: requirements.txt\n-r base.list\n# file: base.list\nopentelemetry-api\n",
        "# /// script\n# dependencies = ['opentelemetry-api']\n# ///\n",
        "# file: setup.py\nNEEDS = ['opentelemetry-api']\nsetup(install_requires=NEEDS)\n",
    ),
)
