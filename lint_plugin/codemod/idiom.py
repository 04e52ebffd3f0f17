"""What an idiom is: one way to use OpenTelemetry, and what the facade has in its place."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lint_plugin.codemod.plan import Plan
from lint_plugin.codemod.spans import Judge, Judges, Spans


@dataclass(frozen=True)
class Idiom:
    """One idiom, as its module declares it.

    Args:
        name: as which it is reported.
        calls: dotted names of the functions and methods whose calls it judges.
        judge: decides about one such call; None when it is used in a way that another idiom is about.
        finish: is asked at the end, when all other edits are known.
    """

    name: str
    calls: tuple[str, ...] = ()
    judge: Judge | None = None
    finish: Callable[[Spans, Plan], None] | None = None


class RegisteredIdiom(NamedTuple):
    """An idiom with the docstring of its module: summary, then the parts Before and After."""

    idiom: Idiom
    explanation: str


class IncompleteIdiomError(Exception):
    """An idiom module that does not show what becomes of its idiom cannot register."""


@lru_cache(maxsize=1)
def all_idioms() -> tuple[RegisteredIdiom, ...]:
    """Return every idiom of ``lint_plugin.codemod.idioms``, by the name of its module.

    Raises:
        IncompleteIdiomError: an idiom does not explain itself.
    """
    package = importlib.import_module("lint_plugin.codemod.idioms")
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return tuple(registered(f"{package.__name__}.{name}") for name in names)


def registered(module_name: str) -> RegisteredIdiom:
    """Return the idiom of one module.

    Raises:
        IncompleteIdiomError: see ``all_idioms``.
    """
    module = importlib.import_module(module_name)
    explanation = inspect.getdoc(module) or ""
    missing = [part for part in ("Before:", "After:") if part not in explanation]
    if missing:
        raise IncompleteIdiomError(f"{module_name} cannot register: its docstring lacks {' and '.join(missing)}")
    return RegisteredIdiom(module.IDIOM, explanation)


@lru_cache(maxsize=1)
def all_judges() -> Judges:
    """Return name and judge of the idioms by the dotted names that they judge."""
    judges: dict[str, list[tuple[str, Judge]]] = {}
    for idiom, _ in all_idioms():
        if idiom.judge is not None:
            for name in idiom.calls:
                judges.setdefault(name, []).append((idiom.name, idiom.judge))
    return judges
