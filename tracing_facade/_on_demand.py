"""What is made when it is first asked for: the names that a package gathers (PEP 562), and regular expressions.

``import tracing_facade`` loads what starting a span needs and nothing else, so that programs whose tracing is off do
not wait for what it would need. A package says twice where its names come from: to type checkers with imports below
``if TYPE_CHECKING``, and to the interpreter with a table; a test holds the two against each other. Modules import each
other directly, and leave to a function what it alone needs and takes long to load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast


def names_on_demand(namespace: dict[str, Any], homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package, and let ``dir()`` and ``help()`` of it know the names.

    Args:
        namespace: the ``globals()`` of the package; what was asked for once is kept there, at the price of any name.
        homes: by module the names that come from it.
    """
    modules = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        value = namespace[name] = getattr(import_module(modules[name]), name)
        return value

    namespace["__dir__"] = lambda: sorted({*namespace, *modules})
    return load


def pattern_on_demand(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled when it is first used; a long one takes a millisecond."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        # Found once and kept, so that later uses cost what they cost with the expression itself.
        found = self.__dict__[name] = getattr(re.compile(*self._given), name)
        return found
