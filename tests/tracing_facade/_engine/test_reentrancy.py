"""What an application does while the engine looks at its values, or lets go of them."""

from __future__ import annotations

import contextvars
import gc
import os
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

import tracing_facade as tracing
from tracing_facade import _facade


@pytest.fixture
def buffer() -> Iterator[Any]:
    """Record everything, export nothing, and return where it waits."""
    with tracing.configure(tracing.TracingConfiguration(exporter="none", queue_size=100, batch_size=10)):
        yield _facade.runtime()._buffer


def _odd_attributes(count: int) -> Any:
    return {f"key {n}": object() for n in range(count)}


def _record(name: str, attributes: Any = None) -> None:
    span: Any = tracing.start_span(name, attributes)
    span.end()


def test_a_key_may_give_its_span_other_attributes_while_it_is_compared(buffer: Any) -> None:
    """The span goes on with what it was given last."""
    span: Any = tracing.start_span("work", _odd_attributes(40))

    class Key(str):
        def __hash__(self) -> int:
            return hash("key 1")

        def __eq__(self, other: object) -> bool:
            span.begin_with({"other": object()})
            return False

    span.set_attribute(Key("key"), 1)
    assert list(span.attributes) == ["other"]
    span.end()


def test_a_destructor_may_set_attributes_of_a_span_that_grows(buffer: Any) -> None:
    """Each change of either is whole, in whichever order they come."""
    span: Any = tracing.start_span("work")

    class Garbage:
        def __init__(self) -> None:
            self.myself = self

        def __del__(self) -> None:
            span.set_attribute("from the destructor", "y" * 12_000)
            span.set_attribute("again", "z" * 18_000)

    threshold = gc.get_threshold()
    span.set_attribute("first", "x" * 600)
    gc.collect()
    gc.disable()
    Garbage()
    gc.set_threshold(1)
    gc.enable()
    try:
        span.set_attribute("second", "x" * 9_000)
        span.add_event("event")
        span.set_attribute("third", "x" * 4_000)
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert set(span.attributes) == {"first", "second", "third", "from the destructor", "again"}
    span.end()


def test_a_declaration_may_shut_tracing_down_while_it_is_read() -> None:
    """The span starts as it would have, and nobody takes it any more."""
    tracing.configure(tracing.TracingConfiguration(exporter="none"))

    class Declaration:
        kind, slow_after = tracing.SpanKind.CLIENT, None

        @property
        def name(self) -> str:
            tracing.shutdown(0.01)
            gc.collect()
            return "work"

    with tracing.start_span(Declaration()):  # type: ignore[arg-type]
        pass
    assert _facade.runtime().recorder is None


class _EndsASpan:
    armed = True

    def __del__(self) -> None:
        if _EndsASpan.armed:
            _EndsASpan.armed = False
            _record("from-the-destructor")


def test_a_destructor_may_end_a_span_while_a_child_forgets_those_of_its_parent(buffer: Any) -> None:
    """What the destructor ends is the first span of the child."""
    _EndsASpan.armed = True
    _record("work", {"ends": _EndsASpan()})
    buffer.reset_after_fork()
    assert len(buffer) == (0 if _EndsASpan.armed else 1)
    assert buffer.take(10, 1 << 20).spans == 1


class _Forks:
    """Forks when its text is asked for, which happens while spans are taken out of the buffer."""

    child: int | None = None
    buffer: Any = None

    def __str__(self) -> str:
        if _Forks.child is None:
            _Forks.child = os.fork()
            if not _Forks.child:
                _Forks.buffer.reset_after_fork()
        return "text"


def test_a_value_may_fork_while_it_is_encoded(buffer: Any) -> None:
    """The parent exports what it took; the child has nothing of it, and goes on."""
    _Forks.child, _Forks.buffer = None, buffer
    for _ in range(3):
        _record("work", {"forks": _Forks()})
    batch = buffer.take(10, 1 << 20)
    if _Forks.child == 0:
        verdict = 1
        try:
            _record("child")
            verdict = 0 if buffer.take(10, 1 << 20).spans == 1 and len(buffer) == 1 else 2
        finally:
            os._exit(verdict)
    assert _Forks.child is not None
    assert os.waitstatus_to_exitcode(os.waitpid(_Forks.child, 0)[1]) == 0
    assert batch.spans == 3


class _Marker:
    """What an application puts into a span; nobody but the span holds it."""


def test_spans_that_nobody_takes_any_more_are_let_go() -> None:
    """An application that configures tracing again and again does not grow."""
    markers = []
    for _ in range(3):
        tracing.configure(
            tracing.TracingConfiguration(exporter="otlp", endpoint="http://127.0.0.1:9", protocol="http/protobuf")
        )
        marker = _Marker()
        markers.append(weakref.ref(marker))
        _record("work", {"marker": marker})
        del marker
        assert not tracing.shutdown(0.05)
    gc.collect()
    assert [marker() for marker in markers] == [None] * 3


def test_a_hundred_thousand_spans_inside_each_other_are_let_go() -> None:
    """One that forgets to end its spans does not run out of stack when they go."""

    def enter() -> None:
        for _ in range(100_000):
            tracing.start_span("work").__enter__()

    with tracing.configure(tracing.TracingConfiguration(exporter="none")):
        contextvars.copy_context().run(enter)
        gc.collect()
        assert not tracing.current_span().is_recording()


def test_an_object_of_the_type_of_a_span_that_is_none_fails_as_objects_do(buffer: Any) -> None:
    """Whoever makes one gets exceptions and no crash."""
    kind = type(tracing.start_span("work"))
    odd: Any = kind.__new__(kind)
    for name in [name for name in dir(odd) if not name.startswith("__")]:
        for arguments in ((), (1,), ("a", 1), ({"a": 1},), (None, None, None)):
            try:
                getattr(odd, name)(*arguments)
            except (AttributeError, TypeError, ValueError):
                continue


class _ClassUnknown:
    """Fails when anybody asks what it is."""

    @property
    def __class__(self) -> Any:
        raise LookupError

    @__class__.setter
    def __class__(self, other: Any) -> None:
        raise LookupError


def test_what_fails_to_say_what_it_is_reaches_nobody(buffer: Any) -> None:
    """Not as a name, not as a link, not as a value."""
    span: Any = tracing.start_span("work", links=[_ClassUnknown()])  # type: ignore[list-item]
    span.set_attribute("key", _ClassUnknown())
    span.add_event(_ClassUnknown())
    span.add_link(_ClassUnknown())
    span.update_name(_ClassUnknown())
    span.end()
    assert buffer.take(10, 1 << 20).spans == 1
