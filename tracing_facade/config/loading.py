"""Reads a tracing configuration file: Kubernetes' ``TracingConfiguration`` unchanged, and ours."""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator
from typing import Any

from tracing_facade.config import file_fields
from tracing_facade.config.types import TracingConfiguration
from tracing_facade.config.validation import validate
from tracing_facade.config.yaml_document import MOST_BYTES, YamlDocument
from tracing_facade.errors import ConfigurationError, Problem

KIND = "TracingConfiguration"
OWN_VERSION = "tracing-facade/v1"
KUBERNETES_VERSIONS = tuple(f"apiserver.config.k8s.io/{version}" for version in ("v1", "v1beta1", "v1alpha1"))
ALLOWED_VERSIONS = (*KUBERNETES_VERSIONS, OWN_VERSION)

_KUBERNETES_FIELDS = ("endpoint", "samplingRatePerMillion")

logger = logging.getLogger("tracing_facade")


def load_configuration(path: str | os.PathLike[str]) -> TracingConfiguration:
    """Read and check a configuration file.

    Args:
        path: a YAML or JSON file with ``kind: TracingConfiguration`` and an ``apiVersion`` of
            ``apiserver.config.k8s.io/v1``, ``v1beta1``, ``v1alpha1`` or ``tracing-facade/v1``. An empty file is the
            configuration in which nothing is recorded unless a trusted caller asks for it.

    Returns:
        The configuration. A file without ``samplingRatePerMillion`` means 0, as in Kubernetes. A wrong file that says
        ``onInvalid: disable`` gives one that is not enabled, and the problems are logged.

    Raises:
        ConfigurationError: with every problem, its field path and its line.
    """
    name = os.fspath(path)
    text = _read(name)
    document = YamlDocument(text)
    if document.problems:
        raise _error(name, document, document.problems)
    if document.value is None:
        return TracingConfiguration(sampling_rate_per_million=0)
    fields, problems = _fields(document.value)
    configuration = TracingConfiguration(**{"sampling_rate_per_million": 0, **fields})
    http_allowed = _is_own(document.value)
    problems += [
        Problem(file_fields.in_file(problem.path), problem.message)
        for problem in validate(configuration, http_allowed=http_allowed)
    ]
    if not problems:
        return configuration
    error = _error(name, document, problems)
    if isinstance(document.value, dict) and document.value.get("onInvalid") == "disable" and http_allowed:
        logger.error("tracing is OFF because its configuration is wrong (onInvalid: disable): %s", error)
        return TracingConfiguration(enabled=False)
    raise error


def _read(name: str) -> str:
    try:
        with open(name, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigurationError([Problem("", f"tracing-config-file {name} does not exist")], name) from None
    except IsADirectoryError:
        raise ConfigurationError([Problem("", f"{name} is a directory; name the file in it")], name) from None
    except OSError as error:
        reason = f'unable to read tracing configuration from "{name}": {error.strerror or error}'
        raise ConfigurationError([Problem("", reason)], name) from error
    if len(content) > MOST_BYTES:
        raise ConfigurationError([Problem("", f"is larger than {MOST_BYTES} bytes; is it the right file?")], name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem("", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        raise ConfigurationError([problem], name) from None


def _error(name: str, document: YamlDocument, problems: list[Problem]) -> ConfigurationError:
    return ConfigurationError([problem._replace(line=document.line_of(problem.path)) for problem in problems], name)


def _is_own(value: Any) -> bool:
    return isinstance(value, dict) and value.get("apiVersion") == OWN_VERSION


def _fields(value: Any) -> tuple[dict[str, Any], list[Problem]]:
    if not isinstance(value, dict):
        return {}, [Problem("", f"is {_kind_of(value)}, not a mapping; begin with `apiVersion:` and `kind:`")]
    problems = list(_header_problems(value))
    if problems:
        return {}, problems
    known = file_fields.NAMES if _is_own(value) else _KUBERNETES_FIELDS
    fields: dict[str, Any] = {}
    for key, given in value.items():
        if key in ("apiVersion", "kind"):
            continue
        if key not in known:
            problems.append(Problem(key, _unknown(key, known)))
        elif given is not None:
            fields[file_fields.in_code(key)] = file_fields.converted(key, given, problems)
    return fields, problems


def _header_problems(value: dict[str, Any]) -> Iterator[Problem]:
    version, kind = value.get("apiVersion"), value.get("kind")
    for key, found, allowed in (("apiVersion", version, ALLOWED_VERSIONS), ("kind", kind, (KIND,))):
        if found is None:
            yield Problem(key, f"is missing; write one of {', '.join(allowed)}")
    if version is None or kind is None:
        return
    if version not in ALLOWED_VERSIONS or kind != KIND:
        yield Problem(
            "kind" if kind != KIND else "apiVersion",
            f"no kind {kind!r} is registered for version {version!r}; "
            f"this file needs kind {KIND} of {', '.join(ALLOWED_VERSIONS)}",
        )


def _unknown(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f"unknown field (strict decoding error); did you mean {close[0]}?"
    if key in file_fields.NAMES:
        return f"unknown field (strict decoding error); it exists in apiVersion {OWN_VERSION} only"
    return f"unknown field (strict decoding error); allowed are {', '.join(known)}"


def _kind_of(value: Any) -> str:
    return "a list" if isinstance(value, list) else f"{type(value).__name__} {str(value)[:40]!r}"
