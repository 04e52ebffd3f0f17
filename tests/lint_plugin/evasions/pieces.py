"""The parts of which programs are put together: statements to run first, and an expression."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple, TypeAlias


class Piece(NamedTuple):
    """Statements and the expression that uses them.

    Args:
        lines: statements of one level; nested lines are indented.
        expression: what they are for.
    """

    lines: tuple[str, ...]
    expression: str


class Maker:
    """Chance, and names that are not used twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._count = 0

    def name(self, stem: str = "v") -> str:
        """Return a new name."""
        self._count += 1
        return f"{stem}_{self._count}"

    def cut(self, text: str, parts: int = 0) -> list[str]:
        """Return a text cut into parts."""
        parts = parts or self.random.randint(2, 4)
        places = sorted(self.random.sample(range(1, len(text)), min(parts - 1, len(text) - 1)))
        return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


Builder: TypeAlias = Callable[[Maker, str], Piece]


def value(expression: str, *lines: str) -> Piece:
    """Return a piece."""
    return Piece(lines, expression)


def indented(lines: tuple[str, ...] | list[str], by: int = 4) -> list[str]:
    """Return lines one level deeper."""
    return [" " * by + line for line in lines]
