"""The standard ``OTEL_*`` variables (OpenTelemetry specification: SDK environment variables, OTLP exporter)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from tracing_facade.config.types import TlsConfiguration, TracingConfiguration
from tracing_facade.config.validation import ONE_MILLION, validate
from tracing_facade.errors import ConfigurationError, Problem


class Variable(NamedTuple):
    """One variable: the field it sets, and how its text is read; of several that set a field the first one wins."""

    name: str
    field: str
    read: Callable[[str], Any]


def effective_configuration(
    configuration: TracingConfiguration | None, environ: Mapping[str, str]
) -> TracingConfiguration:
    """Return what is in force: what was given, else what the environment says, else the defaults.

    Args:
        configuration: from code or from a file; None for the environment alone.
        environ: the environment variables.

    Raises:
        ConfigurationError: with every problem, those of header files and of variables included.
    """
    given = configuration or TracingConfiguration()
    fields = {name: getattr(given, name) for name in given.given_fields}
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    for name, value, variable in _from_environment(environ, problems):
        if name not in fields:
            fields[name] = value
            sources[name] = variable
    if not isinstance(fields.get("tls"), TlsConfiguration) and (tls := _tls_from(environ)) is not None:
        fields["tls"] = tls
    effective = TracingConfiguration(**fields)
    problems += [_with_source(problem, sources) for problem in validate(effective)]
    if not problems and effective.header_files and effective.enabled:
        fields["headers"] = {**effective.headers, **_read_headers(effective.header_files, problems)}
        effective = TracingConfiguration(**fields)
    if problems and effective.enabled:
        raise ConfigurationError(problems)
    return effective


def _with_source(problem: Problem, sources: Mapping[str, str]) -> Problem:
    field = problem.path.partition("[")[0].partition(".")[0]
    variable = sources.get(field)
    return Problem(f"{variable} ({problem.path})", problem.message) if variable else problem


def _from_environment(environ: Mapping[str, str], problems: list[Problem]) -> Iterable[tuple[str, Any, str]]:
    done: set[str] = set()
    for variable in VARIABLES:
        text = environ.get(variable.name, "").strip()
        if not text or variable.field in done:
            continue
        done.add(variable.field)
        try:
            yield variable.field, variable.read(text), variable.name
        except ValueError as error:
            problems.append(Problem(variable.name, str(error)))
    yield from _sampler(environ, problems)
    pairs = dict(_pairs(environ.get("OTEL_RESOURCE_ATTRIBUTES", ""), "OTEL_RESOURCE_ATTRIBUTES", problems))
    service = pairs.pop("service.name", None)
    if service and "service_name" not in done:
        yield "service_name", service, "OTEL_RESOURCE_ATTRIBUTES"
    if pairs:
        yield "resource_attributes", pairs, "OTEL_RESOURCE_ATTRIBUTES"


def _pairs(text: str, variable: str, problems: list[Problem]) -> Iterable[tuple[str, str]]:
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            problems.append(Problem(variable, "has a part that is not key=value; separate pairs with commas"))
            continue
        yield unquote(key.strip()), unquote(value.strip())


def _headers(text: str) -> dict[str, str]:
    problems: list[Problem] = []
    pairs = dict(_pairs(text, "", problems))
    if problems:
        raise ValueError(problems[0].message)
    return pairs


def _sampler(environ: Mapping[str, str], problems: list[Problem]) -> Iterable[tuple[str, Any, str]]:
    name = environ.get("OTEL_TRACES_SAMPLER", "").strip()
    field = "sampling_rate_per_million"
    rates = {"parentbased_always_on": ONE_MILLION, "parentbased_always_off": 0}
    rates |= {"always_on": ONE_MILLION, "always_off": 0}
    if name in rates:
        yield field, rates[name], "OTEL_TRACES_SAMPLER"
    elif name in ("traceidratio", "parentbased_traceidratio"):
        argument = environ.get("OTEL_TRACES_SAMPLER_ARG", "").strip() or "1.0"
        try:
            ratio = float(argument)
            if not 0.0 <= ratio <= 1.0:
                raise ValueError
            yield field, round(ratio * ONE_MILLION), "OTEL_TRACES_SAMPLER_ARG"
        except ValueError:
            problems.append(Problem("OTEL_TRACES_SAMPLER_ARG", f"{argument!r} is not a ratio from 0 to 1"))
    elif name:
        allowed = ", ".join([*rates, "traceidratio", "parentbased_traceidratio"])
        problems.append(Problem("OTEL_TRACES_SAMPLER", f"{name!r} is not supported; use one of {allowed}"))


def _protocol(text: str) -> str:
    if text in ("grpc", "http/protobuf"):
        return text
    raise ValueError(f"{text!r} is not supported; use grpc or http/protobuf")


def _exporter(text: str) -> str:
    if text in ("otlp", "none"):
        return text
    raise ValueError(f"{text!r} is not supported; use otlp or none")


def _compression(text: str) -> str:
    if text in ("gzip", "none"):
        return text
    raise ValueError(f"{text!r} is not supported; use gzip or none")


def _milliseconds(text: str) -> float:
    if text.isascii() and text.isdigit() and int(text):
        return int(text) / 1000
    raise ValueError(f"{text!r} is not a positive number of milliseconds")


def _base_endpoint(text: str) -> str:
    """Return the endpoint for traces; a base URL that has a path gets ``v1/traces`` below it, as OTLP/HTTP says."""
    scheme, separator, rest = text.partition("://")
    if scheme.lower() not in ("http", "https") or not separator or "/" not in rest:
        return text
    return f"{text.rstrip('/')}/v1/traces"


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text):
        return int(text)
    raise ValueError(f"{text!r} is not a positive whole number")


def _boolean(text: str) -> bool:
    # The specification: only "true" is true, in any case; everything else is false.
    return text.lower() == "true"


def _traces_first(suffix: str, field: str, read: Callable[[str], Any]) -> tuple[Variable, Variable]:
    return (
        Variable(f"OTEL_EXPORTER_OTLP_TRACES_{suffix}", field, read),
        Variable(f"OTEL_EXPORTER_OTLP_{suffix}", field, read),
    )


VARIABLES: tuple[Variable, ...] = (
    Variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "endpoint", str),
    Variable("OTEL_EXPORTER_OTLP_ENDPOINT", "endpoint", _base_endpoint),
    *_traces_first("PROTOCOL", "protocol", _protocol),
    *_traces_first("HEADERS", "headers", _headers),
    *_traces_first("COMPRESSION", "compression", _compression),
    *_traces_first("TIMEOUT", "export_timeout_seconds", _milliseconds),
    Variable("OTEL_TRACES_EXPORTER", "exporter", _exporter),
    Variable("OTEL_SERVICE_NAME", "service_name", str),
    Variable("OTEL_SDK_DISABLED", "enabled", lambda text: not _boolean(text)),
    Variable("OTEL_BSP_MAX_QUEUE_SIZE", "queue_size", _count),
    Variable("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "batch_size", _count),
    Variable("OTEL_BSP_SCHEDULE_DELAY", "export_interval_seconds", _milliseconds),
)

_TLS_VARIABLES = {"CERTIFICATE": "ca_file", "CLIENT_CERTIFICATE": "certificate_file", "CLIENT_KEY": "key_file"}


def _tls_from(environ: Mapping[str, str]) -> TlsConfiguration | None:
    found: dict[str, str] = {}
    for suffix, field in _TLS_VARIABLES.items():
        for prefix in ("OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"):
            value = environ.get(prefix + suffix, "").strip()
            if value:
                found.setdefault(field, value)
    return TlsConfiguration(**found) if found else None


def _read_headers(files: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, path in files.items():
        try:
            with open(path, encoding="utf-8") as file:
                headers[name] = file.read(65_536).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            problems.append(Problem(f"header_files[{name}]", f"cannot read {path!r}: {reason}"))
            continue
        if not headers[name] or not headers[name].isprintable() or not headers[name].isascii():
            problems.append(
                Problem(f"header_files[{name}]", f"{path!r} does not hold one line that a header can carry")
            )
    return headers
