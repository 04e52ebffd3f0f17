"""What is counted, under which names, and what the reasons of each are."""

from __future__ import annotations

from typing import NamedTuple

from tracing_facade.selfmetrics.counters import Key


class Counted(NamedTuple):
    """One name in the counters.

    Args:
        name: in the counters; in Prometheus ``tracing_facade_`` stands before it and ``_total`` behind it.
        meaning: what is counted.
        labels: what its reason says; with two labels, what stands before and behind the last colon of it.
        known: reasons that are shown with 0 before they have occurred.
    """

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


COUNTED = (
    Counted(
        "traces_started", "traces that began in this process, as they were sampled", ("decision",),
        ("sampled", "not_sampled"),
    ),
    Counted(
        "spans_started", "spans that record", ("source",), ("facade", "third_party")
    ),
    Counted("spans_sampled", "spans that record and are to be exported; the others are only watched for slowness"),
    Counted("spans_ended", "spans that recorded and have ended"),
    Counted("spans_exported", "spans that the collector accepted"),
    Counted(
        "spans_dropped",
        "spans that are lost: queue_full, queue_bytes (too many bytes wait), shutdown, rejected (partial success), "
        "refused (the collector will never take them), export_failed (given up to make room), encode",
        ("reason",),
        ("queue_full", "queue_bytes", "shutdown", "rejected", "refused", "export_failed", "encode"),
    ),
    Counted(
        "spans_refused",
        "spans that the policy did not let begin: undeclared, trace_too_large; by span name hidden (deprecated or "
        "disabled) and budget",
        ("reason", "span"),
        ("undeclared", "trace_too_large"),
    ),
    Counted("spans_undeclared", "undeclared spans that the policy warns of"),
    Counted(
        "spans_truncated", "spans that were too large, so that only identity, name, kind, times and status were sent"
    ),
    Counted("span_names_bounded", "spans that are called (other) because there are too many names"),
    Counted(
        "attributes_refused",
        "attributes and events that the policy left out: undeclared, type, value, pattern, key, unreadable; by the "
        "span or event that declares what it may have",
        ("span", "reason"),
    ),
    Counted("attributes_undeclared", "undeclared attributes and events that the policy warns of", ("span", "reason")),
    Counted("attributes_redacted", "attributes in which something secret was found: key or value", ("part",)),
    Counted("attributes_bounded", "attributes that became (other) because there are too many values", ("attribute",)),
    Counted("attributes_coerced", "attributes that were exported as something else", ("reason",)),
    Counted("attributes_dropped", "attributes that could not be recorded, or were too many", ("reason",)),
    Counted("events_dropped", "events that could not be recorded, or were too many", ("reason",)),
    Counted("links_dropped", "links that could not be recorded", ("reason",)),
    Counted("contexts_refused", "incoming contexts that were not trusted", ("reason",), ("untrusted",)),
    Counted("traces_forced", "traces that were recorded because a trusted caller asked for it"),
    Counted("traces_forced_refused", "traces that were not, because he asks too often", ("reason",), ("budget",)),
    Counted(
        "export_failures", "failed attempts to send a batch, for example unreachable or http_503", ("error_type",)
    ),
    Counted("internal_faults", "faults of tracing itself; none has reached the application", ("place",)),
)  # fmt: skip


class Measured(NamedTuple):
    """One other number of a snapshot; ``tracing_facade_`` stands before its name in Prometheus."""

    name: str
    kind: str
    meaning: str


INFO = Measured("info", "gauge", "1; its labels say which engine records, or off, and the version")
QUEUE_SIZE = Measured("queue_size", "gauge", "spans that wait for export, those on their way included")
QUEUE_CAPACITY = Measured("queue_capacity", "gauge", "spans that have room to wait")
LAST_SUCCESS = Measured(
    "last_export_success_timestamp_seconds",
    "gauge",
    "when the collector last accepted spans, seconds since the epoch; 0 when it never has",
)
EXPORT_DURATION = Measured(
    "export_duration_seconds", "histogram", "how long attempts to export took, those that failed included"
)
MEASURED = (INFO, QUEUE_SIZE, QUEUE_CAPACITY, LAST_SUCCESS, EXPORT_DURATION)

_BY_NAME = {counted.name: counted for counted in COUNTED}
_DEFAULTS = {"source": "facade"}


def counted(name: str) -> Counted:
    """Return what is known about a name; of one that nobody has described, that it has reasons."""
    return _BY_NAME.get(name) or Counted(name, name.replace("_", " "), ("reason",))


def label_values(key: Key) -> tuple[str, ...]:
    """Return the values of the labels that a name has, for one of its reasons."""
    name, reason = key
    labels = counted(name).labels
    if not labels:
        return ()
    if len(labels) == 1:
        return (reason or _DEFAULTS.get(labels[0], ""),)
    if labels[0] == "reason":
        first, _, last = reason.partition(": ")
    else:
        first, _, last = reason.rpartition(": ")
    return first, last
