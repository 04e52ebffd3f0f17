"""How much a declared span or attribute promises to those who read it (after Kubernetes' metrics framework)."""

from __future__ import annotations

import enum


class Stability(enum.Enum):
    """The promise that a declaration makes, weakest first."""

    INTERNAL = "INTERNAL"
    """No promise; not documented."""
    ALPHA = "ALPHA"
    """No promise; the default."""
    BETA = "BETA"
    """Attributes may be added but not removed, and types are fixed."""
    STABLE = "STABLE"
    """Name, kind, attributes and types are fixed; a rename needs an alias and a deprecation."""

    @property
    def deprecation_window(self) -> int:
        """How many minor releases a deprecated declaration is still emitted (Kubernetes KEP-1209: 0, 0, 1, 3)."""
        return _DEPRECATION_WINDOWS[self]


_DEPRECATION_WINDOWS = {Stability.INTERNAL: 0, Stability.ALPHA: 0, Stability.BETA: 1, Stability.STABLE: 3}
