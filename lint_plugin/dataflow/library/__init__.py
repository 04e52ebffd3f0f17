"""Functions of Python and of well-known packages whose effect on values, or on loaded modules, is known."""

from lint_plugin.dataflow.library import (
    code,
    functional,
    holders,
    loaders,
    objects,
    pure,
    readers,
    records,
    sequences,
    specifications,
    testing,
    texts,
)
from lint_plugin.dataflow.library.registry import HANDLERS

__all__ = [
    "HANDLERS",
    "code",
    "functional",
    "holders",
    "loaders",
    "objects",
    "pure",
    "readers",
    "records",
    "sequences",
    "specifications",
    "testing",
    "texts",
]
