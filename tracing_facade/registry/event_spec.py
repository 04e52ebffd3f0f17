"""The declaration of one event."""

from __future__ import annotations

from dataclasses import field

from tracing_facade.lean_dataclass import dataclass
from tracing_facade.registry import checks
from tracing_facade.registry.attribute_spec import AttributeSpec
from tracing_facade.stability import Stability


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One event that may happen during a span.

    Args:
        name: dotted lower-case name, for example ``"cache.miss"``.
        attributes: the attributes it may carry.
        brief: one sentence for the reference page.
        stability: the promise made to readers of traces.
        deprecated_version: the release since which its aliases, or without aliases it itself, are deprecated.
        aliases: former names, emitted beside ``name`` during the deprecation window.

    Raises:
        DeclarationError: one of these is not as described; the message says which, and what is allowed.
    """

    name: str
    attributes: tuple[AttributeSpec, ...] = field(default=(), kw_only=True)
    brief: str = field(default="", kw_only=True)
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    deprecated_version: str = field(default="", kw_only=True)
    aliases: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        checks.check_name(self.name, "EventSpec name", "name")
        where = f"EventSpec {self.name!r}"
        checks.check_text(self.brief, where, "brief")
        checks.check_stability(self.stability, where)
        aliases = checks.checked_aliases(self.aliases, self.deprecated_version, self.name, where)
        object.__setattr__(self, "attributes", checked_attributes(self.attributes, where))
        object.__setattr__(self, "aliases", aliases)


def checked_attributes(attributes: object, where: str) -> tuple[AttributeSpec, ...]:
    """Return the attributes of a span or event as a tuple.

    Raises:
        DeclarationError: one is no ``AttributeSpec``, or two have a key or alias in common.
    """
    found = checks.checked_parts(attributes, AttributeSpec, "attributes", "AttributeSpec('order.items', int)", where)
    checks.check_names_and_aliases(
        found, lambda attribute: attribute.key, f"{where} declares the attribute", "attributes"
    )
    return found
