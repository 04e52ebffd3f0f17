"""Reads a policy from TOML: ``[tool.tracing-facade.policy]`` of ``pyproject.toml``, or ``[policy]`` of another file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from tracing_facade.errors import ConfigurationError, MissingDependencyError, Problem
from tracing_facade.policy.settings import LevelRule, Policy, SamplingRule
from tracing_facade.policy.toml_lines import line_of_field, line_of_syntax_error
from tracing_facade.policy.validation import validate_policy
from tracing_facade.setting import Spelling, from_mapping, kebab, spelled

PYPROJECT = "pyproject.toml"
OWN_FILE = "tracing-facade.toml"

_MOST_BYTES = 1_048_576
_LISTS = {"sampling": SamplingRule, "levels": LevelRule}
_TABLES = (("tool", "tracing-facade", "policy"), ("policy",))


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """Read and check the policy of a TOML file.

    Its fields have the names of ``Policy`` with dashes, and sampling rules are an array of tables::

        [tool.tracing-facade.policy]
        declarations = ["shop.spans"]
        undeclared-spans = "error"

        [[tool.tracing-facade.policy.sampling]]
        routes = ["/healthz"]
        rate-per-million = 0

    Args:
        path: a ``pyproject.toml`` with the table ``[tool.tracing-facade.policy]``, or any TOML file with that table or
            ``[policy]``. The policy of a tracing configuration in YAML is ``load_configuration(path).policy``.

    Raises:
        ConfigurationError: with every problem, its field path and its line.
        MissingDependencyError: Python 3.10 needs tomli to read TOML.
    """
    file = read_policy(path)
    if file.problems:
        raise ConfigurationError(file.problems, os.fspath(path))
    return file.policy


class PolicyFile(NamedTuple):
    """A file with a policy that was read, right or wrong.

    Args:
        policy: what it says; the default where that cannot be understood.
        problems: what is wrong with it.
        place: returns a problem of a field, by its name in Python, with the field's name and line in the file.
    """

    policy: Policy
    problems: tuple[Problem, ...]
    place: Callable[[Problem], Problem]


def read_policy(path: str | os.PathLike[str]) -> PolicyFile:
    """Read the policy of a TOML file, and say what is wrong with it.

    Args:
        path: see ``load_policy``.

    Raises:
        ConfigurationError: the file cannot be read, or is not TOML, or has no policy.
        MissingDependencyError: Python 3.10 needs tomli to read TOML.
    """
    name = os.fspath(path)
    text = _read(name)
    found = _table(_parsed(text, name))
    if found is None:
        problem = Problem("", "has no policy; begin one with the line [tool.tracing-facade.policy]")
        raise ConfigurationError([problem], name)
    at, table = found

    def place(problem: Problem) -> Problem:
        shown = at + spelled(problem.path.removeprefix("policy"), kebab)
        return Problem(shown, problem.message, line_of_field(text, shown))

    problems: list[Problem] = []
    policy = policy_from(at, table, problems, kebab)
    located = [problem._replace(line=line_of_field(text, problem.path)) for problem in problems]
    located += map(place, validate_policy(policy))
    return PolicyFile(policy if isinstance(policy, Policy) else Policy(), tuple(located), place)


def find_policy(folder: str | os.PathLike[str]) -> str:
    """Return the file in a folder that has a policy in TOML, ``tracing-facade.toml`` first; empty when none has.

    Raises:
        ConfigurationError: one of the files is not TOML.
    """
    for path in (os.path.join(folder, name) for name in (OWN_FILE, PYPROJECT)):
        if os.path.isfile(path) and _table(_parsed(_read(path), path)) is not None:
            return path
    return ""


def policy_from(path: str, value: Any, problems: list[Problem], spelling: Spelling) -> Any:
    """Return a policy made of what a file says; what has the wrong form is left for validation to name.

    Args:
        path: where it stands in the file.
        value: what stands there.
        problems: get those fields that there are not.
        spelling: how the file writes the names of fields.
    """
    for field, kind in _LISTS.items():
        items = value.get(field) if isinstance(value, dict) else None
        if isinstance(items, list):
            made = [
                from_mapping(f"{path}.{field}[{number}]", item, kind, problems, spelling)
                for number, item in enumerate(items)
            ]
            value = {**value, field: made}
    return from_mapping(path, value, Policy, problems, spelling)


def _read(name: str) -> str:
    try:
        with open(name, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError([Problem("", f"cannot be read: {error.strerror or error}")], name) from error
    if len(content) > _MOST_BYTES:
        raise ConfigurationError([Problem("", f"is larger than {_MOST_BYTES} bytes; is it the right file?")], name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem("", f"is not UTF-8 (byte {error.start}); save it as UTF-8")
        raise ConfigurationError([problem], name) from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib
        except ModuleNotFoundError as error:
            raise MissingDependencyError("tomli", "a policy in TOML", "lint") from error
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "" if name.endswith(".toml") else "; the policy of a YAML file is `load_configuration(path).policy`"
        problem = Problem("", f"is not TOML: {error}{hint}", line_of_syntax_error(str(error)))
        raise ConfigurationError([problem], name) from error
    except RecursionError as error:
        raise ConfigurationError([Problem("", "is nested too deeply")], name) from error
    return content


def _table(content: dict[str, Any]) -> tuple[str, Any] | None:
    for keys in _TABLES:
        value: Any = content
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return ".".join(keys), value
    return None
