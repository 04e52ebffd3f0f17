"""``tracing-lint check``: finds files, checks them, holds the findings against the baseline, and reports."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from lint_plugin.checking import Plan, Task, check, tasks_for
from lint_plugin.finding import Finding
from lint_plugin.help_text import HelpText
from lint_plugin.parallel import processors
from lint_plugin.settings import Settings, load_settings, settings_for

FORMATS = ("full", "concise", "json", "sarif", "github", "junit")


def add_to(commands: Any, epilog: str) -> None:
    """Add ``check`` to the sub-commands of ``tracing-lint``."""
    parser = commands.add_parser("check", help="check files and folders", epilog=epilog, formatter_class=HelpText)
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this one)")
    parser.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones of each file")
    parser.add_argument("--strict", action="store_true", help="also report what cannot be decided")
    parser.add_argument("--format", choices=FORMATS, default="full", help="default: full")
    parser.add_argument("--since", metavar="REV", help="report only lines that have changed since this git revision")
    parser.add_argument("--no-baseline", action="store_true", help="report what the baseline knows too")
    parser.add_argument(
        "--jobs", type=_jobs, default=0, metavar="N", help="processes (default: one for each processor)"
    )
    parser.add_argument("--no-cache", action="store_true", help="check every file, whether it has changed or not")
    parser.set_defaults(run=run)


def _jobs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Check, report, and return the exit code.

    Raises:
        SettingsError: the settings, the baseline or the revision cannot be used.
    """
    missing = [path for path in options.paths if not os.path.lexists(path)]
    if missing:
        print(f"tracing-lint: {missing[0]!r} does not exist; name files or folders", file=sys.stderr)
        return 2
    # What is loaded so far stays to the end; nobody need look whether it is garbage, not at the end either.
    gc.freeze()
    findings = find(options)
    report(findings, options.format, _own_rules(options) if options.format == "sarif" else ())
    gc.freeze()
    return 1 if any(finding.level == "error" for finding in findings) else 0


def find(options: argparse.Namespace) -> list[Finding]:
    """Return the findings that are to be reported.

    Raises:
        SettingsError: see ``run``.
    """
    plan = plan_for(options)
    tasks = tasks_for(options.paths, plan)
    if options.since is not None:
        return _found_since(options, tasks, plan)
    findings = check(tasks, plan)
    return findings if options.no_baseline else beyond_baseline(findings, tasks)


def _found_since(options: argparse.Namespace, tasks: Sequence[Task], plan: Plan) -> list[Finding]:
    from lint_plugin.since import Changes

    changes = Changes(options.since)
    changes.require(options.paths)
    changed = [task for task in tasks if changes.has(task.file.path)]
    for task in changed:
        former = changes.former(task.file.path)
        if former and (task.settings.allows(former) or task.settings.excludes(former)):
            # Nobody has held it to the rules where it was.
            changes.take_all(task.file.path)
    findings = check(changed, plan)
    if options.no_baseline:
        return changes.only(findings)
    left = beyond_baseline(findings, tasks, changed)
    found = set(findings)
    # What is wrong with a baseline because of what has changed stands on a line of it that need not have.
    return [*changes.only(one for one in left if one in found), *(one for one in left if one not in found)]


def plan_for(options: argparse.Namespace) -> Plan:
    """Return how to check, as the options say.

    Raises:
        SettingsError: the named settings cannot be used.
    """
    settings = load_settings(options.config) if options.config else None
    return Plan(settings, options.strict, options.jobs or processors(), not options.no_cache)


def beyond_baseline(
    findings: list[Finding], tasks: Sequence[Task], checked: Sequence[Task] | None = None
) -> list[Finding]:
    """Return the findings that no baseline knows, and what is wrong with the baselines themselves.

    Args:
        findings: what was found.
        tasks: the files whose baselines count.
        checked: those of them that were checked; by default all.

    Raises:
        SettingsError: a baseline cannot be read.
    """
    baselines = dict.fromkeys(task.settings for task in tasks if task.settings.baseline)
    for settings in baselines:
        findings = _without_known(findings, settings, tasks if checked is None else checked)
    return findings


def _without_known(findings: list[Finding], settings: Settings, tasks: Sequence[Task]) -> list[Finding]:
    import datetime

    from lint_plugin import baseline

    file = baseline.location(settings)
    entries = baseline.read(file) if os.path.exists(file) else []
    checked = {settings.relative(task.file.path) for task in tasks if task.settings == settings}
    ours = [finding for finding in findings if settings.relative(finding.path) in checked]
    others = [finding for finding in findings if settings.relative(finding.path) not in checked]
    divided = baseline.split(ours, entries, settings, checked, datetime.date.today())
    return [*others, *divided.new, *divided.problems]


def _own_rules(options: argparse.Namespace) -> tuple[str, ...]:
    # No other settings may name any.
    return (load_settings(options.config) if options.config else settings_for(os.getcwd())).rules


def report(findings: Sequence[Finding], form: str, own_rules: tuple[str, ...] = ()) -> None:
    """Print findings.

    Args:
        findings: what was found.
        form: one of ``FORMATS``.
        own_rules: the modules with rules of one's own.
    """
    if form == "sarif":
        _sarif(findings, own_rules)
    else:
        _REPORTS[form](findings)


def _full(findings: Sequence[Finding]) -> None:
    from lint_plugin.reports import text

    for line in text.full(findings, sys.stdout.isatty()):
        print(line)
    print(_total(findings))


def _total(findings: Sequence[Finding]) -> str:
    if not findings:
        return "no findings"
    total = f"{len(findings)} finding{'s' if len(findings) != 1 else ''}"
    warnings = sum(finding.level == "warning" for finding in findings)
    return f"{total}, {warnings} of which only warn{'s' if warnings == 1 else ''}" if warnings else total


def _concise(findings: Sequence[Finding]) -> None:
    from lint_plugin.reports import text

    for line in text.concise(findings):
        print(line)


def _json(findings: Sequence[Finding]) -> None:
    from lint_plugin.reports.structured import as_json

    print(as_json(findings))


def _sarif(findings: Sequence[Finding], own_rules: tuple[str, ...]) -> None:
    from lint_plugin.reports.sarif import as_sarif
    from lint_plugin.rule import all_rules
    from lint_plugin.version import VERSION

    print(as_sarif(findings, all_rules(own_rules), VERSION))


def _github(findings: Sequence[Finding]) -> None:
    from lint_plugin.reports.github import commands

    for line in commands(findings):
        print(line)


def _junit(findings: Sequence[Finding]) -> None:
    from lint_plugin.reports.junit import as_junit

    print(as_junit(findings))


_REPORTS: dict[str, Callable[[Sequence[Finding]], None]] = {
    "full": _full,
    "concise": _concise,
    "json": _json,
    "github": _github,
    "junit": _junit,
}
