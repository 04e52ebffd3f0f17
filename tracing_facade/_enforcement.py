"""Compiles a policy for this process: loads the declarations it names, and says in the log what it finds."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from tracing_facade import selfmetrics
from tracing_facade.errors import ConfigurationError, Problem
from tracing_facade.policy.enforcer import Enforcer
from tracing_facade.policy.settings import Level, Policy
from tracing_facade.registry import SpanSpec

logger = logging.getLogger("tracing_facade.policy")

_LOG_LEVELS = {"warn": logging.WARNING, "error": logging.ERROR}


def build_enforcer(
    policy: Policy, query_allow: Collection[str] = (), report: Callable[[Level, str], None] | None = None
) -> Enforcer:
    """Return the policy, compiled.

    Args:
        policy: has been validated.
        query_allow: query parameters whose values may stay in URLs.
        report: called once per kind of finding; by default it goes to the log.

    Raises:
        ConfigurationError: a module of declarations or the file of the hash key cannot be used.
    """
    problems: list[Problem] = []
    declared = list(declared_in(policy.declarations, "policy.declarations", problems))
    if policy.hash_key_file:
        policy = replace(policy, hash_key=_hash_key(policy.hash_key_file, problems))
    if problems:
        raise ConfigurationError(problems)
    homes = {spec.name: module for module, spec in reversed(declared)}
    specs = [spec for _, spec in declared]
    return Enforcer(policy, specs, selfmetrics.COUNTERS.add, report or log_finding, query_allow, homes)


def declared_in(modules: Iterable[str], place: str, problems: list[Problem]) -> Iterator[tuple[str, SpanSpec]]:
    """Yield what modules declare, each span with the name of its module, importing them.

    Args:
        modules: their dotted names.
        place: where these names stand, for the problems.
        problems: get those of modules that cannot be used.
    """
    for index, name in enumerate(modules):
        from tracing_facade.registry.reading.declarations import refusals_in  # loads a reader of syntax trees

        path = f"{place}[{index}]"
        try:
            module = importlib.import_module(name)
        except Exception as error:
            problems.append(Problem(path, f"{name} cannot be imported: {type(error).__name__}: {error}"))
            continue
        problems += [
            Problem(path, f"{name} cannot be read without running it: {refusal}") for refusal in refusals_in(module)
        ]
        found = [value for value in vars(module).values() if isinstance(value, SpanSpec)]
        if not found:
            problems.append(Problem(path, f"{name} declares no span; bind each SpanSpec to a name in the module"))
        yield from ((name, spec) for spec in found)


def _hash_key(path: str, problems: list[Problem]) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            key = file.read(65_536).strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem("policy.hash_key_file", f"{path!r} cannot be read: {error}"))
        return ""
    if not key:
        problems.append(Problem("policy.hash_key_file", f"{path!r} is empty; put a random text into it"))
    return key


def log_finding(level: Level, sentence: str) -> None:
    """Say in the log what the policy has found."""
    logger.log(_LOG_LEVELS.get(level, logging.WARNING), "%s (said once; the metrics count the rest)", sentence)
