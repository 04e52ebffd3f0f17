"""A parsed file as rules see it: its tree, its lines, its settings, and what following it finds out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from lint_plugin.settings import Settings
from lint_plugin.statements import statements
from lint_plugin.test_files import is_test

if TYPE_CHECKING:
    from lint_plugin.dataflow.facts import Fact, Kind
    from lint_plugin.dataflow.run import Run
    from lint_plugin.finding import Finding
    from lint_plugin.project import Project
    from lint_plugin.suppressions import Suppression


Computed = TypeVar("Computed")


class Place(NamedTuple):
    """A place that is no node of the syntax tree; the offset counts bytes of UTF-8, as the tree does."""

    lineno: int
    col_offset: int


class Hit(NamedTuple):
    """What a check returns: where, the message, and whether only strict mode shows it."""

    node: ast.AST | Place
    message: str
    strict: bool = False


class Module:
    """A parsed file.

    Args:
        path: as it was named.
        tree: the syntax tree.
        lines: the lines, without line ends.
        settings: what holds for the file.
        project: what the other files of the program pass on.
        problem: why the file is not Python as a whole; empty when it is.
        problem_line: where it stops being Python.
        words: by which the sealed modules, the facade and what leads to them are named.
    """

    def __init__(
        self,
        path: str,
        tree: ast.Module,
        lines: list[str],
        settings: Settings,
        project: Project | None = None,
        problem: str = "",
        problem_line: int = 1,
        words: tuple[bytes, ...] = (),
    ) -> None:
        self.path = path
        self.tree = tree
        self.lines = lines
        self.settings = settings
        self.project = project
        self.problem = problem
        self.problem_line = problem_line
        self._words = words
        self._computed: dict[Callable[[Module], Any], Any] = {}
        # What rules about suppressions look at: the findings before any was suppressed.
        self.findings: Sequence[Finding] = ()

    @cached_property
    def run(self) -> Run:
        """The interpretation of the file, made when the first rule asks for it."""
        from lint_plugin.dataflow.interpreter import interpret
        from lint_plugin.dataflow.relevance import relevant
        from lint_plugin.search import search_for
        from lint_plugin.world import FileWorld

        world = FileWorld(self.path, self.settings, self.project)
        return interpret(
            self.tree, world, relevant(self.tree, self.lines, search_for(self._words, self.settings.facade))
        )

    def facts(self, *kinds: Kind) -> Iterator[Fact]:
        """Yield the facts of these kinds."""
        return (fact for fact in self.run.facts if fact.kind in kinds)

    def once(self, compute: Callable[[Module], Computed]) -> Computed:
        """Return what a function returns for this file, computed for the first rule that asks."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        found: Computed = self._computed[compute]
        return found

    @cached_property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @cached_property
    def names_sealed(self) -> bool:
        """Whether the first part of a sealed name may stand in the text; other letters may stand for its own."""
        tops = {name.partition(".")[0] for name in self.settings.sealed}
        return not self.text.isascii() or any(top in self.text for top in tops)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Every statement of the file, nested ones too, in no particular order."""
        return statements(self.tree)

    def close(self) -> None:
        """Forget what following the file has made: functions and the names they see hold each other."""
        if "run" in vars(self):
            self.run.module.names.clear()

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is a test, by its place or by what it defines."""
        return is_test(self.path, self.tree)

    @cached_property
    def suppressions(self) -> list[Suppression]:
        """The comments that suppress findings."""
        if "noqa" not in self.text.lower():
            return []
        from lint_plugin.suppressions import suppressions

        return suppressions(self.lines)
