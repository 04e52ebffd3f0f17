"""A received span, its events and links, and how they look as JSON."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = "str | bool | int | float | bytes | Sequence[Value] | Mapping[str, Value] | None"
Attributes: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class ViewedEvent:
    """Something that happened during a span."""

    name: str
    time_ns: int
    attributes: Attributes


@dataclass(frozen=True)
class ViewedLink:
    """A span of this or another trace that a span points at."""

    trace_id: str
    span_id: str
    attributes: Attributes


@dataclass(frozen=True)
class ViewedSpan:
    """One span as it was received; ``size`` is roughly what its content takes, in bytes."""

    trace_id: str
    span_id: str
    name: str
    parent_span_id: str = ""
    kind: str = "UNSPECIFIED"
    start_ns: int = 0
    end_ns: int = 0
    status: str = "UNSET"
    status_message: str = ""
    attributes: Attributes = field(default_factory=dict)
    events: tuple[ViewedEvent, ...] = ()
    links: tuple[ViewedLink, ...] = ()
    flags: int = 0
    trace_state: str = ""
    scope: str = ""
    resource: Attributes = field(default_factory=dict)
    size: int = 0

    @property
    def service(self) -> str:
        """The name of the service that sent the span, or ``unknown_service``."""
        return str(self.resource.get("service.name") or "unknown_service")

    @property
    def duration_ns(self) -> int:
        """How long it took; 0 when it ended before it started."""
        return max(self.end_ns - self.start_ns, 0)

    def as_json(self) -> dict[str, Any]:
        """Return the span as values that ``json.dumps`` takes; times are integers, nanoseconds since 1970."""
        return {
            "trace_id": self.trace_id,
            "span_id": self.span_id,
            "parent_span_id": self.parent_span_id,
            "name": self.name,
            "kind": self.kind,
            "service": self.service,
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "status": self.status,
            "status_message": self.status_message,
            "attributes": plain(self.attributes),
            "events": [
                {"name": event.name, "time_ns": event.time_ns, "attributes": plain(event.attributes)}
                for event in self.events
            ],
            "links": [
                {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": plain(link.attributes)}
                for link in self.links
            ],
            "flags": self.flags,
            "trace_state": self.trace_state,
            "scope": self.scope,
            "resource": plain(self.resource),
        }


def plain(value: Value) -> Any:
    """Return ``value`` with bytes in base64 and NaN and infinities as words, since JSON has neither."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value
