"""``tracing-lint``: the checker without flake8, with the same verdicts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from lint_plugin.checker import UNREADABLE, check_bytes
from lint_plugin.discovery import files_below
from lint_plugin.reports import structured, text
from lint_plugin.rule import Finding, RegisteredRule, all_rules
from lint_plugin.settings import Settings, SettingsError, load_settings, settings_for
from lint_plugin.spans import arguments as spans

_EXAMPLES = """\
examples:
  tracing-lint check                      check the files below this folder
  tracing-lint check src tests            check two folders
  tracing-lint check --format json src    for a program
  tracing-lint rules TRF101               explain one rule

exit codes: 0 nothing found, 1 something found, 2 the call or the settings are wrong
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after the command's name; by default those of the process.

    Returns:
        The exit code: 0 nothing found, 1 something found, 2 the call or the settings are wrong.
    """
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"tracing-lint: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output has seen enough, as in `tracing-lint check | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it."""
    parser = argparse.ArgumentParser(
        prog="tracing-lint",
        description="Keep tracing_facade the only way to start spans.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check files and folders", epilog=_EXAMPLES,
                                formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    check.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this one)")
    check.add_argument("--config", metavar="FILE", help="settings to use instead of the nearest ones of each file")
    check.add_argument("--format", choices=("full", "concise", "json"), default="full", help="default: full")
    check.set_defaults(run=_check)
    rules = commands.add_parser("rules", help="list the rules, or explain one")
    rules.add_argument("code", nargs="?", metavar="CODE", help="for example TRF101")
    rules.set_defaults(run=_rules)
    spans.add_to(commands)
    return parser


def _check(options: argparse.Namespace) -> int:
    findings: list[Finding] = []
    missing = [path for path in options.paths if not os.path.lexists(path)]
    if missing:
        print(f"tracing-lint: {missing[0]!r} does not exist; name files or folders", file=sys.stderr)
        return 2
    common = load_settings(options.config) if options.config else None
    for path in options.paths:
        findings += _checked(path, common)
    _report(findings, options.format)
    return 1 if findings else 0


def _checked(path: str, common: Settings | None) -> Iterable[Finding]:
    for file in files_below(path):
        settings = common or settings_for(file)
        if settings.excludes(file) and file != path:
            continue
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except OSError as error:
            yield Finding(file, 1, 1, UNREADABLE, f"cannot be read: {error.strerror}; check its permissions")
            continue
        yield from check_bytes(file, data, settings)


def _report(findings: Sequence[Finding], form: str) -> None:
    if form == "json":
        print(structured.as_json(findings))
        return
    lines = text.concise(findings) if form == "concise" else text.full(findings, sys.stdout.isatty())
    for line in lines:
        print(line)
    if form == "full":
        print(f"{len(findings)} finding{'s' if len(findings) != 1 else ''}" if findings else "no findings")


def _rules(options: argparse.Namespace) -> int:
    if options.code is None:
        for found in all_rules():
            print(f"{found.rule.code}  {found.rule.name}: {found.summary}")
        return 0
    for found in all_rules():
        if found.rule.code == options.code.upper():
            print(explained(found))
            return 0
    known = ", ".join(found.rule.code for found in all_rules())
    print(f"tracing-lint: there is no rule {options.code!r}; there are {known}", file=sys.stderr)
    return 2


def explained(found: RegisteredRule) -> str:
    """Return a rule's explanation with its code and name on top."""
    return f"{found.rule.code} {found.rule.name}\n\n{found.explanation}"


if __name__ == "__main__":
    sys.exit(main())
