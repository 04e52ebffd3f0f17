"""Everything one configuration amounts to: sampler, trust, propagation targets, recorder, buffer and exporter.

A runtime without a configuration is tracing turned off: spans record nothing, and trusted context passes through.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from tracing_facade import propagation, propagation_targets, selfmetrics
from tracing_facade._engine import context, engine, incoming
from tracing_facade._engine.incoming import ExtractedScope, ServerScope
from tracing_facade._engine.passive import NO_SPAN
from tracing_facade._engine.spans import span_in, stand_in_for
from tracing_facade._engine.trace import RANDOM, SAMPLED, Trace
from tracing_facade.errors import MissingDependencyError
from tracing_facade.propagation_targets import PropagationTargets
from tracing_facade.sampling import Origin, RatioSampler
from tracing_facade.trust import NOBODY, Trust, compile_grants, trust_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from logging import Logger

    from tracing_facade._engine.buffer import Buffer
    from tracing_facade._engine.foreign import ForeignRecorder
    from tracing_facade._engine.recorder import Recorder
    from tracing_facade._engine.spans import AnySpan
    from tracing_facade.config import TracingConfiguration
    from tracing_facade.export.transport import Transport
    from tracing_facade.export.worker import ExportWorker
    from tracing_facade.policy.enforcer import Enforcer, ScopeNames
    from tracing_facade.policy.gate import Gate
    from tracing_facade.propagation import ExtractedContext
    from tracing_facade.registry import SpanSpec
    from tracing_facade.trust import Caller, TrustRule

    Starter = Callable[..., AnySpan]
    """Starts a span, given its declaration or name, its first attributes, and links."""


class Runtime:
    """The state that one ``configure`` creates; without arguments it is tracing turned off."""

    def __init__(self, configuration: TracingConfiguration | None = None) -> None:
        self._given = configuration
        self.trust_rule: TrustRule = compile_grants(configuration.trust) if configuration else trust_nobody
        self.query_allow = configuration.query_allow if configuration else ()
        self.tracing_enabled = False
        self.sampler = RatioSampler(0)
        targets = configuration.propagate_to if configuration else propagation_targets.THIS_MACHINE
        self.may_propagate_to: Callable[[str, int | None], bool] = PropagationTargets(targets).allow
        """Tells whether context may leave for this host and port (``propagate_to``)."""
        self.recorder: Recorder | None = None
        self.start: Starter = _passive
        """Start a span below the current one, whatever the policy says about its name."""
        self.start_declared: Starter = _passive
        """Start a span below the current one if the policy admits it, else one that records nothing."""
        self._foreign: ForeignRecorder | None = None
        self._scopes: ScopeNames | None = None
        self.admits: Callable[[SpanSpec | str], bool] | None = None
        self._gate: Gate | None = None
        self._buffer: Buffer | None = None
        self._worker: ExportWorker | None = None

    @cached_property
    def configuration(self) -> TracingConfiguration:
        """What was configured; the defaults when nothing was."""
        from tracing_facade.config.types import TracingConfiguration

        return self._given or TracingConfiguration()

    @classmethod
    def exporting(cls, configuration: TracingConfiguration, transport: Transport | None = None) -> Runtime:
        """Return a runtime that exports as ``configuration`` says; loads OpenTelemetry when it is installed.

        Args:
            configuration: has been validated.
            transport: carries the requests instead of the one that is configured, for tests.
        """
        from tracing_facade._enforcement import build_enforcer
        from tracing_facade.export.starting import start_worker

        become_visible()
        enforcer = build_enforcer(configuration.policy, configuration.query_allow)
        buffer = engine.new_buffer(configuration.queue_size, enforcer)
        runtime = cls.recording(configuration, buffer, enforcer)
        runtime._buffer = buffer
        selfmetrics.RUNNING.start(engine.name(), buffer)
        if transport is None and configuration.exporter == "opentelemetry":
            transport = _official_exporter(configuration)
        if configuration.exporter != "none":
            runtime._worker = start_worker(
                configuration,
                buffer,
                lambda: enforcer.allowed(resource_of(configuration)),
                transport,
                _untraced,
            )
        return runtime

    @classmethod
    def recording(
        cls,
        configuration: TracingConfiguration,
        sink: Buffer | Callable[[Any], object],
        enforcer: Enforcer,
        started: Callable[[Any], object] | None = None,
    ) -> Runtime:
        """Return a runtime that hands every finished, sampled span to ``sink``.

        Args:
            configuration: has been validated.
            sink: a buffer, or what is called with each span; it must be quick and must not raise.
            enforcer: its policy, compiled.
            started: called with every span that records, for tests.
        """
        import logging

        from tracing_facade._engine.foreign import ForeignRecorder
        from tracing_facade.policy.gate import Gate

        runtime = cls(configuration)
        runtime.tracing_enabled = True
        runtime.sampler = RatioSampler(configuration.sampling_rate_per_million)
        gate = runtime._gate = Gate(enforcer, runtime.sampler, logging.getLogger("tracing_facade.audit").info)
        runtime.recorder = engine.new_recorder(
            sink, runtime.sampler, configuration.slow_after, gate.rules, enforcer.policy.max_spans_per_trace, started
        )
        most_spans = enforcer.policy.max_spans_per_trace
        runtime.start = runtime.start_declared = runtime.recorder.start
        runtime._scopes = enforcer.scopes
        if gate.checks_spans:
            runtime.admits = gate.admits_span
            runtime.start_declared = _if_admitted(gate.admits_span, runtime.start)
        add = sink if callable(sink) else sink.add
        runtime._foreign = ForeignRecorder(add, runtime.recorder, most_spans, runtime.admits, started)
        return runtime

    def log_start(self) -> None:
        """Say in the log what is traced and where it goes."""
        if self.tracing_enabled:
            _logger().info(
                "tracing is on: engine %s, endpoint %s, %d of a million new traces sampled",
                engine.name(), self.configuration.endpoint, self.configuration.sampling_rate_per_million,
            )  # fmt: skip

    def flush(self, timeout: float) -> bool:
        """Export what has ended so far; True when all of it was accepted in time."""
        return self._worker.flush(timeout) if self._worker else True

    def shutdown(self, timeout: float) -> bool:
        """Export what has ended and stop the worker; True when all of it was accepted in time."""
        done = self._worker.shutdown(timeout) if self._worker else True
        selfmetrics.RUNNING.stop(self._buffer)
        return done

    # Spans

    def start_foreign(
        self, mapping: Mapping[str, Any], name: str, kind: int, scope: str, *more: Any, **others: Any
    ) -> AnySpan:
        """Start a span for third-party code; see ``ForeignRecorder.start``."""
        if self._foreign is not None and self._scopes is not None:
            return self._foreign.start(mapping, name, kind, self._scopes[scope], *more, **others)
        return stand_in_for(span_in(mapping))

    @property
    def samples_by_rules(self) -> bool:
        """Whether sampling rules have to know who sends a request, and to which path."""
        return self._gate is not None and self._gate.rules is not None

    def start_server_span(
        self,
        spec: SpanSpec,
        extracted: ExtractedContext,
        granted: Trust,
        attributes: Mapping[str, Any] | None = None,
        start_ns: int | None = None,
        caller: Caller = NOBODY,
        path: str = "",
    ) -> ServerScope:
        """Start the span of an incoming request as the trust rule's answer allows.

        Args:
            spec: the span to start.
            extracted: the context the caller sent.
            granted: what the trust rule answered for this caller.
            attributes: the first attributes.
            start_ns: nanoseconds since the epoch, when the request came in before this call.
            caller: who sent the request, for sampling rules and for the audit of forced traces.
            path: of the request, for sampling rules.

        Returns:
            The span with the context that belongs to it; also when tracing is off.
        """
        if extracted.parent is not None and not granted.joins:
            self.note_stranger()
        if self.recorder is None:
            return incoming.pass_through(extracted, granted)
        admission = incoming.admit(extracted, self._within_budget(extracted, granted, caller), self.sampler)
        parent = admission.parent
        if parent is None:
            origin = Origin(spec.name, path, caller.groups) if self.samples_by_rules else None
            trace, link = self.recorder.new_trace(origin), incoming.stranger_link(admission)
        else:
            flags = parent.flags & RANDOM | (SAMPLED if admission.sampled else 0)
            trace, link = Trace(parent.trace_id, flags, admission.tracestate), None
        span = self.recorder.start_below(parent, trace, spec, attributes, (link,) if link else (), start_ns)
        return ServerScope(span, context.from_elsewhere(span, admission.baggage), parent is not None)

    def _within_budget(self, extracted: ExtractedContext, granted: Trust, caller: Caller) -> Trust:
        """Return the rights that count: forcing is counted for each caller."""
        parent = extracted.parent
        if self._gate is None or parent is None or not (granted.forces and parent.flags & SAMPLED):
            return granted
        principal = caller.user or caller.address or "(unknown)"
        return granted if self._gate.may_force(principal, parent.trace_id) else granted & ~Trust.FORCE

    def record_finished_child(
        self,
        parent: AnySpan,
        spec: SpanSpec,
        start_ns: int,
        end_ns: int,
        attributes: Mapping[str, Any] | None = None,
        error: BaseException | None = None,
    ) -> None:
        """Record a child whose work was done before its parent could exist (authentication, for example)."""
        if self.recorder is not None:
            self.recorder.record_finished(parent, spec, start_ns, end_ns, attributes, error)

    # Context

    def current_mapping(self) -> Mapping[str, Any]:
        """Return the current context mapping."""
        return context.current()

    def inject(self, set_header: Callable[[str, str], object]) -> None:
        """Write the current trace and baggage as W3C headers; nothing when there is no trace."""
        mapping = context.current()
        span = span_in(mapping)
        trace = span.trace
        if trace is not NO_SPAN.trace:
            set_header("traceparent", propagation.format_traceparent(trace.trace_id, span.span_id, trace.flags))
            if trace.tracestate:
                set_header("tracestate", trace.tracestate)
        baggage = context.current_baggage() if context.baggage_key in mapping else None
        if baggage:
            set_header("baggage", propagation.format_baggage(baggage))

    def extract(self, extracted: ExtractedContext, caller: Caller, rule: TrustRule | None) -> ExtractedScope:
        """Return the scope of a caller at a boundary without adapter, as the trust rule allows."""
        granted = self.ask(rule or self.trust_rule, caller)
        if extracted.parent is not None and not granted.joins:
            self.note_stranger()
        if self.recorder is None:
            scope = incoming.pass_through(extracted, granted)
            return ExtractedScope(scope.mapping, scope.joined)
        granted = self._within_budget(extracted, granted, caller)
        return incoming.extracted_scope(incoming.admit(extracted, granted, self.sampler))

    def ask(self, rule: TrustRule, caller: Caller) -> Trust:
        """Ask a trust rule; one that fails or answers nonsense trusts nobody."""
        try:
            granted: Any = rule(caller)
            return granted if isinstance(granted, Trust) else Trust.NOTHING
        except Exception:
            note_failing_rule(rule)
            return Trust.NOTHING

    def note_stranger(self) -> None:
        """Count a caller who sent trace context and is not trusted, and say once what to do about it."""
        selfmetrics.COUNTERS.add("contexts_refused", "untrusted")
        _log_stranger()


def _passive(span: SpanSpec | str, attributes: Mapping[str, Any] | None = None, links: Iterable[Any] = ()) -> AnySpan:
    """Return what stands for a span that is not recorded: it has the identity of the current one."""
    return stand_in_for(span_in(context.current()))


def _if_admitted(admits: Callable[[SpanSpec | str], bool], start: Starter) -> Starter:
    def start_if_admitted(
        span: SpanSpec | str, attributes: Mapping[str, Any] | None = None, links: Iterable[Any] = ()
    ) -> AnySpan:
        return start(span, attributes, links) if admits(span) else _passive(span)

    return start_if_admitted


def become_visible() -> bool:
    """Share the current span with OpenTelemetry's API; False when that is not installed."""
    try:
        from tracing_facade._otel import visibility
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "opentelemetry":
            raise
        return False
    visibility.become_visible()
    return True


def serve_third_parties(start: Callable[..., AnySpan]) -> None:
    """Give OpenTelemetry's API a provider whose spans go where ours go, if that API is installed."""
    if become_visible():
        from tracing_facade._otel import provider

        provider.install(start)


def _untraced() -> AbstractContextManager[object]:
    """Keep third-party instrumentation from tracing the export itself, which would never come to an end."""
    try:
        from tracing_facade._otel import visibility
    except ModuleNotFoundError:
        from contextlib import nullcontext

        return nullcontext()
    return visibility.instrumentation_suppressed()


def _official_exporter(configuration: TracingConfiguration) -> Transport:
    try:
        from tracing_facade._otel.exporter_sink import OfficialExporter
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("opentelemetry", "google", "grpc", "requests"):
            raise
        library = "opentelemetry-exporter-otlp"
        raise MissingDependencyError(library, "exporter: opentelemetry", "otel-exporters") from error
    return OfficialExporter(configuration)


def resource_of(configuration: TracingConfiguration) -> dict[str, Any]:
    """Return the resource attributes (OpenTelemetry semantic conventions, Resource) of this process."""
    # Not at the top: before Python 3.11 uuid loads subprocess.
    import uuid

    from tracing_facade import version

    return {
        "service.name": configuration.service_name,
        "service.instance.id": str(uuid.uuid4()),
        "telemetry.sdk.name": "tracing-facade",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": version.VERSION,
        **configuration.resource_attributes,
    }


def _logger() -> Logger:
    import logging  # not at the top: it takes as long to load as most of the facade

    return logging.getLogger("tracing_facade")


@lru_cache(maxsize=1)
def _log_stranger() -> None:
    _logger().warning(
        "a caller sent trace context and is not trusted, so the request starts a new trace with a link to the "
        "caller's; to let callers continue their traces set `trust` in the configuration, for example "
        "`trust: [{groups: [system:masters], join: true}]` (said once; the metric contexts_refused counts them)"
    )


def note_failing_rule(rule: TrustRule) -> None:
    """Count a trust rule that failed and log it once; call it while handling the exception."""
    _log_failing_rule(getattr(rule, "__qualname__", repr(rule)))
    selfmetrics.COUNTERS.add("internal_faults", "trust_rule")


@lru_cache(maxsize=64)
def _log_failing_rule(name: str) -> None:
    _logger().exception(
        "the trust rule %s failed, so the caller is not trusted; further failures are only counted", name
    )
