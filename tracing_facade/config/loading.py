"""Reads a tracing configuration file: Kubernetes' ``TracingConfiguration`` unchanged, and ours."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

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
    file = read_configuration(name)
    if not file.problems:
        return file.configuration
    error = ConfigurationError(file.problems, name)
    if file.disable:
        logger.error("tracing is OFF because its configuration is wrong (onInvalid: disable): %s", error)
        return TracingConfiguration(enabled=False)
    raise error


class ConfigurationFile(NamedTuple):
    """A configuration file that was read, right or wrong.

    Args:
        configuration: what it says, as far as it can be understood.
        problems: what is wrong with it.
        disable: whether it says that tracing is to be off when something is wrong.
        place: returns a problem of a field, by its name in Python, with the field's name and line in the file.
    """

    configuration: TracingConfiguration
    problems: tuple[Problem, ...]
    disable: bool
    place: Callable[[Problem], Problem]


def read_configuration(path: str | os.PathLike[str]) -> ConfigurationFile:
    """Read a configuration file, start nothing, and say what is wrong with it.

    Args:
        path: see ``load_configuration``.

    Raises:
        ConfigurationError: the file itself cannot be read.
    """
    document = YamlDocument(_read(os.fspath(path)))

    def place(problem: Problem) -> Problem:
        shown = file_fields.in_file(problem.path)
        return Problem(shown, problem.message, document.line_of(shown))

    nothing = TracingConfiguration(sampling_rate_per_million=0)
    if document.problems:
        located = [problem._replace(line=document.line_of(problem.path)) for problem in document.problems]
        return ConfigurationFile(nothing, tuple(located), False, place)
    if document.value is None:
        return ConfigurationFile(nothing, (), False, place)
    is_own = _is_own(document.value)
    fields, problems = _fields(document.value)
    configuration = TracingConfiguration(**{"sampling_rate_per_million": 0, **fields})
    located = [problem._replace(line=document.line_of(problem.path)) for problem in problems]
    located += map(place, validate(configuration, http_allowed=is_own))
    disable = is_own and document.value.get("onInvalid") == "disable"
    return ConfigurationFile(configuration, tuple(located), disable, place)


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
    import difflib  # not at the top: only mistakes need it

    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f"unknown field (strict decoding error); did you mean {close[0]}?"
    if key in file_fields.NAMES:
        return f"unknown field (strict decoding error); it exists in apiVersion {OWN_VERSION} only"
    return f"unknown field (strict decoding error); allowed are {', '.join(known)}"


def _kind_of(value: Any) -> str:
    return "a list" if isinstance(value, list) else f"{type(value).__name__} {str(value)[:40]!r}"
