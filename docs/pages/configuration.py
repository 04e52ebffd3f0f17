"""The page of the configuration: every field, how a file and the environment set it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from docs import markdown
from tracing_facade.config import environment, file_fields
from tracing_facade.config.loading import KIND, KUBERNETES_VERSIONS, OWN_VERSION
from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant
from tracing_facade.policy.settings import LevelRule, Policy, SamplingRule

TITLE = "Configuration"

# Read together with others, so that no single variable stands for the field.
_SPECIAL = {
    "sampling_rate_per_million": "`OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`",
    "resource_attributes": "`OTEL_RESOURCE_ATTRIBUTES`",
    "tls": "`OTEL_EXPORTER_OTLP_CERTIFICATE`, `…_CLIENT_CERTIFICATE`, `…_CLIENT_KEY`",
}


NESTED: tuple[tuple[str, str, Any], ...] = (
    ("tls", "", TlsConfiguration),
    ("trust", "A list. ", TrustGrant),
    ("policy", "", Policy),
    ("policy.levels", "A list. ", LevelRule),
    ("policy.sampling", "A list. ", SamplingRule),
)


def render() -> str:
    """Return the page."""
    kubernetes = ", ".join(f"`{version}`" for version in KUBERNETES_VERSIONS)
    return f"""
A value comes from the configuration (code or file); what that does not give comes from the environment; then from the
default. All problems are reported at once, each with its field path. How to use it: [Configure the
export](../how_to/configure_export.md).

A file is YAML or JSON with `kind: {KIND}`. With an `apiVersion` of {kubernetes} it has Kubernetes' own two fields,
`endpoint` and `samplingRatePerMillion`; with `{OWN_VERSION}` it has all of these. A file without
`samplingRatePerMillion` means 0, as in Kubernetes: only what a trusted caller asks for is recorded. Durations in a
file carry a unit: `500ms`, `10s`, `2m`.

{markdown.table(("in a file", "in code", "default", "meaning"), _fields())}

## In the environment

The standard variables of OpenTelemetry; of two in a row the first wins.

{markdown.table(("field", "variables"), _variables())}

{_sections()}
"""


def _sections() -> str:
    return "\n\n".join(
        f"## `{field}`\n\n{opening}{markdown.summary(kind)}\n\n"
        + markdown.table(("in a file", "in code", "default", "meaning"), _nested(kind))
        for field, opening, kind in NESTED
    )


def _fields() -> Iterator[tuple[str, str, str, str]]:
    for field in dataclasses.fields(TracingConfiguration):
        yield f"`{file_fields.in_file(field.name)}`", f"`{field.name}`", _default(field), _meaning(field)


def _nested(kind: Any) -> Iterator[tuple[str, str, str, str]]:
    for field in dataclasses.fields(kind):
        first, *others = field.name.split("_")
        in_file = first + "".join(word.capitalize() for word in others)
        yield f"`{in_file}`", f"`{field.name}`", _default(field), _meaning(field)


def _variables() -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(TracingConfiguration):
        names = [f"`{variable.name}`" for variable in environment.VARIABLES if variable.field == field.name]
        shown = _SPECIAL.get(field.name) or ", ".join(names)
        if shown:
            yield f"`{field.name}`", shown


def _default(field: dataclasses.Field[Any]) -> str:
    default: Any = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    if dataclasses.is_dataclass(default):
        return "see below"
    if default is None or default in ((), {}, ""):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, int):
        return f"{default:,}"
    return ", ".join(f"`{item}`" for item in default) if isinstance(default, tuple) else f"`{default}`"


def _meaning(field: dataclasses.Field[Any]) -> str:
    unit = field.metadata["unit"]
    return f"{field.metadata['meaning']} (in {unit})" if unit else str(field.metadata["meaning"])
