"""Which declarations the tests of a run have emitted, and which they never did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tracing_facade._enforcement import declared_in
from tracing_facade.errors import ConfigurationError, Problem
from tracing_facade.registry import AttributeSpec, SpanSpec
from tracing_facade.testing.capture import CapturedSpans

SPAN = "span"


class Part(NamedTuple):
    """A declared part of a span; ``SPAN`` and an empty name are the span itself."""

    span: str
    kind: str = SPAN
    name: str = ""

    def __str__(self) -> str:
        return f"{self.span}: {self.kind} {self.name}" if self.name else f"{self.span}: the span itself"


class Emitted:
    """The parts that were emitted; takes as many as are declared, however much a run emits.

    Args:
        modules: the dotted names of modules of declarations.

    Raises:
        ConfigurationError: one of them cannot be imported, or declares nothing.
    """

    def __init__(self, modules: Iterable[str]) -> None:
        self.modules = tuple(modules)
        problems: list[Problem] = []
        specs = [spec for _, spec in declared_in(self.modules, "declarations", problems)]
        if problems:
            raise ConfigurationError(problems)
        self._present = {name: spec for spec in specs for name in (spec.name, *spec.aliases)}
        self._missing = {part: None for spec in specs for part in parts_of(spec)}
        self.declared = len(self._missing)

    def take(self, captured: CapturedSpans) -> None:
        """Note what a test has emitted."""
        for span in list(captured):
            spec = self._present.get(span.name)
            if spec is not None:
                for part in _parts_in(spec, span.attributes, span.events or ()):
                    self._missing.pop(part, None)

    def missing(self) -> tuple[Part, ...]:
        """Return what is declared and was never emitted, in the order of the declarations."""
        return tuple(self._missing)

    def keep_missing(self, others: Iterable[Iterable[str]]) -> None:
        """Forget what another process that runs tests of the same run has emitted: keep what it misses too.

        Args:
            others: what is missing there, each part as a sequence of its three texts.
        """
        missed = {Part(*part) for part in others}
        self._missing = {part: None for part in self._missing if part in missed}


def parts_of(spec: SpanSpec) -> Iterator[Part]:
    """Yield the span and everything that is declared for it."""
    yield Part(spec.name)
    yield from (Part(spec.name, "attribute", attribute.key) for attribute in spec.attributes)
    for event in spec.events:
        yield Part(spec.name, "event", event.name)
        yield from (Part(spec.name, f"attribute of {event.name}", attribute.key) for attribute in event.attributes)


def _parts_in(spec: SpanSpec, attributes: Mapping[str, Any] | None, events: Iterable[Any]) -> Iterator[Part]:
    """Yield the parts of a declaration that a span has; one that is set by a former name is emitted by both."""
    yield Part(spec.name)
    yield from (Part(spec.name, "attribute", key) for key in _present_keys(spec.attributes, attributes))
    declared = {name: event for event in spec.events for name in (event.name, *event.aliases)}
    for name, _, details in events:
        event = declared.get(name)
        if event is not None:
            yield Part(spec.name, "event", event.name)
            for key in _present_keys(event.attributes, details):
                yield Part(spec.name, f"attribute of {event.name}", key)


def _present_keys(declared: Iterable[AttributeSpec], attributes: Mapping[str, Any] | None) -> Iterator[str]:
    for spec in declared:
        if attributes and any(key in attributes for key in (spec.key, *spec.aliases)):
            yield spec.key
