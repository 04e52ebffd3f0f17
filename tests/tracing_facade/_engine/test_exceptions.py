"""What is recorded of an exception."""

from __future__ import annotations

import pytest

from tracing_facade._engine.exceptions import exception_attributes


def _stacktrace(message: str) -> str:
    with pytest.raises(ValueError, match=r".*") as caught:
        raise ValueError(message)
    return exception_attributes(caught.value, escaped=False)["exception.stacktrace"]


def test_a_long_stack_trace_keeps_its_last_whole_lines() -> None:
    """Half a line may be half a secret, which nobody recognises."""
    lines = [f"{number} password=x{number}" for number in range(2_000)]
    kept = _stacktrace("\n".join(lines)).splitlines()
    assert kept[0] == "[...]"
    assert kept[1:] == lines[1 - len(kept) :]


def test_one_long_line_keeps_its_beginning() -> None:
    """Where the name of a secret is, if it has one."""
    kept = _stacktrace(f"password={'x' * 40_000}")
    assert kept.startswith("[...]\nValueError: password=xx")
    assert len(kept) < 17_000


def test_a_short_stack_trace_is_whole() -> None:
    """With the line that raised."""
    assert _stacktrace("short").startswith("Traceback (most recent call last):\n")
