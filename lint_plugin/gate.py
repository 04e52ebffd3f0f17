"""Tells from the bytes of a file whether it can break a rule at all; most cannot, and need not be parsed.

A finding needs the name of a sealed module or of the facade in the text, or the name of something that imports, finds
or runs modules by name, since the name itself may be put together from pieces. Both can only be written with their
letters, or with other characters that Python normalises to them (PEP 3131), or in an encoding that hides them, which a
cookie must announce (PEP 263).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

from lint_plugin.dataflow.names import SPAN_STARTS
from lint_plugin.dataflow.relevance import Search
from lint_plugin.settings import Settings

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

VENDORS = (
    "azure.monitor.opentelemetry", "azure.core.tracing.ext.opentelemetry_span", "amazon.opentelemetry", "elasticotel",
    "honeycomb.opentelemetry", "langtrace_python_sdk", "lightstep", "microsoft.opentelemetry", "openinference",
    "openlit", "openllmetry", "phoenix.otel", "solarwinds_apm", "splunk_otel", "traceloop", "uptrace",
)  # fmt: skip
"""Packages that set OpenTelemetry up by themselves."""

# Each begins with letters, which makes the search about as fast as that for a plain word.
_PATTERNS = (
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
_MARKS = tuple(re.compile(pattern).search for pattern in _PATTERNS)

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
# Encodings in which ASCII letters are what they seem.
_PLAIN = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "koi8-r", "cp1251"})


def may_matter(data: bytes, settings: Settings) -> bool:
    """Tell whether a file can break a rule at all."""
    words = _words(settings)
    if any(word in data for word in words) or marked(data):
        return True
    if data.isascii():
        return hides_letters(data)
    text = data.decode("utf-8", "replace")
    if not unicodedata.is_normalized("NFKC", text):
        data = unicodedata.normalize("NFKC", text).encode()
        if any(word in data for word in words) or marked(data):
            return True
    return hides_letters(data)


@lru_cache(maxsize=64)
def _words(settings: Settings) -> tuple[bytes, ...]:
    names = {module.partition(".")[0] for module in settings.sealed} | {settings.facade}
    if settings.strict:
        names |= SPAN_STARTS | {vendor.partition(".")[0] for vendor in VENDORS}
    return tuple(sorted(name.encode() for name in names))


def search_for(settings: Settings, more: tuple[bytes, ...] = ()) -> Search:
    """Return what finds the places in a text for which the file may matter."""
    return _search_for((*_words(settings), *more))


@lru_cache(maxsize=64)
def _search_for(words: tuple[bytes, ...]) -> Search:
    patterns = tuple(re.compile(re.escape(word.decode())) for word in words)
    return Search(patterns, tuple(re.compile(pattern.decode()) for pattern in _PATTERNS))


def marked(data: bytes) -> bool:
    """Tell whether a text names something that loads modules by name."""
    return any(search(data) for search in _MARKS)


def hides_letters(data: bytes) -> bool:
    """Tell whether a cookie announces an encoding in which ASCII letters may be written otherwise."""
    head = data[:1024]
    if b"coding" not in head:
        return False
    found = _COOKIE.search(b"\n".join(head.splitlines()[:2]))
    if found is None:
        return False
    try:
        return codecs.lookup(found[1].decode("ascii")).name not in _PLAIN
    except (LookupError, ValueError):
        return True
