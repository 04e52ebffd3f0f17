"""``tracing-lint rules``: lists the rules, explains one, and holds rules to their own cases."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from lint_plugin.rule import RegisteredRule, all_rules
from lint_plugin.settings import settings_for

_EXAMPLES = """\
examples:
  tracing-lint rules                      list the rules, those of the settings too
  tracing-lint rules TRF101               explain one: why, wrong, right
  tracing-lint rules --format json        for a program
  tracing-lint rules --test ORG101        hold a rule of your own to its cases

exit codes: 0 all is well, 1 a case does not get its verdict, 2 there is no such rule, or one cannot register
"""


def add_to(commands: Any) -> None:
    """Add ``rules`` to the sub-commands of ``tracing-lint``."""
    parser = commands.add_parser(
        "rules",
        help="list the rules, or explain one",
        description="List the rules, or explain one.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="for example TRF101")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--test", action="store_true", help="check the cases that a rule accepts and rejects")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List, explain or test rules, and return the exit code.

    Raises:
        SettingsError: the settings cannot be used, or a rule cannot register.
    """
    rules = all_rules(settings_for(os.getcwd()).rules)
    chosen = [one for one in rules if options.code is None or one.rule.code == options.code.upper()]
    if not chosen:
        known = ", ".join(one.rule.code for one in rules)
        print(f"tracing-lint: there is no rule {options.code!r}; there are {known}", file=sys.stderr)
        return 2
    if options.test:
        return _test(chosen, options.format)
    if options.format == "json":
        print(json.dumps([_as_dict(one) for one in chosen], indent=2))
    elif options.code is None:
        for one in chosen:
            print(f"{one.rule.code}  {one.rule.name}: {one.summary}{' (strict)' if one.rule.strict else ''}")
    else:
        print(explained(chosen[0]))
    return 0


def explained(found: RegisteredRule) -> str:
    """Return a rule's explanation with its code and name on top."""
    return f"{found.rule.code} {found.rule.name}\n\n{found.explanation}"


def _as_dict(found: RegisteredRule) -> dict[str, Any]:
    rule = found.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": found.summary,
        "explanation": found.explanation,
        "strict": rule.strict,
        "module": found.module,
    }


def _test(rules: Sequence[RegisteredRule], form: str) -> int:
    from lint_plugin.cases import wrong_cases

    wrong = [(one.rule.code, *case) for one in rules for case in wrong_cases(one)]
    if form == "json":
        keys = ("code", "wanted", "found", "case")
        print(json.dumps([dict(zip(keys, one, strict=True)) for one in wrong], indent=2))
    else:
        for code, wanted, found, text in wrong:
            print(f"{code}: {found} findings instead of {wanted} in:\n\n{_indented(text)}")
        cases = sum(len(one.rule.accepts) + len(one.rule.rejects) for one in rules)
        print(f"{cases - len(wrong)} of {cases} cases get their verdict")
    return 1 if wrong else 0


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
