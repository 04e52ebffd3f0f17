"""Docstrings are read as Python's own library reads them."""

from __future__ import annotations

import ast

import pytest

from lint_plugin.dataflow.docstrings import docstring


@pytest.mark.parametrize(
    "text",
    ["", " ", "  one  ", "\n  one\n    two\n\n  three\n  ", "one\n\n    two\n  three", "\tone\n\ttwo\n    x", "1\n "],
)
def test_a_docstring_is_that_of_the_library(text: str) -> None:
    """Without the indentation that its lines share, and without empty lines around it."""
    tree = ast.parse(repr(text))
    assert docstring(tree) == ast.get_docstring(tree)


def test_what_has_no_docstring_has_none() -> None:
    """Neither an empty file nor one that begins with something else."""
    assert docstring(ast.parse("")) is None
    assert docstring(ast.parse("1\n'one'\n")) is None
