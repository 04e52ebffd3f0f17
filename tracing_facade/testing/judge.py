"""Finds what is wrong with the spans of a test: against the policy, never ended, left current."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tracing_facade import _enforcement
from tracing_facade._engine import context, encoding
from tracing_facade._engine.passive import NO_SPAN
from tracing_facade._engine.span import RecordedSpan
from tracing_facade._engine.spans import span_in
from tracing_facade.config import TracingConfiguration
from tracing_facade.policy.settings import Level


class Judge:
    """Judges the spans of one block of code; made when the block begins.

    Args:
        configuration: its policy says what is an error; other findings go to the log as they do in production.

    Raises:
        ConfigurationError: a module of the policy's declarations cannot be used.
    """

    def __init__(self, configuration: TracingConfiguration) -> None:
        self.findings: list[str] = []
        self.enforcer = _enforcement.build_enforcer(configuration.policy, configuration.query_allow, self._report)
        self._before = context.variable.get()

    def judge(self, started: Iterable[RecordedSpan], ended: Iterable[RecordedSpan]) -> None:
        """Add what is wrong to ``findings``; call it once, when the block ends."""
        encode = encoding.SpanEncoder(self.enforcer).encode
        for span in ended:
            encoding.encoded_or_dropped(span, encode)
        never_ended = Counter(str(span.name) for span in started if span.is_recording())
        self.findings += [_never_ended(name, times) for name, times in never_ended.items()]
        self.findings += self._leaked()

    def _report(self, level: Level, sentence: str) -> None:
        if level == "error":
            self.findings.append(sentence)
        else:
            _enforcement.log_finding(level, sentence)

    def _leaked(self) -> Iterator[str]:
        wanted, left = span_in(self._before), span_in(context.variable.get())
        if left is not wanted:
            # Back to what it was, so that one test that leaks does not fail the next ones.
            context.variable.set(self._before)
            yield (
                f"after the block {_called(left)} is current, before it was {_called(wanted)}; leave a span in the "
                "function that enters it, best with a `with` statement"
            )


def report(findings: Iterable[str]) -> str:
    """Return the message of a test that fails for these findings."""
    lines = [f"  - {finding}" for finding in findings]
    title = f"the spans of this test have {len(lines)} fault{'s' if len(lines) != 1 else ''}:"
    hint = "To look at the spans all the same: capture_spans(check=False), or @pytest.mark.spans(check=False)."
    return "\n".join([title, *lines, hint])


def _never_ended(name: str, times: int) -> str:
    how_often = "" if times == 1 else f" {times} times"
    return f"the span {name!r} was started{how_often} and never ended; start it in a `with` statement"


def _called(span: Any) -> str:
    if span is NO_SPAN:
        return "no span"
    name = getattr(span, "name", None)
    return f"a span with the id {span.span_id}" if name is None else f"the span {str(name)!r}"
