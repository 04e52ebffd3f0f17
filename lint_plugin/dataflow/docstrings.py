"""Docstrings, as ``ast.get_docstring`` returns them, without ``inspect``, whose import takes longer than most files."""

from __future__ import annotations

import ast
from typing import TypeAlias

Documented: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstring(node: Documented) -> str | None:
    """Return the docstring without the indentation that its lines share and empty ones around it, if there is one."""
    text = ast.get_docstring(node, clean=False)
    if text is None:
        return None
    first, *others = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in others if line.strip()), default=0)
    return "\n".join([first.lstrip(), *(line[margin:] for line in others)]).strip("\n")
