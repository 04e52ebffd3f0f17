"""An exception as the attributes of an event (OpenTelemetry semantic conventions, Exceptions on spans)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracing_facade import selfmetrics

_STACKTRACE_LIMIT = 16_384


def exception_attributes(error: BaseException, escaped: bool) -> dict[str, str]:
    """Return type, message, stack trace and whether the exception left the span, all as strings.

    The stack trace keeps its end, where the error is, when it is over 16,384 characters.
    """
    return {
        "exception.type": qualified_name(type(error)),
        "exception.message": safe_text(error),
        "exception.stacktrace": _stacktrace(error),
        "exception.escaped": str(escaped),
    }


def event_attributes(error: BaseException, more: Mapping[str, Any] | None, escaped: bool) -> dict[str, Any]:
    """Return ``exception_attributes`` with more attributes, which replace those of the same name."""
    values: dict[str, Any] = dict(exception_attributes(error, escaped))
    try:
        values.update(more or {})
    except Exception:
        selfmetrics.COUNTERS.add("attributes_dropped", "not_a_mapping")
    return values


def describe(error: BaseException) -> str:
    """Return the exception in one line, as a status description."""
    return f"{type(error).__name__}: {safe_text(error)}"


def qualified_name(kind: type) -> str:
    """Return ``module.Name``, and only the name for builtins."""
    return kind.__qualname__ if kind.__module__ in ("builtins", "") else f"{kind.__module__}.{kind.__qualname__}"


def safe_text(error: BaseException) -> str:
    """Return ``str(error)``, also for exceptions whose own ``__str__`` fails."""
    try:
        return str(error)
    except Exception:
        return f"<{type(error).__name__} whose text cannot be read>"


def _stacktrace(error: BaseException) -> str:
    try:
        import traceback  # not at the top: most programs never get here

        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception:
        return f"<no stack trace: {type(error).__name__} cannot be formatted>"
    return text if len(text) <= _STACKTRACE_LIMIT else _end_of(text)


def _end_of(text: str) -> str:
    """Return the last whole lines of a text, since half a line may be half a secret, which nobody recognises."""
    _, _, lines = text[-_STACKTRACE_LIMIT:].partition("\n")
    return f"[...]\n{lines}" if lines.strip() else f"[...]\n{text.rstrip().rpartition(chr(10))[2][:_STACKTRACE_LIMIT]}"
