"""The errors this package raises, as one tree.

::

    TracingError
    ├── ConfigurationError       a configuration that cannot be used; lists every problem
    ├── DeclarationError         a SpanSpec, AttributeSpec or EventSpec that cannot be
    └── MissingDependencyError   an optional library that the configuration needs is not installed
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class TracingError(Exception):
    """The base of every error that the facade raises on purpose."""


class Problem(NamedTuple):
    """One thing that is wrong with a configuration: where, and what to do about it."""

    path: str
    message: str
    line: int = 0
    """In the file that it comes from; 0 when it comes from none."""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (f"line {self.line}" if self.line else "", self.path)))
        return f"{where}: {self.message}" if where else self.message


class ConfigurationError(TracingError):
    """A configuration that cannot be used; ``problems`` holds all that is wrong with it, not the first thing only."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(self._text())

    def _text(self) -> str:
        count = len(self.problems)
        where = f" in {self.source}" if self.source else ""
        title = f"the tracing configuration has {count} problem{'s' if count != 1 else ''}{where}:"
        return "\n".join([title, *(f"  {problem}" for problem in self.problems)])


class DeclarationError(TracingError):
    """A span, attribute or event declaration that cannot be; ``field`` is the argument that is wrong, if it is one."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class MissingDependencyError(TracingError):
    """A library that the configuration asks for is not installed; the message names the extra to install."""

    def __init__(self, library: str, needed_for: str, extra: str) -> None:
        self.library = library
        super().__init__(
            f"{needed_for} needs {library}, which is not installed: run `pip install 'tracing-facade[{extra}]'`"
        )
