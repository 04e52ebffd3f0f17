"""The explanation of a rule as Markdown, for those who show it beside a finding."""

from __future__ import annotations

import re

from lint_plugin.rule import RegisteredRule

_PART = re.compile(r"^(Why|Wrong|Right):\n", re.MULTILINE)


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


def _dedented(body: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in body.strip("\n").rstrip().split("\n"))
