"""How much a declared span or attribute promises to those who read it, and for how long after it is deprecated.

The rules are those of Kubernetes' metrics framework (KEP-1209, KEP-2305). What is deprecated in release 1.4 is emitted
for its whole deprecation window, then hidden: a STABLE name in 1.4, 1.5 and 1.6, and no longer in 1.7. In the release
that hides it, it can be asked for once more; code may drop it after that. While 1.7 is only begun (``1.7.0.dev0``,
``1.7.0-alpha.0``) nothing is hidden yet, so that a new release begins with the names of the last one. A later major
release ends every window.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple, Protocol

from tracing_facade._on_demand import pattern_on_demand


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

    @property
    def is_promise(self) -> bool:
        """Whether readers of traces may rely on it: BETA and STABLE."""
        return self in (Stability.BETA, Stability.STABLE)

    def at_most(self, other: Stability) -> Stability:
        """Return the weaker of the two: a part promises no more than the whole it is in."""
        return min(self, other, key=_ORDER.index)


_ORDER = tuple(Stability)
_DEPRECATION_WINDOWS = {Stability.INTERNAL: 0, Stability.ALPHA: 0, Stability.BETA: 1, Stability.STABLE: 3}


class Release(NamedTuple):
    """A minor release."""

    major: int
    minor: int
    begun: bool = False
    """Whether it is only begun, so that it hides nothing yet that the release before it emitted."""

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Deprecatable(Protocol):
    """What can be deprecated: a span, event or attribute."""

    @property
    def stability(self) -> Stability:
        """Its promise."""

    @property
    def deprecated_version(self) -> str:
        """Since which release it, or its aliases if it has any, are deprecated; empty when nothing is."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its former names."""


_RELEASE = pattern_on_demand(
    r"v?(\d{1,6})\.(\d{1,6})(?:\.\d{1,6})?(?P<rest>[-+.]?[A-Za-z][\w.+-]*|[-+][\w.+-]+)?\Z", re.ASCII
)
# The first pre-release of Kubernetes, of semantic versioning and of PEP 440.
_BEGUN = pattern_on_demand(r"(-alpha\.0|[-.]?dev\d*|[-.]?a0)([-.+].*)?\Z")


def parse_release(version: str) -> Release:
    """Return the minor release of a version such as ``1.4``, ``1.4.2``, ``1.4.0.dev0`` or ``1.4.0-alpha.0``.

    Raises:
        ValueError: it is none.
    """
    found = _RELEASE.match(version)
    if found is None:
        raise ValueError(f"{version!r} is not a version; write major and minor release, for example '1.4'")
    begun = _BEGUN.match(found["rest"] or "") is not None
    return Release(int(found[1]), int(found[2]), begun)


def window_is_open(stability: Stability, deprecated_version: str, version: str, show_hidden_for: str = "") -> bool:
    """Tell whether what was deprecated in one release is still emitted in another.

    Args:
        stability: its promise, which decides the length of the window.
        deprecated_version: the release in which it was deprecated.
        version: the release that is running.
        show_hidden_for: the minor release before ``version``, to emit what that one still did; else empty.

    Raises:
        ValueError: one of the three is no version, or ``show_hidden_for`` is another than the minor release before.
    """
    running = parse_release(version)
    if show_hidden_for:
        running = _shown_release(running, show_hidden_for)
    elif running.begun and running.minor > 0:
        running = Release(running.major, running.minor - 1)
    since = parse_release(deprecated_version)
    if since.major != running.major:
        return since.major > running.major
    # A window of 0 ends at once; the release before the deprecation is not in any window.
    return running.minor < since.minor + stability.deprecation_window


def _shown_release(running: Release, show_hidden_for: str) -> Release:
    shown = parse_release(show_hidden_for)
    if (shown.major, shown.minor) != (running.major, running.minor - 1):
        allowed = (
            f"{running.major}.{running.minor - 1}" if running.minor else "none, because it is a first minor release"
        )
        raise ValueError(
            f"{show_hidden_for!r} is not the minor release before {running}; "
            f"only what the release before has still emitted can be shown once more: {allowed}"
        )
    return shown


def is_deprecated(spec: Deprecatable, version: str) -> bool:
    """Tell whether a declaration is itself deprecated in a release; one that has aliases never is, its old names are.

    Raises:
        ValueError: the version is none.
    """
    if not spec.deprecated_version or spec.aliases:
        return False
    return parse_release(spec.deprecated_version)[:2] <= parse_release(version)[:2]


def is_hidden(spec: Deprecatable, version: str, show_hidden_for: str = "") -> bool:
    """Tell whether a declaration is no longer emitted in a release.

    Raises:
        ValueError: see ``window_is_open``.
    """
    if not spec.deprecated_version or spec.aliases:
        return False
    return not window_is_open(spec.stability, spec.deprecated_version, version, show_hidden_for)


def emitted_aliases(spec: Deprecatable, version: str, show_hidden_for: str = "") -> tuple[str, ...]:
    """Return the former names that are emitted in a release beside the present one.

    Raises:
        ValueError: see ``window_is_open``.
    """
    if spec.aliases and window_is_open(spec.stability, spec.deprecated_version, version, show_hidden_for):
        return spec.aliases
    return ()


def last_release_with(stability: Stability, deprecated_version: str) -> str:
    """Return the last release that emits what was deprecated in one; empty when that one already does not.

    Raises:
        ValueError: the version is none.
    """
    since = parse_release(deprecated_version)
    window = stability.deprecation_window
    return f"{since.major}.{since.minor + window - 1}" if window else ""
