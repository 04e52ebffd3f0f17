"""What ``tracing-lint policy check`` does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lint_plugin.policy.modules import read_modules
from tracing_facade.config.loading import read_configuration
from tracing_facade.errors import ConfigurationError, Problem, TracingError
from tracing_facade.policy import Policy
from tracing_facade.policy.loading import read_policy
from tracing_facade.policy.references import idle_parts


class Finding(NamedTuple):
    """One thing that is wrong.

    Args:
        file: where; the policy's, or one of declarations.
        line: 0 when it is about the whole file.
        field: its path as it is written in the file; empty in a file of declarations.
        message: what, and what to do.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(filter(None, (place, self.field, self.message)))


def check_policy(options: argparse.Namespace) -> int:
    """Report what is wrong with a file; return the exit code."""
    if not os.path.isfile(options.file):
        print(f"tracing-lint policy: {options.file!r} is no file; name a YAML, JSON or TOML file", file=sys.stderr)
        return 2
    try:
        findings = list(_findings(options.file, options.declarations))
    except TracingError as error:
        print(f"tracing-lint policy: {error}", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps({"file": options.file, "problems": [finding._asdict() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        count = f"{len(findings)} problem{'s' if len(findings) != 1 else ''}" if findings else "no problems"
        print(f"{options.file}: {count}")
    return 1 if findings else 0


def _findings(file: str, added: list[str]) -> Iterator[Finding]:
    try:
        policy, problems, place = _read(file)
    except ConfigurationError as error:
        yield from (_finding(file, problem) for problem in error.problems)
        return
    yield from (_finding(file, problem) for problem in sorted(problems, key=lambda problem: problem.line))
    if problems:
        return  # what a wrong policy refers to means nothing
    declared = read_modules([*policy.declarations, *added], file)
    for refusal in declared.refusals:
        yield Finding(refusal.place.path, refusal.place.line, "", refusal.message)
    for problem in (*declared.problems, *idle_parts(policy, declared.names)):
        yield _finding(file, place(problem))


def _read(file: str) -> tuple[Policy, tuple[Problem, ...], Callable[[Problem], Problem]]:
    if file.endswith(".toml"):
        return read_policy(file)
    found = read_configuration(file)
    return found.configuration.policy, found.problems, found.place


def _finding(file: str, problem: Problem) -> Finding:
    return Finding(file, problem.line, problem.path, problem.message)
