"""Tells tests from product code: by where a file is, or by what it defines."""

from __future__ import annotations

import ast
import os

_FOLDERS = frozenset({"test", "tests", "testing"})


def is_test(path: str, tree: ast.Module) -> bool:
    """Tell whether a file is a test."""
    *folders, name = path.replace(os.sep, "/").split("/")
    stem = name.partition(".")[0]
    if stem == "conftest" or stem.startswith("test_") or stem.endswith("_test") or not _FOLDERS.isdisjoint(folders):
        return True
    return any(_is_test_definition(node) for node in tree.body)


def _is_test_definition(node: ast.stmt) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name.startswith("test_")
    return isinstance(node, ast.ClassDef) and node.name.startswith("Test")
