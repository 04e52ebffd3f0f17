"""The idioms that can be migrated: one file each, found by name; ``apply`` puts its edits into the plan."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import Protocol

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.source_file import SourceFile


class Idiom(Protocol):
    """One way to use OpenTelemetry, and how the facade does the same."""

    ORDER: int
    """Idioms with lower numbers speak first."""

    def apply(self, file: SourceFile, plan: Plan) -> None:
        """Put what can be migrated into the plan, and why the rest cannot."""


@lru_cache(maxsize=1)
def all_idioms() -> tuple[Idiom, ...]:
    """Return every module of this package, in the order in which they speak."""
    names = [found.name for found in pkgutil.iter_modules(__path__)]
    modules: list[Idiom] = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(modules, key=lambda module: module.ORDER))
