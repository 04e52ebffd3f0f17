"""Captures the spans of a test in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from tracing_facade import _facade, _runtime
from tracing_facade._engine import clock as span_clock
from tracing_facade._engine import ids
from tracing_facade._engine.span import RecordedSpan
from tracing_facade.config import TracingConfiguration, with_fields
from tracing_facade.policy.settings import Policy
from tracing_facade.testing.judge import Judge, report
from tracing_facade.testing.outline import Outline, outline

_SEED = 1
_PATIENCE_SECONDS = 1.0

listeners: list[Callable[[CapturedSpans], object]] = []
"""Each is called with the spans of a block at its end."""


class CapturedSpans(list[RecordedSpan]):
    """The spans that have ended, in the order in which they did; the list grows while the block goes on."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge: Judge | None = judge
        self.started: list[RecordedSpan] = []
        """The spans in the order in which they started, also those that have not ended."""
        self.findings = judge.findings
        """What is wrong with the spans, one sentence each; all of it is known at the end of the block."""

    def named(self, name: str) -> list[RecordedSpan]:
        """Return the spans of this name that have ended."""
        return [span for span in self if span.name == name]

    def tree(self, *, attributes: bool | Collection[str] = False, events: bool | Collection[str] = False) -> Outline:
        """Return the spans that have ended as an outline, to be compared with a literal.

        ::

            assert captured.tree() == '''
                GET /orders/{id} [server]
                  order.load
                    SELECT orders [client] ERROR
            '''

        A line has the name, the kind unless that is internal, ``OK`` or ``ERROR`` if the span has a status, and the
        attributes, sorted by key; events follow below the span, each behind ``*``. Spans stand below their parent in
        the order in which they began; one whose parent has not ended in the block stands at the margin. The literal
        may be indented as a whole.

        Args:
            attributes: True shows all attributes, those of events too; or the keys of those to show.
            events: True shows all events; or the names of those to show.
        """
        ended = {id(span) for span in self}
        return outline([span for span in self.started if id(span) in ended], attributes, events)

    def check(self) -> None:
        """Fail the test when something is wrong with the spans; the end of the block does it unless told not to.

        Raises:
            AssertionError: with all findings.
        """
        __tracebackhide__ = True
        if self._judge is not None:
            _wait_for_the_last(self.started)
            self.close()
        if self.findings:
            raise AssertionError(report(self.findings))

    def close(self) -> None:
        """Look for all that is wrong; only the first call does."""
        judge, self._judge = self._judge, None
        if judge is not None:
            judge.judge(list(self.started), list(self))
            for listener in listeners:
                listener(self)


@contextmanager
def capture_spans(
    configuration: TracingConfiguration | None = None,
    *,
    policy: Policy | None = None,
    fixed_ids: bool = False,
    clock: Callable[[], int] | None = None,
    check: bool = True,
) -> Iterator[CapturedSpans]:
    """Collect every span that ends inside the block; nothing is exported.

    At the end of the block the test fails when something is wrong with the spans:

    - the policy calls it an error: a span, attribute or event that is not declared where the policy says ``error``, or
      a declared attribute with a wrong type or value;
    - a span was started and never ended; other threads, such as a server's, have a second for that;
    - another span is current than at the beginning.

    Args:
        configuration: trust, slow spans and so on; by default everything is sampled and nobody is trusted.
        policy: goes before the configuration's own; by default every name is allowed.
        fixed_ids: make trace and span ids the same in every run, as long as one thread starts all spans.
        clock: returns nanoseconds since the epoch, such as a ``FixedClock``; by default the system's clock.
        check: False records only, whatever is wrong.

    Yields:
        The spans that have ended, in the order in which they did.

    Raises:
        AssertionError: at the end of a block that raises nothing itself, with everything that is wrong.
        ConfigurationError: a module of the policy's declarations cannot be used.
    """
    __tracebackhide__ = True
    _runtime.become_visible()
    if policy is not None:
        configuration = with_fields(configuration, policy=policy)
    configuration = configuration or TracingConfiguration()
    judge = Judge(configuration)
    captured = CapturedSpans(judge)
    recording = _runtime.Runtime.recording(configuration, captured.append, judge.enforcer, captured.started.append)
    with _fixed(fixed_ids, clock), _in_place(recording):
        yield captured
        if check:
            captured.check()
        captured.close()


def _wait_for_the_last(started: list[RecordedSpan]) -> None:
    """Give other threads, such as that of a server that has just answered, time to end their spans."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(span.is_recording() for span in started) and time.monotonic() < deadline:
        time.sleep(0.005)


@contextmanager
def _in_place(recording: _runtime.Runtime) -> Iterator[None]:
    __tracebackhide__ = True
    replaced = _facade.replace_runtime(recording)
    try:
        yield
    finally:
        _facade.replace_runtime(replaced)


@contextmanager
def _fixed(fixed_ids: bool, clock: Callable[[], int] | None) -> Iterator[None]:
    __tracebackhide__ = True
    if fixed_ids:
        ids.use_fixed_ids(_SEED)
    if clock is not None:
        span_clock.use(clock)
    try:
        yield
    finally:
        if fixed_ids:
            ids.use_random_ids()
        if clock is not None:
            span_clock.use(None)
