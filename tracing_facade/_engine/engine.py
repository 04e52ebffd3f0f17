"""Chooses between the two engines: native where it was built, pure Python otherwise, both behaving alike.

The environment variable ``TRACING_FACADE_ENGINE`` forces one: ``native`` or ``python``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from tracing_facade._engine import clock, ids, spans
from tracing_facade._engine.buffer import Buffer, SpanBuffer
from tracing_facade._engine.encoding import SpanEncoder
from tracing_facade._engine.recorder import Recorder
from tracing_facade.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from tracing_facade.policy.enforcer import Enforcer
    from tracing_facade.policy.sampling_rules import SamplingRules
    from tracing_facade.sampling import RatioSampler
    from tracing_facade.trust import TrustRule

VARIABLE = "TRACING_FACADE_ENGINE"
NATIVE = "native"
PYTHON = "python"
MOST_SPANS = 10_000

Function = Callable[..., Any]

_BYTES_PER_SPAN = 1_024
"""What the native buffer may hold is bounded in bytes too, by this much for each span that it may hold."""
_LEAST_BYTES = 1 << 20
_INTERFACE = 1


def loaded() -> ModuleType | None:
    """Return the native engine if this process has it, whether it is used or not."""
    return _native


class NotNative:
    """What adapters inherit where there is no native engine: nothing."""


def native_part(name: str) -> type:
    """Return a class of the native engine for an adapter to inherit from; ``NotNative`` where there is none."""
    part: type = NotNative if _native is None else getattr(_native, name)
    return part


def name() -> str:
    """Return which engine records what is started from now on: ``native`` or ``python``."""
    return PYTHON if native() is None else NATIVE


def native() -> ModuleType | None:
    """Return the native engine, or None when the pure one is to be used.

    Raises:
        ConfigurationError: ``TRACING_FACADE_ENGINE`` names no engine, or one that this process cannot have.
    """
    wanted = _forced or os.environ.get(VARIABLE, "")
    if wanted not in ("", NATIVE, PYTHON):
        raise ConfigurationError([Problem(VARIABLE, f"{wanted!r} is no engine; use native or python, or nothing")])
    if wanted == NATIVE and _native is None:
        raise ConfigurationError([Problem(VARIABLE, f"there is no native engine: {why_not}; use python, or nothing")])
    return None if wanted == PYTHON else _native


def new_buffer(capacity: int, enforcer: Enforcer | None = None) -> Buffer:
    """Return an empty buffer for so many spans, which applies a policy to what is taken from it."""
    encoder = SpanEncoder(enforcer)
    module = native()
    if module is None:
        return SpanBuffer(capacity, encoder.encode)
    most_bytes = max(_LEAST_BYTES, capacity * _BYTES_PER_SPAN)
    buffer: Buffer = module.Arena(capacity, most_bytes, encoder, enforcer is not None)
    return buffer


def new_recorder(
    sink: Buffer | Callable[[Any], object],
    sampler: RatioSampler,
    slow_after: Mapping[str, float] | None = None,
    rules: SamplingRules | None = None,
    most_spans: int = MOST_SPANS,
    started: Callable[[Any], object] | None = None,
) -> Recorder:
    """Return what starts spans.

    Args:
        sink: where finished spans of sampled traces go: a buffer, or what is called with each of them.
        sampler: decides about new traces.
        slow_after: seconds by span name; goes before what a declaration says.
        rules: go before ``sampler``.
        most_spans: that one trace may have in this process.
        started: called with every span that records, for tests.
    """
    module = native()
    if module is not None:
        recorder: Recorder = module.Recorder(sink, sampler.bound, slow_after, rules, most_spans, started)
        return recorder
    add = sink if callable(sink) else sink.add
    return Recorder(add, sampler.bound, slow_after, rules, most_spans, started)


def use(
    recorder: Recorder | None,
    admits: Callable[[Any], bool] | None,
    trust_rule: TrustRule,
    query_allow: Collection[str],
    note_stranger: Callable[[], object],
    may_propagate_to: Callable[[str, int | None], bool],
) -> None:
    """Let the native functions trace like this from now on.

    Args:
        recorder: one of the pure engine leaves everything to the Python functions; None is tracing turned off.
        admits: tells whether the policy admits a span; None when it admits all.
        trust_rule: who may continue a trace here.
        query_allow: query parameters whose values may be recorded.
        note_stranger: called when a caller sent trace context and is not trusted.
        may_propagate_to: tells whether context may leave for a host and port.
    """
    if _native is not None:
        _native.use(recorder, admits, trust_rule, query_allow, note_stranger, may_propagate_to)


def accelerated(
    start_span: Function, current_span: Function, inject: Function, internal_fault: Callable[[str], None]
) -> tuple[Function, Function, Function]:
    """Return native functions that do what these do; the same ones where there is no native engine.

    Args:
        start_span: does what the native function cannot do.
        current_span: likewise.
        inject: likewise.
        internal_fault: counts a fault, while it is handled, by its place.
    """
    if _native is None:
        return start_span, current_span, inject
    _native.connect(start_span, current_span, inject, internal_fault)
    return (
        update_wrapper(_native.start_span, start_span),
        update_wrapper(_native.current_span, current_span),
        update_wrapper(_native.inject, inject),
    )


@contextmanager
def forced(engine: str) -> Iterator[None]:
    """Use one engine inside of the block, for tests that compare them."""
    global _forced
    before, _forced = _forced, engine
    try:
        yield
    finally:
        _forced = before


def cannot_load(wanted: str, abi_flags: str, implementation: str) -> str:
    """Return why the native engine must not even be imported; nothing when it may be.

    Args:
        wanted: what ``TRACING_FACADE_ENGINE`` says.
        abi_flags: ``sys.abiflags``, which has a "t" where the interpreter was built without a global lock.
        implementation: the name of the interpreter's kind.
    """
    if wanted == PYTHON:
        return f"{VARIABLE}=python"
    if "t" in abi_flags:
        return "this interpreter has no global lock, which the native engine relies on"
    return "" if implementation == "cpython" else "it is made for CPython"


def _load() -> tuple[ModuleType | None, str]:
    reason = cannot_load(os.environ.get(VARIABLE, ""), getattr(sys, "abiflags", ""), sys.implementation.name)
    if reason:
        return None, reason
    try:
        from tracing_facade._engine.native import core
    except ImportError as error:
        # Not built, built for another interpreter, or loaded already by another interpreter of this process.
        return None, str(error)
    if core.INTERFACE != _INTERFACE:
        return None, f"it was built from other sources than these: {core.__file__}"
    spans.recognise(core.Span, core.PassiveSpan)
    ids.on_change(core.take_ids_from_python)
    clock.on_change(core.take_time_from)
    return core, ""


_forced = ""
_native, why_not = _load()
