"""Finds the modules that a policy names as its declarations, and reads them without running them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lint_plugin.declarations import read_paths
from tracing_facade.errors import Problem
from tracing_facade.registry.reading.files import DiskFiles, module_file
from tracing_facade.registry.reading.places import Refusal


class Declared(NamedTuple):
    """What the modules of a policy declare.

    Args:
        names: of all spans, former ones too; None when they are not all known.
        problems: of modules that cannot be found or declare nothing, by field of the policy.
        refusals: declarations that cannot be read.
    """

    names: frozenset[str] | None
    problems: tuple[Problem, ...]
    refusals: tuple[Refusal, ...]


def read_modules(modules: Sequence[str], beside: str) -> Declared:
    """Return what modules declare.

    Args:
        modules: dotted names, those of ``policy.declarations`` first.
        beside: the file with the policy; modules are looked for beside it and above, then below the folder of this
            process and its ``src``, then where Python would look.
    """
    problems: list[Problem] = []
    refusals: list[Refusal] = []
    names: set[str] = set()
    for index, module in enumerate(modules):
        field = f"policy.declarations[{index}]"
        path = _path_of(module, beside)
        if path is None:
            problems.append(Problem(field, f"there is no module {module}; call this in the folder that has it"))
            continue
        found = read_paths([path])
        refusals += found.refusals
        names.update(name for span in found.spans for name in (span.spec.name, *span.spec.aliases))
        if not found.spans and not found.refusals:
            problems.append(Problem(field, f"{module} declares no span; bind each SpanSpec to a name in the module"))
    known = None if problems or refusals else frozenset(names)
    return Declared(known, tuple(problems), tuple(refusals))


def _path_of(module: str, beside: str) -> str | None:
    for folder in _folders(beside):
        found = module_file(DiskFiles(), os.path.join(folder, "any.py"), module)
        if found is not None:
            return os.path.relpath(found[0]) if found[0].startswith(os.getcwd() + os.sep) else found[0]
    return None


def _folders(beside: str) -> Iterator[str]:
    here = os.getcwd()
    yield from _unique((os.path.dirname(os.path.abspath(beside)), here, os.path.join(here, "src"), *sys.path))


def _unique(folders: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(folder for folder in folders if folder)
