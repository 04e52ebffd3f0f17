"""What an editor shows about a rule: its docstring as Markdown, and where that stands."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from lint_plugin.rule import RegisteredRule, all_rules
from lint_plugin.settings import SettingsError

_PART = re.compile(r"^(Why|Wrong|Right):\n", re.MULTILINE)


def rule_of(code: str, more: tuple[str, ...]) -> RegisteredRule | None:
    """Return the rule with this code, if there is one.

    Args:
        code: of a finding.
        more: the modules with rules of one's own.
    """
    try:
        rules = all_rules(more)
    except SettingsError:
        return None
    return next((found for found in rules if found.rule.code == code), None)


def as_markdown(found: RegisteredRule) -> str:
    """Return the explanation of a rule."""
    opening, *parts = _PART.split(found.explanation)
    pieces = [f"**{found.rule.code} {found.rule.name}**", opening.strip().replace("``", "`")]
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        if title == "Why":
            pieces.append(" ".join(body.split()).replace("``", "`"))
        else:
            pieces.append(f"{title}:\n\n```python\n{_dedented(body)}\n```")
    return "\n\n".join(pieces)


def address_of(found: RegisteredRule) -> str:
    """Return the address of the file that explains a rule and has its cases; empty when there is none."""
    file = getattr(importlib.import_module(found.module), "__file__", None)
    return Path(file).as_uri() if file else ""


def _dedented(body: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in body.strip("\n").rstrip().split("\n"))
