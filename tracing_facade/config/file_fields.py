"""How fields are called and written in a file: camelCase names, durations with units, nested objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant
from tracing_facade.errors import Problem
from tracing_facade.policy.loading import policy_from
from tracing_facade.setting import camel, from_mapping, spelled

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)\Z")
# In a file durations carry their unit, so the name does not.
_RENAMED = {"export_interval_seconds": "exportInterval", "export_timeout_seconds": "exportTimeout"}


_FILE_NAMES = {item.name: _RENAMED.get(item.name, camel(item.name)) for item in fields(TracingConfiguration)}
_CODE_NAMES = {file_name: name for name, file_name in _FILE_NAMES.items()}
NAMES = tuple(_CODE_NAMES)


def in_code(file_name: str) -> str:
    """Return the Python name of a field of the file."""
    return _CODE_NAMES[file_name]


def in_file(path: str) -> str:
    """Return a field path as it is written in a file."""
    head = re.match(r"[a-z_]+", path)
    if head is None:
        return path
    return _FILE_NAMES.get(head[0], head[0]) + spelled(path[head.end() :], camel)


def converted(file_name: str, value: Any, problems: list[Problem]) -> Any:
    """Return a value of the file as the field holds it; what has the wrong form is left for validation to name."""
    convert = _CONVERTERS.get(file_name)
    return convert(file_name, value, problems) if convert else value


def _texts(path: str, value: Any, problems: list[Problem]) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _duration(path: str, value: Any, problems: list[Problem]) -> Any:
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value)
    if found is None:
        problems.append(Problem(path, f"{value!r} is not a duration; write for example 500ms, 10s or 2m"))
        return 1.0
    return float(found[1]) * _UNITS[found[2]]


def _durations(path: str, value: Any, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _duration(f"{path}[{name}]", item, problems) for name, item in value.items()}


def _tls(path: str, value: Any, problems: list[Problem]) -> Any:
    return from_mapping(path, value, TlsConfiguration, problems, camel)


def _grants(path: str, value: Any, problems: list[Problem]) -> Any:
    if not isinstance(value, list):
        return value
    return tuple(
        from_mapping(f"{path}[{number}]", item, TrustGrant, problems, camel) for number, item in enumerate(value)
    )


def _policy(path: str, value: Any, problems: list[Problem]) -> Any:
    return policy_from(path, value, problems, camel)


_CONVERTERS: dict[str, Callable[[str, Any, list[Problem]], Any]] = {
    "exportInterval": _duration,
    "exportTimeout": _duration,
    "policy": _policy,
    "propagateTo": _texts,
    "queryAllow": _texts,
    "slowAfter": _durations,
    "tls": _tls,
    "trust": _grants,
}
