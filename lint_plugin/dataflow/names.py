"""Where names come from: built-in names, modules that other modules hand on, and one module under several names."""

from __future__ import annotations

import builtins
import string
import sys

from lint_plugin.dataflow.values import Reference, Value

_BUILTINS = frozenset(dir(builtins))
_STANDARD = frozenset(sys.stdlib_module_names) if hasattr(sys, "stdlib_module_names") else frozenset()

# Modules of which many others of the standard library hold a reference, as in `os.sys.modules`.
_HANDED_ON = frozenset({"sys", "importlib", "builtins", "pkgutil", "runpy", "os", "functools", "operator"})

_ALIASES = {
    "__builtin__": "builtins",
    "six.moves.builtins": "builtins",
    "past.builtins": "builtins",
    "_frozen_importlib": "importlib._bootstrap",
    "_frozen_importlib_external": "importlib._bootstrap_external",
    "_imp": "imp",
    "_pickle": "pickle",
    "cPickle": "pickle",
    "_operator": "operator",
    "_functools": "functools",
    "_codecs": "codecs",
    "importlib_metadata": "importlib.metadata",
    "importlib_resources": "importlib.resources",
    "mock": "unittest.mock",
    "posixpath": "os.path",
    "ntpath": "os.path",
    "sys.__builtins__": "builtins",
}

CONSTANTS = {
    **{f"string.{name}": getattr(string, name) for name in string.__all__ if isinstance(getattr(string, name), str)},
    "os.sep": "/",
    "os.extsep": ".",
    "os.curdir": ".",
    "os.pathsep": ":",
    "os.linesep": "\n",
    "os.path.sep": "/",
    "os.path.extsep": ".",
}
"""Constants of the standard library of which names can be built."""

OWN_MODULE = "__main__"


def builtin(name: str) -> Value | None:
    """Return what a name stands for that the file does not bind."""
    return Reference(f"builtins.{name}") if name in _BUILTINS else None


def canonical(path: str) -> str:
    """Return the one name by which a module or its member is known here."""
    if path in _ALIASES:
        return _ALIASES[path]
    parent, _, name = path.rpartition(".")
    if parent and name in _HANDED_ON and parent.partition(".")[0] in _STANDARD and "(" not in parent:
        return name
    if name == "__builtins__":
        return "builtins"
    first, dot, rest = path.partition(".")
    if first in _ALIASES and dot:
        return f"{_ALIASES[first]}.{rest}"
    return _ALIASES[parent] + "." + name if parent in _ALIASES else path


def member(path: str, name: str) -> str:
    """Return the canonical name of a member of something."""
    return canonical(f"{path}.{name}")
