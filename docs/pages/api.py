"""The page of the Python API: every promised name with its docstring."""

from __future__ import annotations

import enum
import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import tracing_facade
from docs import markdown, source

TITLE = "Python API"

MODULES: dict[str, tuple[str, ...]] = {
    "tracing_facade": tuple(tracing_facade.__all__),
    "tracing_facade.servers.wsgi": ("TracingMiddleware", "earlier_span"),
    "tracing_facade.clients.requests_adapter": ("trace_session",),
    "tracing_facade.trust": (
        "Trust",
        "Caller",
        "trust_nobody",
        "trust_everyone",
        "trust_users",
        "trust_groups",
        "trust_networks",
        "first_match",
    ),
    "tracing_facade.testing": ("capture_spans", "CapturedSpans", "FixedClock"),
    "tracing_facade.policy": ("load_policy",),
    "tracing_facade.selfmetrics": ("snapshot", "Snapshot"),
    "tracing_facade.prometheus": ("TracingCollector",),
    "tracing_facade.errors": ("ConfigurationError", "DeclarationError", "MissingDependencyError"),
}


def render() -> str:
    """Return the page."""
    return "\n\n".join(_module(name, names) for name, names in MODULES.items())


def _module(module_name: str, names: tuple[str, ...]) -> str:
    module = importlib.import_module(module_name)
    parts = [f"## `{module_name}`", markdown.from_docstring(module.__doc__ or "")]
    return "\n\n".join([*parts, *(_public(name, getattr(module, name)) for name in names)])


def _public(name: str, documented: Any) -> str:
    shown = name if _is_enum(documented) or name == "TracingConfiguration" else source.signature(name, documented)
    parts = [f"### {name}", f"    {shown}", markdown.from_docstring(inspect.getdoc(documented) or "")]
    if name == "TracingConfiguration":
        parts.append("The fields are on the page [Configuration](configuration.md).")
    elif inspect.isclass(documented):
        parts += filter(None, ["\n".join(_members(documented))])
    return "\n\n".join(parts)


def _is_enum(documented: Any) -> bool:
    return inspect.isclass(documented) and issubclass(documented, enum.Enum)


def _members(kind: Any) -> Iterator[str]:
    if issubclass(kind, enum.Enum):
        for member, meaning in source.member_docs(kind):
            yield f"- `{kind.__name__}.{member}`" + (f": {markdown.inline(meaning)}" if meaning else "")
        return
    for name, member in vars(kind).items():
        if name.startswith("_") or not inspect.getdoc(member):
            continue
        if isinstance(member, property):
            yield f"- `{name}`: {markdown.summary(member)}"
        function = member.__func__ if isinstance(member, classmethod) else member
        if inspect.isfunction(function):
            yield f"- `{source.signature(name, function)}`: {markdown.summary(function)}"
