"""How fields are called and written in a file: camelCase names, durations with units, nested objects."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from tracing_facade.config.types import TlsConfiguration, TracingConfiguration, TrustGrant
from tracing_facade.errors import Problem
from tracing_facade.policy.settings import Policy, SamplingRule

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)\Z")
# In a file durations carry their unit, so the name does not.
_RENAMED = {"export_interval_seconds": "exportInterval", "export_timeout_seconds": "exportTimeout"}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


_FILE_NAMES = {item.name: _RENAMED.get(item.name, _camel(item.name)) for item in fields(TracingConfiguration)}
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
    rest = re.sub(r"\.([a-z_]+)", lambda found: "." + _camel(found[1]), path[head.end() :])
    return _FILE_NAMES.get(head[0], head[0]) + rest


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
    return _object(path, value, TlsConfiguration, problems)


def _grants(path: str, value: Any, problems: list[Problem]) -> Any:
    if not isinstance(value, list):
        return value
    return tuple(_object(f"{path}[{number}]", item, TrustGrant, problems) for number, item in enumerate(value))


def _policy(path: str, value: Any, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        return value
    given = dict(value)
    rules = given.get("sampling")
    if isinstance(rules, list):
        given["sampling"] = [
            _object(f"{path}.sampling[{number}]", item, SamplingRule, problems) for number, item in enumerate(rules)
        ]
    return _object(path, given, Policy, problems)


def _object(path: str, value: Any, kind: Callable[..., Any], problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        return value
    names = {_camel(item.name): item.name for item in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    given: dict[str, Any] = {}
    for key, item in value.items():
        if key not in names:
            close = difflib.get_close_matches(str(key), names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed are {', '.join(names)}"
            problems.append(Problem(f"{path}.{key}", f"unknown field; {hint}"))
        elif item is not None:
            given[names[key]] = tuple(item) if isinstance(item, list) else item
    return kind(**given)


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
