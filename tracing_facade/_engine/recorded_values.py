"""What applications hand to a span, as the span keeps it: bounded, and such that nobody can change it any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from tracing_facade import selfmetrics
from tracing_facade._engine.attribute_encoding import readable
from tracing_facade._engine.interface import Link

MOST_ATTRIBUTES = 128
MOST_EVENTS = 128
MOST_LINKS = 128

STATUS_UNSET = 0
STATUS_OK = 1
STATUS_ERROR = 2

IMMUTABLE = frozenset({str, bool, int, float, bytes, type(None)})
"""The types of values that need not be copied."""

_COLLECTIONS = frozenset({list, tuple, set, frozenset})
_SCALARS = (str, int, float, bytes)
_MOST_COPIED = 8_192
_DEEPEST = 8


def frozen_attributes(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a copy whose values nobody can change any more, at most 128 of them."""
    try:
        values = attributes.copy() if type(attributes) is dict else dict(attributes)
        for value in values.values():
            if type(value) not in IMMUTABLE:
                values = {key: frozen(value) for key, value in values.items()}
                break
    except Exception:
        selfmetrics.COUNTERS.add("attributes_dropped", "not_a_mapping")
        return None
    if len(values) > MOST_ATTRIBUTES:
        selfmetrics.COUNTERS.add("attributes_dropped", "too_many", len(values) - MOST_ATTRIBUTES)
        values = dict(list(values.items())[:MOST_ATTRIBUTES])
    return values


def link_of(target: Any, attributes: Mapping[str, Any] | None = None) -> Link | None:
    """Return a link to ``target``: a ``Link``, one of our spans, or an OpenTelemetry ``Link`` or ``SpanContext``."""
    try:
        if isinstance(target, Link) or target is None:
            return target
        attributes = attributes or getattr(target, "attributes", None) if hasattr(target, "context") else attributes
        target = getattr(target, "context", target)
        trace_id, span_id = target.trace_id, target.span_id
        if isinstance(trace_id, int):
            state = getattr(target, "trace_state", None)
            header = state.to_header() if state else ""
            trace_id, span_id = f"{trace_id:032x}", f"{span_id:016x}"
            flags = int(target.trace_flags)
        else:
            header, flags = target.tracestate, target.flags
        return Link(trace_id, span_id, header, flags, frozen_attributes(attributes) if attributes else None)
    except Exception:
        selfmetrics.COUNTERS.add("links_dropped", "not_a_link")
        return None


def links_with(links: list[Link] | None, more: Iterable[Any]) -> list[Link] | None:
    """Return the links with more of them, at most 128, as a new list; None when there are none."""
    try:
        found = [link for link in map(link_of, more) if link is not None]
    except Exception:
        selfmetrics.COUNTERS.add("links_dropped", "not_a_link")
        return links
    return [*(links or ()), *found][:MOST_LINKS] or None


def status_of(ok: Any, description: Any) -> tuple[int, str]:
    """Return code and description of a status, whoever's it is; what is none says nothing, and only a failure has more.

    Args:
        ok: a boolean, or OpenTelemetry's ``Status`` or ``StatusCode``.
        description: what went wrong; a ``Status`` has its own.
    """
    try:
        if ok is True or ok is False:
            code = STATUS_OK if ok else STATUS_ERROR
        else:
            code = getattr(getattr(ok, "status_code", ok), "value", STATUS_UNSET)
            description = getattr(ok, "description", description)
        if type(code) is not int or code not in (STATUS_OK, STATUS_ERROR):
            return STATUS_UNSET, ""
        if code == STATUS_OK or description is None:
            return code, ""
        return code, description if type(description) is str else readable(description)
    except Exception:
        selfmetrics.COUNTERS.add("internal_faults", "set_status")
        return STATUS_UNSET, ""


def frozen(value: Any) -> Any:
    """Return a value that nobody can change any more: a collection is copied, with what is in it.

    What cannot be read stays itself, and the encoder will say so. So does what nobody looks into before it is encoded:
    objects of other types, which become texts then, and what is deeper than 8 or comes after 8,192 items.
    """
    if type(value) in _COLLECTIONS:
        items = tuple(value)
        if IMMUTABLE.issuperset(map(type, items)):
            return items
    return _Copy().of(value, 0)


class _Copy:
    """The copy of one value, which is bounded also when parts of it occur many times."""

    def __init__(self) -> None:
        self._left = _MOST_COPIED

    def of(self, value: Any, depth: int) -> Any:
        """Return the copy of a part that stands so deep."""
        try:
            if isinstance(value, _SCALARS):
                return value
            if isinstance(value, (bytearray, memoryview)):
                return bytes(value)
            if depth < _DEEPEST and isinstance(value, (Mapping, Sequence, Set)) and len(value) <= self._left:
                self._left -= len(value)
                return self._of_collection(value, depth + 1)
        except Exception:
            return value
        return value

    def _of_collection(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {key: self.of(item, depth) for key, item in value.items()}
        return tuple([self.of(item, depth) for item in value])
