"""The words of ``tracing-lint policy``; what they do is loaded when one of them is said."""

from __future__ import annotations

import argparse
from typing import Any

_EXAMPLES = """\
examples:
  tracing-lint policy check tracing.yaml      a tracing configuration, Kubernetes' own or with a policy
  tracing-lint policy check pyproject.toml    the table [tool.tracing-facade.policy]
  tracing-lint policy check tracing.yaml --declarations shop.spans    the program declares these itself

exit codes: 0 in order, 1 something is wrong with it, 2 the call is wrong
"""


def add_to(commands: Any) -> None:
    """Add ``policy`` to the sub-commands of ``tracing-lint``."""
    policy = commands.add_parser(
        "policy",
        help="whether a tracing configuration and its policy are in order",
        description="Check a tracing configuration and its policy without starting anything.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = policy.add_subparsers(required=True, metavar="VERB")
    check = verbs.add_parser(
        "check",
        help="report every problem with its field path and line",
        description="Report every problem with its field path and line.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("file", metavar="FILE", help="a tracing configuration in YAML or JSON, or a TOML file")
    check.add_argument(
        "--declarations",
        metavar="MODULE",
        action="append",
        default=[],
        help="a module of declarations that the program itself adds to the policy's; may be given several times",
    )
    check.add_argument("--format", choices=("text", "json"), default="text", help="json is for programs")
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from lint_plugin.policy.command import check_policy

    return check_policy(options)
