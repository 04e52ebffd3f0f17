"""Finds everything that is wrong with a configuration, each problem with its field path."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.config import types
from tracing_facade.config.endpoint import endpoint_problem
from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant
from tracing_facade.errors import Problem
from tracing_facade.policy.validation import validate_policy

_TOKEN = pattern_on_demand(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z", re.ASCII)
_TARGET = pattern_on_demand(r"(\*|(\*\.)?[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\Z")

ONE_MILLION = 1_000_000


def validate(configuration: TracingConfiguration, *, http_allowed: bool = True) -> tuple[Problem, ...]:
    """Return all problems, in the order of the fields.

    Args:
        configuration: what to check.
        http_allowed: whether ``http://`` and ``https://`` endpoints are allowed; Kubernetes' files do not.
    """
    return tuple(_problems(configuration, http_allowed))


def _problems(configuration: TracingConfiguration, http_allowed: bool) -> Iterator[Problem]:
    yield from _endpoint(configuration.endpoint, http_allowed)
    yield from _rate(configuration.sampling_rate_per_million)
    yield from _choice("protocol", configuration.protocol, get_args(types.Protocol))
    yield from _choice("exporter", configuration.exporter, get_args(types.Exporter))
    yield from _tls(configuration.tls)
    yield from _headers("headers", configuration.headers)
    yield from _headers("header_files", configuration.header_files)
    yield from _choice("compression", configuration.compression, get_args(types.Compression))
    yield from _sizes(configuration)
    for name in ("export_interval_seconds", "export_timeout_seconds"):
        yield from _seconds(name, getattr(configuration, name))
    yield from _text("service_name", configuration.service_name)
    yield from _resource(configuration.resource_attributes)
    yield from _trust(configuration.trust)
    yield from _targets(configuration.propagate_to)
    yield from _texts("query_allow", configuration.query_allow)
    yield from _slow(configuration.slow_after)
    yield from validate_policy(configuration.policy)
    yield from _choice("on_invalid", configuration.on_invalid, get_args(types.OnInvalid))
    yield from _bool("enabled", configuration.enabled)


def _endpoint(value: Any, http_allowed: bool) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem("endpoint", f"{value!r} is not a string; write host:port, for example localhost:4317")
    elif (problem := endpoint_problem(value, http_allowed=http_allowed)) is not None:
        yield Problem("endpoint", problem)


def _rate(value: Any) -> Iterator[Problem]:
    path = "sampling_rate_per_million"
    if not _is_int(value):
        yield Problem(path, f"{value!r} is not a whole number; allowed are 0 to 1000000")
    elif value < 0:
        yield Problem(path, f"{value} is negative; the rate is 0 (record nothing unasked) to 1000000 (everything)")
    elif value > ONE_MILLION:
        yield Problem(path, f"{value} is more than one million; the rate counts traces of a million, at most 1000000")


def _choice(path: str, value: Any, allowed: tuple[str, ...]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(path, f"{value!r} is not allowed; use one of {', '.join(allowed)}")


def _tls(tls: Any) -> Iterator[Problem]:
    if tls is None:
        return
    if not isinstance(tls, TlsConfiguration):
        yield Problem("tls", f"{type(tls).__name__} is not a TlsConfiguration")
        return
    for name in ("ca_file", "certificate_file", "key_file", "server_name"):
        value = getattr(tls, name)
        if value is not None:
            yield from _text(f"tls.{name}", value)
    if tls.key_file and not tls.certificate_file:
        yield Problem("tls.certificate_file", "is missing although tls.key_file is given; mutual TLS needs both")
    if tls.certificate_file and not tls.key_file:
        yield Problem("tls.key_file", "is missing although tls.certificate_file is given; mutual TLS needs both")


def _headers(path: str, headers: Any) -> Iterator[Problem]:
    if not isinstance(headers, Mapping):
        yield Problem(path, f"{type(headers).__name__} is not a mapping of header names to texts")
        return
    for name, value in headers.items():
        # Values are secrets: no message repeats one.
        if not isinstance(name, str) or not _TOKEN.match(name):
            yield Problem(path, f"{_shown_name(name)} is not a header name; use letters, digits and dashes")
        elif not isinstance(value, str):
            yield Problem(f"{path}[{name}]", f"the value is not a string but {type(value).__name__}; put it in quotes")
        elif not value.isprintable() or not value.isascii():
            yield Problem(f"{path}[{name}]", "the value has characters that a header cannot carry")


def _shown_name(name: Any) -> str:
    """Return how a name begins: with a colon where an equals sign should be, a secret value is part of it."""
    if not isinstance(name, str):
        return repr(name)
    begin = re.match(_TOKEN.pattern.removesuffix(r"\Z"), name)
    return f"what begins with {begin[0][:40]!r}" if begin else "what begins with no letter"


def _sizes(configuration: TracingConfiguration) -> Iterator[Problem]:
    for name in ("queue_size", "batch_size"):
        value = getattr(configuration, name)
        if not _is_int(value) or value < 1:
            yield Problem(name, f"{value!r} is not a positive whole number of spans")
            return
    if configuration.batch_size > configuration.queue_size and "batch_size" in configuration.given_fields:
        yield Problem(
            "batch_size",
            f"{configuration.batch_size} is more than queue_size ({configuration.queue_size}), "
            "so no batch could ever be full; make it smaller",
        )


def _seconds(path: str, value: Any) -> Iterator[Problem]:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 < value <= 86_400:
        yield Problem(path, f"{value!r} is not a positive number of seconds, at most a day")


def _resource(attributes: Any) -> Iterator[Problem]:
    if not isinstance(attributes, Mapping):
        yield Problem("resource_attributes", f"{type(attributes).__name__} is not a mapping")
        return
    for key, value in attributes.items():
        yield from _text("resource_attributes", key)
        if not isinstance(value, (str, bool, int, float)):
            kind = type(value).__name__
            yield Problem(f"resource_attributes[{key}]", f"{kind} is not allowed; use a string, number or boolean")


def _trust(grants: Any) -> Iterator[Problem]:
    if not isinstance(grants, tuple):
        yield Problem("trust", f"{type(grants).__name__} is not a tuple of TrustGrant")
        return
    for index, grant in enumerate(grants):
        path = f"trust[{index}]"
        if isinstance(grant, TrustGrant):
            yield from _grant(path, grant)
        else:
            yield Problem(path, f"{type(grant).__name__} is not a TrustGrant")


def _grant(path: str, grant: TrustGrant) -> Iterator[Problem]:
    for name in ("users", "groups", "networks"):
        yield from _texts(f"{path}.{name}", getattr(grant, name))
    for name in ("everyone", "join", "force"):
        yield from _bool(f"{path}.{name}", getattr(grant, name))
    conditions = bool(grant.users or grant.groups or grant.networks)
    if not conditions and not grant.everyone:
        yield Problem(path, "has no condition; give users, groups or networks, or say `everyone: true` if you mean it")
    if conditions and grant.everyone:
        yield Problem(f"{path}.everyone", "contradicts the conditions beside it; keep one of them")
    if grant.force and not grant.join:
        yield Problem(f"{path}.force", "has no effect without join; a caller who may not join starts a new trace")
    if isinstance(grant.networks, tuple):
        for number, network in enumerate(grant.networks):
            yield from _network(f"{path}.networks[{number}]", network)


def _network(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        return
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        yield Problem(path, f"{value!r} is not a network ({error}); write for example 10.0.0.0/8 or fd00::/8")


def _targets(patterns: Any) -> Iterator[Problem]:
    yield from _texts("propagate_to", patterns)
    if not isinstance(patterns, tuple):
        return
    for index, pattern in enumerate(patterns):
        if isinstance(pattern, str) and not _TARGET.match(pattern):
            yield Problem(
                f"propagate_to[{index}]",
                f"{pattern!r} is not a host pattern; write api.example.com, *.example.com, [::1] or *, "
                "each with :port or not, and no scheme",
            )


def _slow(limits: Any) -> Iterator[Problem]:
    if not isinstance(limits, Mapping):
        yield Problem("slow_after", f"{type(limits).__name__} is not a mapping of span names to seconds")
        return
    for name, value in limits.items():
        yield from _text("slow_after", name)
        yield from _seconds(f"slow_after[{name}]", value)


def _texts(path: str, values: Any) -> Iterator[Problem]:
    if not isinstance(values, tuple):
        yield Problem(path, f"{type(values).__name__} is not a tuple of strings")
        return
    for index, value in enumerate(values):
        yield from _text(f"{path}[{index}]", value)


def _text(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, f"{value!r} is not a string; put it in quotes")
    elif not value.strip():
        yield Problem(path, "is empty; give a value or leave it out")


def _bool(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(path, f"{value!r} is not a boolean; write true or false")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
