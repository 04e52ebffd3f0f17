"""Names that a package gathers from its modules, each loaded when it is first asked for (PEP 562).

``import tracing_facade`` loads what starting a span needs and nothing else, so that programs whose tracing is off do
not wait for what it would need. A package says twice where its names come from: to type checkers with imports below
``if TYPE_CHECKING``, and to the interpreter with a table; a test holds the two against each other. Modules import each
other directly, and leave to a function what only that function needs and takes long to load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_on_demand(namespace: dict[str, Any], homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package.

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

    return load
