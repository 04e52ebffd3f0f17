"""The declaration of one span."""

from __future__ import annotations

from dataclasses import field, fields

from tracing_facade.lean_dataclass import dataclass
from tracing_facade.registry import checks
from tracing_facade.registry.attribute_spec import AttributeSpec
from tracing_facade.registry.event_spec import EventSpec, checked_attributes
from tracing_facade.registry.kinds import SpanKind
from tracing_facade.stability import Stability


@dataclass(frozen=True, eq=False, slots=True)
class SpanSpec:
    """One span that a program may emit. Declare it once, at module level, and start it with ``start_span``.

    Args:
        name: what the operation is called: dotted, lower-case, and without ids, paths or values in it.
        kind: its role in the trace.
        attributes: the attributes it may carry.
        events: the events that may happen during it.
        brief: one sentence for the reference page.
        stability: the promise made to readers of traces.
        deprecated_version: the release, such as ``"1.4"``, since which its aliases are deprecated; without aliases it
            is the span itself that is deprecated.
        aliases: former names.
        slow_after: seconds; a span that took longer is logged with its steps, sampled or not.

    Raises:
        DeclarationError: one of these is not as described; the message says which, and what is allowed.
    """

    name: str
    kind: SpanKind = field(default=SpanKind.INTERNAL, kw_only=True)
    attributes: tuple[AttributeSpec, ...] = field(default=(), kw_only=True)
    events: tuple[EventSpec, ...] = field(default=(), kw_only=True)
    brief: str = field(default="", kw_only=True)
    stability: Stability = field(default=Stability.ALPHA, kw_only=True)
    deprecated_version: str = field(default="", kw_only=True)
    aliases: tuple[str, ...] = field(default=(), kw_only=True)
    slow_after: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        checks.check_name(self.name, "SpanSpec name", "name")
        where = f"SpanSpec {self.name!r}"
        checks.check_kind(self.kind, where)
        checks.check_text(self.brief, where, "brief")
        checks.check_stability(self.stability, where)
        checks.check_slow_after(self.slow_after, where)
        aliases = checks.checked_aliases(self.aliases, self.deprecated_version, self.name, where)
        object.__setattr__(self, "attributes", checked_attributes(self.attributes, where))
        object.__setattr__(self, "events", _checked_events(self.events, where))
        object.__setattr__(self, "aliases", aliases)


def _checked_events(events: object, where: str) -> tuple[EventSpec, ...]:
    found = checks.checked_parts(events, EventSpec, "events", "EventSpec('cache.miss')", where)
    checks.check_names_and_aliases(found, lambda event: event.name, f"{where} declares the event", "events")
    return found


def span_named_at_run_time(name: str, kind: SpanKind) -> SpanSpec:
    """Return a span whose name is made of a request, such as ``GET /orders/{id}``, as the HTTP conventions want it.

    For adapters only: such a name keeps no rule of names, and no reader of declarations finds it.
    """
    spec = object.__new__(SpanSpec)
    for item in fields(SpanSpec):
        object.__setattr__(spec, item.name, item.default)
    object.__setattr__(spec, "name", name)
    object.__setattr__(spec, "kind", kind)
    return spec
