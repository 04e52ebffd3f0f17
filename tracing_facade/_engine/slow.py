"""Slow spans: a span that took longer than its declaration allows is logged with its steps, sampled or not."""

from __future__ import annotations

from typing import NamedTuple

from tracing_facade import selfmetrics

_MOST_STEPS = 64


class Step(NamedTuple):
    """Something that happened during a watched span: an event (no duration) or a finished inner span."""

    name: str
    offset_ns: int
    duration_ns: int | None


class SlowWatch:
    """Collects the steps of one span that has a limit on its duration."""

    __slots__ = ("limit_ns", "left_out", "start_ns", "steps")

    def __init__(self, start_ns: int, limit_seconds: float) -> None:
        self.start_ns = start_ns
        self.limit_ns = int(limit_seconds * 1e9)
        self.steps: list[Step] = []
        self.left_out = 0

    def add(self, name: str, at_ns: int, duration_ns: int | None = None) -> None:
        """Note one step; the first 64 are kept and the rest counted, so that a long span costs bounded memory."""
        if len(self.steps) < _MOST_STEPS:
            self.steps.append(Step(name, at_ns - self.start_ns, duration_ns))
        else:
            self.left_out += 1

    def finish(self, name: str, trace_id: str, span_id: str, duration_ns: int) -> None:
        """Log the span when it took longer than its limit. Never raises, whatever names and log handlers do."""
        if duration_ns > self.limit_ns:
            try:
                import logging  # not at the top: most programs never get here

                logger = logging.getLogger("tracing_facade.slow")
                logger.warning("%s", self._report(name, trace_id, span_id, duration_ns))
            except Exception:
                selfmetrics.COUNTERS.add("internal_faults", "slow_span")

    def _report(self, name: str, trace_id: str, span_id: str, duration_ns: int) -> str:
        title = (
            f"slow span {_one_line(name)}: {_milliseconds(duration_ns)} (limit {_milliseconds(self.limit_ns)}) "
            f"trace_id={trace_id} span_id={span_id}"
        )
        lines = [title, *(f"  {_describe(step)}" for step in sorted(self.steps, key=lambda step: step.offset_ns))]
        if self.left_out:
            lines.append(f"  ... and {self.left_out} more steps")
        return "\n".join(lines)


def _describe(step: Step) -> str:
    took = "" if step.duration_ns is None else f" took {_milliseconds(step.duration_ns)}"
    return f"+{_milliseconds(step.offset_ns)} {_one_line(step.name)}{took}"


def _one_line(name: object) -> str:
    # A name may come from a stranger's code; it must not forge a log line.
    text = str(name)
    return text if text.isprintable() else ascii(text)


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.1f} ms"
