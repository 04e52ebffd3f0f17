"""Where the current span is kept.

Before OpenTelemetry is loaded this is a variable of our own. ``configure`` switches to OpenTelemetry's own variable,
keys and mapping class (see ``tracing_facade._otel.visibility``), so that its ``get_current_span()`` returns our span
and our spans nest under those of third-party instrumentation, without an import of OpenTelemetry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from tracing_facade._engine.trace import Trace
from tracing_facade.propagation.carried import BaggageEntry

PROPERTIES_KEY = "tracing_facade.baggage_properties"
LINK_KEY = "tracing_facade.link"
"""Holds the ``Link`` to an untrusted caller's span, for the first span of the new trace."""

ContextMapping = Mapping[str, Any]


class ContextVariable(Protocol):
    """What is needed of ``contextvars.ContextVar``; an OpenTelemetry runtime context of another kind is adapted."""

    def get(self) -> ContextMapping:
        """Return the current mapping."""

    def set(self, value: Any, /) -> object:
        """Make ``value`` the current mapping; returns what ``reset`` wants."""

    def reset(self, token: Any, /) -> object:
        """Restore what was current before the call of ``set`` that returned ``token``.

        Raises:
            ValueError: that call was in another context.
        """


class ContextHome(NamedTuple):
    """One place to keep the current context: the variable, its keys, and what makes a new mapping."""

    variable: ContextVariable
    span_key: str
    baggage_key: str
    new_mapping: Callable[[Mapping[str, Any]], ContextMapping]
    foreign_span_context: Callable[[Trace, str], Any] | None = None


_OWN_HOME = ContextHome(
    variable=ContextVar[ContextMapping]("tracing_facade_context", default=MappingProxyType({})),
    span_key="span",
    baggage_key="baggage",
    new_mapping=dict,
)

_followers: list[Callable[[], object]] = []

home = _OWN_HOME
variable = home.variable
current = variable.get
"""Returns the current mapping."""
make_current = variable.set
"""Makes a mapping the current one; returns what ``restore`` wants."""
restore = variable.reset
"""Restores what was current, a third quicker than ``make_current``; a ``ValueError`` tells of another context."""
span_key = home.span_key
baggage_key = home.baggage_key
new_mapping = home.new_mapping


def move_to(new_home: ContextHome) -> None:
    """Keep the current context in ``new_home`` from now on; what is current at this moment is carried over."""
    global home, variable, current, make_current, restore, span_key, baggage_key, new_mapping
    if new_home is home:
        return
    old_values = variable.get()
    old_keys = (span_key, baggage_key)
    home = new_home
    variable, span_key, baggage_key = new_home.variable, new_home.span_key, new_home.baggage_key
    new_mapping = new_home.new_mapping
    current, make_current, restore = variable.get, variable.set, variable.reset
    carried = {
        new: old_values[old] for old, new in zip(old_keys, (span_key, baggage_key), strict=True) if old in old_values
    }
    if carried:
        variable.set(new_mapping({**variable.get(), **carried}))
    for follow in _followers:
        follow()


def on_move(follow: Callable[[], object]) -> None:
    """Call ``follow`` whenever the context has moved, for who keeps a copy of the names above."""
    _followers.append(follow)


def _holds_at_most_a_span(mapping: ContextMapping) -> bool:
    return not mapping or (len(mapping) == 1 and span_key in mapping)


def with_span(mapping: ContextMapping, span: object) -> ContextMapping:
    """Return a mapping with ``span`` as its span."""
    if not mapping or (len(mapping) == 1 and span_key in mapping):
        return new_mapping({span_key: span})
    return new_mapping({**mapping, span_key: span})


def from_elsewhere(
    span: object | None, baggage: Mapping[str, BaggageEntry], link: object | None = None
) -> ContextMapping:
    """Return the current mapping with exactly this span, baggage and link, whatever of them was there before.

    OpenTelemetry keeps plain strings as baggage; the properties of the entries are therefore kept beside them.
    """
    mapping = current()
    if (
        not baggage
        and link is None
        and span is not None
        and (not mapping or (len(mapping) == 1 and span_key in mapping))
    ):
        return new_mapping({span_key: span})
    values = {
        key: value for key, value in mapping.items() if key not in (span_key, baggage_key, PROPERTIES_KEY, LINK_KEY)
    }
    if span is not None:
        values[span_key] = span
    if link is not None:
        values[LINK_KEY] = link
    if baggage:
        values[baggage_key] = {key: entry.value for key, entry in baggage.items()}
        properties = {key: entry.properties for key, entry in baggage.items() if entry.properties}
        if properties:
            values[PROPERTIES_KEY] = properties
    return new_mapping(values)


def current_baggage() -> dict[str, BaggageEntry]:
    """Return the baggage of the current context, whoever put it there."""
    values = current()
    entries = values.get(baggage_key)
    if not entries:
        return {}
    properties = values.get(PROPERTIES_KEY) or {}
    return {str(key): BaggageEntry(str(value), properties.get(key, "")) for key, value in entries.items()}
