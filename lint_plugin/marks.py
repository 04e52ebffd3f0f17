"""What a text holds that loads modules by name: the functions and modules of Python that do.

The patterns begin with letters that are rare enough: a search for `xec` looks at a third of the places at which one for
`exec` does.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Modules that load others by name, and are seldom imported for anything else.
_MODULES = (
    rb"pkgutil", rb"pydoc", rb"runpy", rb"imp", rb"timeit", rb"builtins", rb"cProfile", rb"profile", rb"pdb", rb"bdb",
    rb"code", rb"codeop", rb"ctypes",
)  # fmt: skip
# What is imported from such modules, from `importlib` and from `sys`.
_MEMBERS = (
    rb"run_module", rb"run_path", rb"resolve_name", rb"locate", rb"safeimport", rb"Timer", rb"find_module", rb"exec",
    rb"load_source", rb"runctx", rb"pythonapi", rb"modules", rb"InteractiveInterpreter", rb"InteractiveConsole",
    rb"eval", rb"util", rb"machinery", rb"__import__",
)  # fmt: skip
# What follows a built-in function that is called or handed on, unlike the same word in a sentence.
_USED = rb"[ \t]*(?:[(),\]}:=\n\r;#\\+|&]|\.__|(?:if|else|or|and|for|as|in|is)\b)"
# What follows a loader that is given nothing but a name that is written out, and so is not that of a sealed module.
_HARMLESS = (
    rb"(?!\([ \t]*['\"](?!(?:importlib|sys|operator|functools|" + rb"|".join(_MODULES) + rb")\b)\w[\w.]*['\"][ \t]*[,)]"
    rb"|\([ \t]*['\"]\.[\w.]*['\"],[ \t]*(?:package=)?__(?:name|package)__\)"
    rb"|`|(?<=\.import_module)['\"])"
)
_IMPORT_OF_LOADERS = (
    # That a comma follows at once is asked by itself: a comma is looked for faster than whatever may be before one.
    rb"[ \t]+(?:[\w.]+,[ \t]*|[\w.]+[ \t]+(?:as[ \t]+\w+[ \t]*)?,[ \t]*)*"
    rb"(?:" + rb"|".join(_MODULES + _MEMBERS) + rb")(?=[ \t]*(?:[,;#)\r\n]|as\b|\Z))"
)
_IMPORT_OVER_LINES = (
    rb"[ \t]*\((?:"
    + rb"|".join(rb"(?<=\W" + name + rb" import \()" for name in (*_MODULES, rb"importlib", rb"sys"))
    + rb")"
)

_PATTERNS = (
    rb"mport(?<=import)(?:"
    # `import_module`, `__import__`, `import_string`, `importorskip`; what is only imported is not used yet.
    rb"_(?:module\b(?<!import import_module)|_\b|string\b)" + _HARMLESS
    + rb"|orskip\b" + _HARMLESS
    # `import importlib` alone loads nothing; what is done with it may.
    + rb"|lib(?:[ \t]*[,)\]}]|(?<!import importlib)[ \t]*[\r\n;#]|\.__|\._boot|[ \t]+as\b|\.util\b|\.machinery\b)"
    + rb"| import_module[ \t]+as\b|[ \t]*\*|" + _IMPORT_OF_LOADERS + rb"|" + _IMPORT_OVER_LINES + rb")",
    rb"xec(?!\w)(?<=exec)(?<![.\w'\"/-]exec)" + _USED,
    rb"val(?!\w)(?<=eval)(?<![.\w'\"/-]eval)" + _USED,
    rb"modules(?:(?<=\.modules)(?:(?<! in sys\.modules)|(?=[.\[]))|(?<=['\"]modules)(?=['\"]))(?!\w|`|\[__name__\])",
)  # fmt: skip


@lru_cache(maxsize=1)
def patterns() -> tuple[re.Pattern[bytes], ...]:
    """Return regular expressions, one of which finds something in most such texts; compiled when they are needed."""
    return tuple(map(re.compile, _PATTERNS))


LOOK_UPS = (b"globals()", b"locals()", b"vars(")
"""What takes names out of a scope; it matters in a file that has one of the others, too."""

WORDS = (rb"_builtins__",)
"""Words, one of which is in all others."""
