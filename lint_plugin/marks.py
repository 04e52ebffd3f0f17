"""What a text holds that loads modules by name: the functions and modules of Python that do."""

from __future__ import annotations

# Modules that load others by name, and are seldom imported for anything else.
_LOADERS = rb"(?:pkgutil|pydoc|runpy|imp|timeit|builtins|cProfile|profile|pdb|bdb|code|codeop|ctypes)\b"
# What follows a built-in function that is called or handed on, unlike the same word in a sentence.
_USED = rb"[ \t]*(?:[(),\]}:=\n\r;#\\+|&]|\.__|(?:if|else|or|and|for|as|in|is)\b)"
# What follows a loader that is given nothing but a name that is written out, and so is not that of a sealed module.
_HARMLESS = (
    rb"(?!\([ \t]*(?:'\w[\w.]*'|\"\w[\w.]*\")[ \t]*[,)]"
    rb"|\([ \t]*['\"]\.[\w.]*['\"],[ \t]*(?:package=)?__(?:name|package)__\)"
    rb"|`|(?<=\.import_module)['\"])"
)

# Each begins with letters, which makes the search about as fast as that for a plain word.
PATTERNS = (
    rb"import_module\b(?<!import import_module)" + _HARMLESS,
    rb"import import_module[ \t]+as\b",
    rb"import__\b" + _HARMLESS,
    rb"import(?:_string|orskip)\b" + _HARMLESS,
    rb"importlib(?:[ \t]*[,)\]}]|(?<!import importlib)[ \t]*[\r\n;#]|\.__|\._boot|[ \t]+as\b|\.util\b|\.machinery\b)",
    rb"import(?<![\w-]import)[ \t]+(?:[\w., \t]*[, \t])?" + _LOADERS + rb"(?=[ \t]*(?:[,;#\r\n]|as\b|\Z))",
    rb"from[ \t]+(?:sys\b|importlib[ \t]+import[ \t]*(?!import_module[ \t]*[\r\n#])|" + _LOADERS + rb")",
    rb"exec(?<![.\w'\"/-]exec)" + _USED,
    rb"eval(?<![.\w'\"/-]eval)" + _USED,
    rb"compile\((?<![.\w]compile\()",
    rb"modules(?:(?<=\.modules)(?:(?<! in sys\.modules)|(?=[.\[]))|(?<=['\"]modules)(?=['\"]))(?!\w|`|\[__name__\])",
    rb"_builtins__",
    rb"globals\(\)[.\[)]",
    rb"load_module\b",
)
"""Regular expressions, one of which finds something in every such text."""
