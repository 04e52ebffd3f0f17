"""What a rule is: one module with a docstring that explains it, a check, and cases that prove it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lint_plugin.gate import search_for
from lint_plugin.settings import Settings
from lint_plugin.test_files import is_test
from lint_plugin.world import FileWorld

if TYPE_CHECKING:
    from lint_plugin.dataflow.facts import Fact, Kind
    from lint_plugin.dataflow.run import Run
    from lint_plugin.project import Project

_CODE = re.compile(r"[A-Z]{1,3}[0-9]{3}\Z")
_PARTS = ("Why:", "Wrong:", "Right:")


class Finding(NamedTuple):
    """One place that breaks a rule; lines and columns count from 1, columns in characters."""

    path: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"


class Place(NamedTuple):
    """A place that is no node of the syntax tree; the offset counts bytes of UTF-8, as the tree does."""

    lineno: int
    col_offset: int


class Hit(NamedTuple):
    """What a check returns: where in the syntax tree, the message, and whether only strict mode shows it."""

    node: ast.AST | Place
    message: str
    strict: bool = False


class Module:
    """A parsed file with the settings that hold for it, and what following it finds out.

    Args:
        path: as it was named.
        tree: the syntax tree.
        lines: the lines, without line ends.
        settings: what holds for the file.
        project: what the other files of the program pass on.
    """

    def __init__(
        self, path: str, tree: ast.Module, lines: list[str], settings: Settings, project: Project | None = None
    ) -> None:
        self.path = path
        self.tree = tree
        self.lines = lines
        self.settings = settings
        self.project = project

    @cached_property
    def run(self) -> Run:
        """The interpretation of the file, made when the first rule asks for it."""
        from lint_plugin.dataflow.interpreter import interpret
        from lint_plugin.dataflow.relevance import relevant

        words = self.project.words if self.project is not None else ()
        world = FileWorld(self.path, self.settings, self.project)
        return interpret(self.tree, world, relevant(self.tree, self.lines, search_for(self.settings, words)))

    def facts(self, *kinds: Kind) -> Iterator[Fact]:
        """Yield the facts of these kinds."""
        return (fact for fact in self.run.facts if fact.kind in kinds)

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is a test, by its place or by what it defines."""
        return is_test(self.path, self.tree)


@dataclass(frozen=True)
class Rule:
    """One rule, as its module declares it.

    Args:
        code: letters and three digits; flake8 accepts nothing else.
        name: a short name in kebab-case.
        check: finds the places that break the rule.
        accepts: sources that the rule leaves alone; at least one.
        rejects: sources that break it exactly once each; at least one.
        strict: only strict mode asks for it.
    """

    code: str
    name: str
    check: Callable[[Module], Iterable[Hit]]
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    strict: bool = False


class RegisteredRule(NamedTuple):
    """A rule with the docstring of its module: summary, then the parts Why, Wrong and Right."""

    rule: Rule
    explanation: str

    @property
    def summary(self) -> str:
        """The first line of the explanation."""
        return self.explanation.partition("\n")[0]


class IncompleteRuleError(Exception):
    """A rule module that lacks cases or a part of its explanation cannot register."""


@lru_cache(maxsize=1)
def all_rules() -> tuple[RegisteredRule, ...]:
    """Return every rule of ``lint_plugin.rules``, by code.

    Raises:
        IncompleteRuleError: a rule has no accepted or no rejected case, or does not explain itself.
    """
    package = importlib.import_module("lint_plugin.rules")
    names = [info.name for info in pkgutil.iter_modules(package.__path__)]
    return tuple(sorted((registered(f"lint_plugin.rules.{name}") for name in names), key=lambda found: found.rule.code))


def registered(module_name: str) -> RegisteredRule:
    """Return the rule of one module, checked for completeness.

    Raises:
        IncompleteRuleError: see ``all_rules``.
    """
    module = importlib.import_module(module_name)
    rule: Rule = module.RULE
    explanation = inspect.getdoc(module) or ""
    missing = [part for part in _PARTS if part not in explanation]
    missing += [name for name in ("accepts", "rejects") if not getattr(rule, name)]
    if missing or not _CODE.match(rule.code):
        raise IncompleteRuleError(
            f"{module_name} cannot register as {rule.code!r}: a code is letters and three digits, and a rule needs "
            f"Why:, Wrong: and Right: in its docstring and cases to accept and reject; missing: {missing or 'nothing'}"
        )
    return RegisteredRule(rule, explanation)
