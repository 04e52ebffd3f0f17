"""The reference page of spans: what may be emitted, with which attributes and events, and what each promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.registry.kinds import TYPE_NAMES
from tracing_facade.stability import Stability, last_release_with


def page(specs: Iterable[SpanSpec], title: str) -> str:
    """Return the page in Markdown. What is INTERNAL is left out: nobody outside should know it."""
    shown = documented(specs)
    return f"# {title}\n\n{overview(shown)}\n\n{sections(shown)}\n"


def documented(specs: Iterable[SpanSpec]) -> list[SpanSpec]:
    """Return the spans that are documented."""
    return [spec for spec in specs if spec.stability is not Stability.INTERNAL]


def overview(specs: Iterable[SpanSpec]) -> str:
    """Return the table of all spans, each with a link to its section."""
    rows = (
        (
            f"[`{spec.name}`](#{_anchor(spec.name)})",
            spec.kind.name,
            spec.stability.name,
            f"{spec.slow_after:g} s" if spec.slow_after else "",
            _meaning(spec, spec.name),
        )
        for spec in specs
    )
    return _table(("span", "kind", "stability", "logged when slower than", "what it is"), rows)


def sections(specs: Iterable[SpanSpec]) -> str:
    """Return the section of each span."""
    return "\n\n".join("\n\n".join(_section(spec)) for spec in specs)


def _section(spec: SpanSpec) -> Iterator[str]:
    yield f"## `{spec.name}`"
    if spec.brief:
        yield _inline(spec.brief)
    yield from _attributes(spec.attributes)
    events = [event for event in spec.events if event.stability is not Stability.INTERNAL]
    if events:
        rows = ((f"`{event.name}`", event.stability.name, _meaning(event, event.name)) for event in events)
        yield _table(("event", "stability", "meaning"), rows)
    for event in events:
        if event.attributes:
            yield f"Attributes of `{event.name}`:"
            yield from _attributes(event.attributes)


def _attributes(attributes: Iterable[AttributeSpec]) -> Iterator[str]:
    shown = [each for each in attributes if each.stability is not Stability.INTERNAL]
    if shown:
        rows = (
            (
                f"`{each.key}`",
                TYPE_NAMES[each.type],
                each.requirement.replace("_", " "),
                each.stability.name,
                _meaning(each, each.key),
            )
            for each in shown
        )
        yield _table(("attribute", "type", "requirement", "stability", "meaning"), rows)


def _meaning(spec: SpanSpec | EventSpec | AttributeSpec, name: str) -> str:
    parts = [_deprecation(spec, name), _inline(spec.brief)]
    if isinstance(spec, AttributeSpec):
        if spec.values:
            parts.append(f"One of {', '.join(f'`{value}`' for value in spec.values)}.")
        if spec.pattern:
            parts.append(f"Matches `{spec.pattern}`.")
        if spec.sensitivity != "public":
            parts.append(f"Sensitivity: {spec.sensitivity}.")
    return " ".join(filter(None, parts))


def _deprecation(spec: Any, name: str) -> str:
    if not spec.deprecated_version:
        return ""
    if not spec.aliases:
        return f"(Deprecated since {spec.deprecated_version}.)"
    former = ", ".join(f"`{alias}`" for alias in spec.aliases)
    last = last_release_with(spec.stability, spec.deprecated_version)
    until = f"emitted too up to {last}" if last else "no longer emitted"
    return f"(Formerly {former}, deprecated since {spec.deprecated_version} and {until}.)"


def _anchor(name: str) -> str:
    return re.sub(r"[^\w-]", "", name)


def _inline(text: str) -> str:
    """Return a sentence in which ``<`` does not begin HTML outside of code."""
    parts = " ".join(text.split()).split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
